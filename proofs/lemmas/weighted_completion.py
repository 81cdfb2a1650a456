"""The volume-weighted completions of a prefix of SVF's run, from above."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, rectangle, symbols
from proofs.symbolic import volume as size
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield 4c F <= 4 V^2 - (2E + X)^2 + c sum over J of p x^2 + c sum (4v - a) o, for each prefix."""
    weighted = rectangles = plain = 0
    c = trial.clearance
    for m, tail in enumerate(trial.tails, start=1):
        j = m - 1
        weighted += trial.v[j] * (trial.W[j] + trial.o[j])
        rectangles += trial.a[j]
        plain += (4 * trial.v[j] - trial.a[j]) * trial.o[j]
        volume = trial.prefix_volume[m]
        beyond = sum(p * x * x for p, x in zip(trial.p, tail.remaining, strict=False))
        halves = 2 * volume - rectangles + tail.area
        yield Row(f"prefix {m}", 4 * c * weighted, 4 * volume**2 - halves**2 + c * (beyond + plain))


def algebra() -> Iterator[Step]:
    """Yield how v splits, what the halves of the rectangles contribute, and the sum."""
    V, E, X, c, a, e, W, o, D = symbols("V E X c a e W o D")
    split = (a / 2) * (W + o / 2) + e * W + (e + a / 2 - a / 4) * o
    yield Step("v (W + o) = (a/2)(W + o/2) + e W + (v - a/4) o for v = e + a/2", identity((e + a / 2) * (W + o), split))
    A = 2 * (V - E)
    total = (A**2 - X**2) / (4 * c) + E * (A - X) / c
    yield Step("(A^2 - X^2)/(4c) + E (A - X)/c = [V^2 - (E + X/2)^2]/c", identity(total, (V**2 - (E + X / 2) ** 2) / c))
    yield Step("e W_j <= e W for W_j <= W", nonnegative(e * (W + D) - e * W))
    s = symbols("s")
    yield Step("e = v - a/2 = o (s + 1)/2", identity(size(s, o) - rectangle(s, o) / 2, o * (s + 1) / 2))


WEIGHTED_COMPLETION = prove(
    Lemma(
        id="weighted-completion",
        statement="F = sum v_j C_j <= [V^2 - (E + X/2)^2]/c + sum over J of p x^2/4 + sum (v - a/4) o, every prefix",
        argument="Split v = a/2 + e. The rectangles' halves are bounded by rectangle-moment; "
        "sum e_j W_j <= E W <= E (A - X)/c by rectangles; and A = 2 (V - E).",
        rows=rows,
        algebra=algebra,
        uses=("rectangle-moment", "rectangles"),
    )
)

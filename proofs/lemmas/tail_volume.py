"""The same bound with the tail measured by volume: U in place of E + X/2."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, nonnegative_between, rectangle, symbols, volume_offset
from proofs.symbolic import volume as size
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield 2U <= 2E + X and 12c F <= 3[4V^2 - (2U)^2] + 3c sum over J of o (2v + 2u) + 2c sum outside J of 12 v d."""
    weighted = rectangles = 0
    c = trial.clearance
    for m, tail in enumerate(trial.tails, start=1):
        weighted += trial.v[m - 1] * (trial.W[m - 1] + trial.o[m - 1])
        rectangles += trial.a[m - 1]
        volume = trial.prefix_volume[m]
        inside = outside = doubled = 0
        for j, x in enumerate(tail.remaining):
            if x == 0:
                outside += trial.d12[j]
                continue
            twice_u = 2 * trial.v[j] - trial.a[j] + trial.p[j] * x
            doubled += twice_u
            inside += trial.o[j] * (2 * trial.v[j] + twice_u)
        yield Row(f"prefix {m}: U", doubled, 2 * volume - rectangles + tail.area)
        bound = 3 * (4 * volume**2 - doubled**2) + 3 * c * inside + 2 * c * outside
        yield Row(f"prefix {m}: F", 12 * c * weighted, bound)


def algebra() -> Iterator[Step]:
    """Yield the comparison of each request's terms, in the tail and outside."""
    s, o, v, a, theta, U, more = symbols("s o v a theta U more")
    u = v - (a / 2) * (1 - theta)
    yield Step("u = e + a theta/2, a theta = p x", identity(u, (v - a / 2) + a * theta / 2))
    kept = v - (a / 4) * (1 - theta**2)
    gap = (v + u) / 2 - kept
    yield Step("p x^2/4 + (v - a/4) o = o [v - (a/4)(1 - theta^2)]", identity(a * theta**2 / 4 + v - a / 4, kept))
    yield Step("(v + u)/2 - that = a theta (1 - theta)/4", identity(gap, a * theta * (1 - theta) / 4))
    yield Step("theta (1 - theta) >= 0 on [0, 1]", nonnegative_between(theta * (1 - theta), theta, 0, 1))
    outside = 2 * volume_offset(s, o) - (size(s, o) - rectangle(s, o) / 4) * o
    surplus = s * o**2 / 4 + o**3 / 12 + o / 6
    yield Step("2 v d - (v - a/4) o = s o^2/4 + o^3/12 + o/6", identity(outside, surplus))
    yield Step("(v - a/4) o <= 2 v d", nonnegative(surplus))
    yield Step("V^2 - (E + X/2)^2 <= V^2 - U^2 for U <= E + X/2", nonnegative((U + more) ** 2 - U**2))


TAIL_VOLUME = prove(
    Lemma(
        id="tail-volume",
        statement="U <= E + X/2 and F <= (V^2 - U^2)/c + sum over J of o (v + u)/2 + sum outside J of 2 v d, "
        "for every prefix",
        argument="u = e + p x/2, so U <= E + X/2. In the tail theta^2 <= theta; outside, (v - a/4) o <= 2 v d.",
        rows=rows,
        algebra=algebra,
        uses=("weighted-completion", "centroid-offset"),
    )
)

"""How late the rectangles of a prefix can lie."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield c sum a_j (2 W_j + o_j) <= A^2 - X^2 + c sum over J of p_j x_j^2, for each prefix."""
    area = moment = 0
    for m, tail in enumerate(trial.tails, start=1):
        area += trial.a[m - 1]
        moment += trial.a[m - 1] * (2 * trial.W[m - 1] + trial.o[m - 1])
        beyond = sum(p * x * x for p, x in zip(trial.p, tail.remaining, strict=False))
        yield Row(f"prefix {m}", trial.clearance * moment, area**2 - tail.area**2 + trial.clearance * beyond)


def algebra() -> Iterator[Step]:
    """Yield the value of the two regions and the maximum over W."""
    import sympy

    A, X, c, W, D, p, x, t, R, more = symbols("A X c W D p x t R more")
    tail = sympy.integrate(t * p, (t, W, W + x))
    yield Step("integral of t p over [W, W + x] = W p x + p x^2/2", identity(tail, W * p * x + p * x**2 / 2))
    excess = W * (R - c) - t * (R - c)
    yield Step("t (R - c) <= W (R - c) for t <= W, R >= c", nonnegative(excess.subs({W: t + D, R: c + more})))
    base = sympy.integrate(t * c, (t, 0, W)) + W * (A - X - c * W) + W * X
    yield Step("c W^2/2 + W (A - X - c W) + W X = A W - c W^2/2", identity(base, A * W - c * W**2 / 2))
    # c W <= A - X by rectangles: write A = c (W + D) + X.
    gap = (A**2 - X**2) / (2 * c) - (A * W - c * W**2 / 2)
    yield Step("A W - c W^2/2 <= (A^2 - X^2)/(2c) for c W <= A - X", nonnegative(gap.subs(A, c * (W + D) + X)))


RECTANGLE_MOMENT = prove(
    Lemma(
        id="rectangle-moment",
        statement="sum a_j (W_j + o_j/2) <= (A^2 - X^2)/(2c) + sum over J of p_j x_j^2/2, for every prefix",
        argument="The left side is the integral of t R(t), R the running peaks. Before W, R >= c: what exceeds c is "
        "latest at W. Beyond W lies the tail. A W - c W^2/2 is largest at the largest W that rectangles allows.",
        rows=rows,
        algebra=algebra,
        uses=("rectangles", "blocked-peaks"),
    )
)

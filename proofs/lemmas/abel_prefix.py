"""From a sum over requests to weighted sums over prefixes of the volume order."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, symbols
from proofs.trial import Trial, dot


def rows(trial: Trial) -> Iterator[Row]:
    """Yield both directions of the identity for the run's completions, and the sign of each coefficient."""
    if not trial.by_volume:
        return
    inverse = [*(Fraction(1, v) for v in trial.v), Fraction(0)]
    completions = [w + o for w, o in zip(trial.W, trial.o, strict=True)]
    weighted = Fraction(0)
    for m in range(1, len(trial.v) + 1):
        coefficient = inverse[m - 1] - inverse[m]
        yield Row(f"coefficient {m}", 0, coefficient)
        weighted += coefficient * dot(trial.v[:m], completions)
    yield Row("sum <= prefixes", sum(completions), weighted)
    yield Row("prefixes <= sum", weighted, sum(completions))


def algebra() -> Iterator[Step]:
    """Yield the telescoping step and the sign of a coefficient."""
    v, w, more = symbols("v w more")
    yield Step("(1/v_m - 1/v_{m+1}) + 1/v_{m+1} = 1/v_m", identity((1 / v - 1 / w) + 1 / w, 1 / v))
    yield Step("v_j (1/v_j) = 1", identity(v * (1 / v), 1))
    yield Step("1/v_m - 1/v_{m+1} >= 0 for v_m <= v_{m+1}", nonnegative(1 / v - 1 / (v + more)))


ABEL_PREFIX = prove(
    Lemma(
        id="abel-prefix",
        statement="sum of x_j = sum over m of (1/v_m - 1/v_{m+1}) sum over j <= m of v_j x_j, coefficients >= 0, "
        "1/v_{n+1} = 0",
        argument="The coefficients from m = j on telescope to 1/v_j. They are non-negative because volumes ascend.",
        rows=rows,
        algebra=algebra,
    )
)

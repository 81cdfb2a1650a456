"""What an order that is wrong by a factor costs."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield sum V_{j-1} in the policy's order <= K times the sum in ascending order, K the worst ratio met."""
    largest = 0
    factor = Fraction(1)
    for volume in trial.v:
        largest = max(largest, volume)
        factor = max(factor, Fraction(largest, volume))
    yield Row("all", sum(trial.prefix_volume[:-1]), factor * sum(trial.sorted_prefix_volume[:-1]))


def algebra() -> Iterator[Step]:
    """Yield the pairwise comparison v_i <= K min(v_i, v_j), in both cases of the minimum."""
    v, more, spare = symbols("v more spare")
    yield Step("v_i <= v_j: v_i <= K v_i for K >= 1", nonnegative((1 + more) * v - v))
    yield Step("v_j <= v_i: v_i <= K v_j is the premise", nonnegative((v + spare) - v))


LIST_ORDER = prove(
    Lemma(
        id="list-order",
        statement="if v_i <= K v_j for all i before j, K >= 1, then sum V_{j-1} <= K times the same sum, ascending",
        argument="A pair i before j adds v_i to the left sum and min(v_i, v_j) to the ascending one; "
        "v_i <= K min(v_i, v_j).",
        rows=rows,
        algebra=algebra,
    )
)

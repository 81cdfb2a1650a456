"""The mean-busy-time bound on OPT."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield sum d_j + (1/M) sum (V_{j-1} + v_j/2) <= TEL for each feasible schedule."""
    if not trial.by_volume:
        return
    offsets = sum((Fraction(d, 12 * v) for d, v in zip(trial.d12, trial.v, strict=True)), Fraction(0))
    busy = sum(trial.prefix_volume[:-1]) * 2 + trial.prefix_volume[-1]
    bound = offsets + Fraction(busy, 2 * trial.memory)
    for number, schedule in enumerate(trial.schedules):
        yield Row(f"schedule {number}", bound, trial.cost(schedule))


def algebra() -> Iterator[Step]:
    """Yield the term that one request adds once the prefixes are summed back."""
    V, v, M = symbols("V v M")
    term = ((V + v) ** 2 - V**2) / (2 * M) / v
    yield Step("(V_j^2 - V_{j-1}^2)/(2 M v_j) = (V_{j-1} + v_j/2)/M", identity(term, (V + v / 2) / M))


MEAN_BUSY_TIME = prove(
    Lemma(
        id="mean-busy-time",
        statement="OPT >= sum d_j + (1/M) sum (V_{j-1} + v_j/2), volumes ascending",
        argument="C = B + d. By abel-prefix sum B_j is a non-negative combination of prefix sums of v_j B_j, each at "
        "least V_m^2/(2M) by busy-time; by abel-prefix backwards those bounds sum to the second term.",
        rows=rows,
        algebra=algebra,
        uses=("busy-time", "centroid-offset", "abel-prefix"),
    )
)

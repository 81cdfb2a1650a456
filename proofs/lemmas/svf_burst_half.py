"""Conclusion of ``svf-burst-half``."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield TEL <= 5 TEL' for each feasible schedule, when all peaks are at most M/2."""
    if not trial.by_volume or 2 * (trial.clearance - 1) < trial.memory:
        return
    for number, schedule in enumerate(trial.schedules):
        yield Row(f"schedule {number}", trial.run.cost, 5 * trial.cost(schedule))


def algebra() -> Iterator[Step]:
    """Yield (3M - P)/(M - P) <= 5 for M = 2P + more."""
    P, more = symbols("P more")
    M = 2 * P + more
    yield Step("5 (M - P) - (3M - P) = 2 (M - 2P)", identity(5 * (M - P) - (3 * M - P), 2 * (M - 2 * P)))
    yield Step("5 - (3M - P)/(M - P) >= 0 for M >= 2P", nonnegative(5 - (3 * M - P) / (M - P)))


SVF_BURST_HALF = prove(
    Lemma(
        id="svf-burst-half",
        statement="TEL(SVF) <= 5 OPT when P <= M/2",
        argument="(3M - P)/(M - P) is at most 5 when M >= 2P.",
        rows=rows,
        algebra=algebra,
        uses=("svf-burst",),
    )
)

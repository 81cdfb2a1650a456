"""Conclusion of ``svf-burst-tight``."""

from collections.abc import Iterator

from cr_toolkit.policies import Admission
from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative_between, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield c TEL <= 2M TEL' for each feasible schedule, peak rule, 2M >= 3c."""
    c, M = trial.clearance, trial.memory
    if not trial.by_volume or trial.run.admission is not Admission.PEAK or 3 * c > 2 * M:
        return
    for number, schedule in enumerate(trial.schedules):
        yield Row(f"schedule {number}", c * trial.run.cost, 2 * M * trial.cost(schedule))


def algebra() -> Iterator[Step]:
    """Yield the range of alpha, and that gamma exceeds 1 - alpha."""
    import sympy

    M, P, alpha = symbols("M P alpha")
    enough = 2 - 3 * (1 - alpha)
    yield Step("2/(1 - alpha) >= 3 for 1/3 <= alpha < 1", nonnegative_between(enough, alpha, sympy.Rational(1, 3), 1))
    gamma = (M - P + 1) / M
    yield Step("gamma - (1 - P/M) = 1/M > 0", identity(gamma - (1 - P / M), 1 / M))


SVF_BURST_TIGHT = prove(
    Lemma(
        id="svf-burst-tight",
        statement="the least constant of SVF at shares of at most alpha is 2/(1 - alpha), peak rule, 1/3 <= alpha < 1",
        argument="svf-burst-sharp gives 2/gamma < 2/(1 - alpha) where 2/gamma is at least 3, and at most 3 elsewhere, "
        "no more than 2/(1 - alpha) for alpha >= 1/3. svf-burst-peak approaches it.",
        rows=rows,
        algebra=algebra,
        uses=("svf-burst-sharp", "svf-burst-peak"),
    )
)

"""Conclusion of ``svf-burst-fluid``."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield TEL <= (3 + 2 alpha/(1 - alpha)) TEL' for each feasible schedule, when P < M."""
    if not trial.by_volume or trial.clearance == 1:
        return
    below = trial.clearance - 1
    bound = 3 + Fraction(2 * (trial.memory - below), below)
    for number, schedule in enumerate(trial.schedules):
        yield Row(f"schedule {number}", trial.run.cost, bound * trial.cost(schedule))


def algebra() -> Iterator[Step]:
    """Yield the excess over 3 and its limit."""
    import sympy

    alpha = symbols("alpha")
    excess = 2 * alpha / (1 - alpha)
    yield Step("(3 - alpha)/(1 - alpha) = 3 + 2 alpha/(1 - alpha)", identity((3 - alpha) / (1 - alpha), 3 + excess))
    yield Step("2 alpha/(1 - alpha) -> 0 as alpha -> 0", sympy.limit(excess, alpha, 0) == 0)


SVF_BURST_FLUID = prove(
    Lemma(
        id="svf-burst-fluid",
        statement="TEL(SVF) <= (3 + 2 alpha/(1 - alpha)) OPT, which tends to 3 OPT",
        argument="Rewrite svf-burst in alpha.",
        rows=rows,
        algebra=algebra,
        uses=("svf-burst",),
    )
)

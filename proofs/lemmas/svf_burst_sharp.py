"""Conclusion of ``svf-burst-sharp``."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.sharp_root import kappa_above
from proofs.symbolic import identity, nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield TEL <= rho TEL' for each feasible schedule."""
    if not trial.by_volume:
        return
    for number, schedule in enumerate(trial.schedules):
        yield Row(f"schedule {number}", trial.run.cost, trial.rho * trial.cost(schedule))


def algebra() -> Iterator[Step]:
    """Yield that prefix-wise domination passes through non-negative coefficients, and that 3 always suffices."""
    weight, rho, G, spare = symbols("weight rho G spare")
    F = rho * G - spare
    yield Step("weight >= 0, F <= rho G: weight F <= rho weight G", nonnegative((rho * weight * G) - weight * F))
    yield Step("kappa_up(3) = 0", kappa_above(Fraction(3)) == 0)
    more = symbols("more")
    # 3/2 - 1/gamma with gamma = 2/3 + more.
    spare = Fraction(3, 2) - 1 / (more + 1 - Fraction(1, 3))
    yield Step("rho = 3 suffices for gamma >= 2/3", nonnegative(spare))
    gamma = symbols("gamma")
    yield Step("rho = 2/gamma has rho/2 = 1/gamma, and kappa = 0 if it is >= 3", identity((2 / gamma) / 2, 1 / gamma))


SVF_BURST_SHARP = prove(
    Lemma(
        id="svf-burst-sharp",
        statement="TEL(SVF) <= rho OPT for every rho >= 2 with rho/2 >= 1/gamma + gamma kappa_up(rho)^2/4",
        argument="By abel-prefix both costs are the same non-negative combination of prefix sums; prefix-domination "
        "compares those one by one. OPT restricted to a prefix is feasible for it.",
        rows=rows,
        algebra=algebra,
        uses=("prefix-domination", "abel-prefix"),
    )
)

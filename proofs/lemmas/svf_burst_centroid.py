"""Conclusion of ``svf-burst-centroid``."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, nonnegative_between, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield TEL <= max(1 + 4/(3 gamma), 2/gamma) TEL' for each feasible schedule."""
    if not trial.by_volume:
        return
    inverse = Fraction(trial.memory, trial.clearance)
    bound = max(1 + 4 * inverse / 3, 2 * inverse)
    for number, schedule in enumerate(trial.schedules):
        yield Row(f"schedule {number}", trial.run.cost, bound * trial.cost(schedule))


def algebra() -> Iterator[Step]:
    """Yield the mixture lam of the two bounds on OPT in the two cases of the maximum; z = 1/gamma, M = 1."""
    import sympy

    S, H, z = symbols("S H z")
    cost = S + 2 * z * H
    # OPT >= lam S + (1 - lam)(S/3 + H).
    rho = 1 + 4 * z / 3
    mixed = rho * S - 2 * z * S + 2 * z * (S / 3 + H)
    yield Step("rho = 1 + 4z/3, rho (1 - lam) = 2z: rho OPT covers sum o + 2z sum V exactly", identity(mixed, cost))
    # Case 1 needs lam >= 0, that is rho >= 2z: z <= 3/2. Otherwise lam = 0 and rho = 2z.
    enough = sympy.Rational(3, 2)
    yield Step(
        "lam >= 0 in the first case: 1 + 4z/3 - 2z >= 0 for z <= 3/2", nonnegative_between(rho - 2 * z, z, 0, enough)
    )
    yield Step(
        "rho = 2z, lam = 0: 2z (S/3 + H) - cost = (2z/3 - 1) S",
        identity(2 * z * (S / 3 + H) - cost, (2 * z / 3 - 1) * S),
    )
    yield Step("2z/3 - 1 >= 0 for z >= 3/2", nonnegative_between(2 * z / 3 - 1, z, enough, sympy.oo))
    o = symbols("o")
    yield Step("d >= (2o+1)/6 >= o/3", nonnegative((2 * o + 1) / 6 - o / 3))


SVF_BURST_CENTROID = prove(
    Lemma(
        id="svf-burst-centroid",
        statement="TEL(SVF) <= max(1 + 4/(3 gamma), 2/gamma) OPT",
        argument="TEL <= sum o + (2/c) sum V_{j-1}, while OPT is at least any mixture of sum o and "
        "sum o/3 + (1/M) sum V_{j-1}; take the mixture in which the terms in V balance.",
        rows=rows,
        algebra=algebra,
        uses=("waiting-volume", "mean-busy-time", "centroid-offset", "output-bound"),
    )
)

"""Conclusion of ``svf1-burst``."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.one_bit import domination_factor, is_worst_case_run
from proofs.symbolic import identity, nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield TEL <= (1 + 2 K M/c) TEL' for each feasible schedule."""
    if not is_worst_case_run(trial.run):
        return
    bound = 1 + Fraction(2 * domination_factor(trial.run.instance.longest_output) * trial.memory, trial.clearance)
    for number, schedule in enumerate(trial.schedules):
        yield Row(f"schedule {number}", trial.run.cost, bound * trial.cost(schedule))


def algebra() -> Iterator[Step]:
    """Yield the combination of the bounds."""
    K, M, c, OPT, first, second = symbols("K M c OPT first second")
    # sum o = OPT - first; the ascending sum of V_{j-1} = M OPT - second.
    cost = (OPT - first) + 2 * K * (M * OPT - second) / c
    spare = (1 + 2 * K * M / c) * OPT - cost
    expected = first + 2 * K * second / c
    yield Step("(1 + 2KM/c) OPT - [sum o + (2K/c) sum V_{j-1}] in non-negative terms", identity(spare, expected))
    yield Step("those terms are non-negative", nonnegative(expected))


SVF1_BURST = prove(
    Lemma(
        id="svf1-burst",
        statement="TEL(1-bit SVF) <= (1 + 2 K M/c) OPT, worst-case choice; K = T, but 3 for T = 2",
        argument="TEL <= sum o + (2/c) sum V_{j-1} in the policy's order; proxy-domination and list-order make it at "
        "most K times the ascending sum, which is at most M OPT.",
        rows=rows,
        algebra=algebra,
        uses=("waiting-volume", "proxy-domination", "list-order", "volume-bound", "output-bound"),
    )
)

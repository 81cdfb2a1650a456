"""Conclusion of ``svf-burst``, in integers."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield (M - P) TEL <= (3M - P) TEL' for each feasible schedule."""
    if not trial.by_volume:
        return
    below = trial.clearance - 1
    for number, schedule in enumerate(trial.schedules):
        yield Row(f"schedule {number}", below * trial.run.cost, (2 * trial.memory + below) * trial.cost(schedule))


def algebra() -> Iterator[Step]:
    """Yield the combination of the bounds, with M = P + below."""
    P, below, S, H, OPT = symbols("P below S H OPT")
    M, c = P + below, below + 1
    # TEL <= S + 2 H/c with S = sum o = OPT - first and H = sum V_{j-1} = M OPT - second.
    first, second = symbols("first second")
    cost = (S + 2 * H / c).subs({S: OPT - first, H: M * OPT - second})
    spare = (3 * M - P) * OPT - below * cost
    expected = 2 * M * OPT / c + below * first + 2 * below * second / c
    yield Step("(3M - P) OPT - (M - P)(sum o + 2 sum V_{j-1}/c) in non-negative terms", identity(spare, expected))
    yield Step("those terms are non-negative", nonnegative(expected))


SVF_BURST = prove(
    Lemma(
        id="svf-burst",
        statement="(M - P) TEL(SVF) <= (3M - P) OPT",
        argument="TEL = sum o + sum W_j <= sum o + (2/c) sum V_{j-1}; bound sum o and sum V_{j-1} by OPT and M OPT.",
        rows=rows,
        algebra=algebra,
        uses=("waiting-volume", "volume-bound", "output-bound"),
    )
)

"""The trivial bound on OPT."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield sum o_j <= TEL for each feasible schedule."""
    for number, schedule in enumerate(trial.schedules):
        yield Row(f"schedule {number}", trial.total_output, trial.cost(schedule))


def algebra() -> Iterator[Step]:
    """Yield that a start at 0 or later completes at o or later."""
    x, o = symbols("x o")
    yield Step("(x + o) - o >= 0 for x >= 0", nonnegative((x + o) - o))


OUTPUT_BOUND = prove(
    Lemma(
        id="output-bound",
        statement="OPT >= sum o_j",
        argument="C_j >= o_j on a burst.",
        rows=rows,
        algebra=algebra,
    )
)

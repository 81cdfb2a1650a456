"""How long a request waits: the rectangles served before it fill c tokens all the time."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield c W_j <= sum of a_i over the requests before j."""
    before = 0
    for j, start in enumerate(trial.W):
        yield Row(f"request {j + 1}", trial.clearance * start, before)
        before += trial.a[j]


def algebra() -> Iterator[Step]:
    """Yield that a rectangle cut off at W_j is at most the whole one."""
    p, kept, cut = symbols("p kept cut")
    yield Step("p min(o, y) <= p o", nonnegative(p * (kept + cut) - p * kept))


WAITING = prove(
    Lemma(
        id="waiting",
        statement="c W_j <= sum over i < j of a_i",
        argument="Sum blocked-peaks over the W_j integer times before W_j. Head-of-line service starts requests in "
        "order, so only requests before j run then, each for at most o_i of those times.",
        rows=rows,
        algebra=algebra,
        uses=("blocked-peaks",),
    )
)

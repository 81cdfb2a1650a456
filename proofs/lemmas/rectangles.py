"""The rectangles of a prefix: c tokens all the time until its last start, the tail beyond it."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield c W <= A - X for each prefix."""
    area = 0
    for m, tail in enumerate(trial.tails, start=1):
        area += trial.a[m - 1]
        yield Row(f"prefix {m}", trial.clearance * tail.last, area - tail.area)


def algebra() -> Iterator[Step]:
    """Yield that a rectangle is what lies before W plus p x."""
    p, o, x = symbols("p o x")
    yield Step("p o - p x = p (o - x)", identity(p * o - p * x, p * (o - x)))


RECTANGLES = prove(
    Lemma(
        id="rectangles",
        statement="c W <= A - X, for every prefix",
        argument="A prefix is served as if the rest did not exist. Sum blocked-peaks over the times before W: the "
        "rectangles running then have the area A - X before W.",
        rows=rows,
        algebra=algebra,
        uses=("blocked-peaks",),
    )
)

"""A request's rectangle against its volume."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield a_j <= 2 v_j - o_j."""
    for j in range(len(trial.v)):
        yield Row(f"request {j + 1}", trial.a[j], 2 * trial.v[j] - trial.o[j])


def algebra() -> Iterator[Step]:
    """Yield 2v - o - a = s o."""
    s, o = symbols("s o")
    volume = s * o + o * (o + 1) / 2
    yield Step("2v - o - (s+o) o = s o", identity(2 * volume - o - (s + o) * o, s * o))


PEAK_RECTANGLE = prove(
    Lemma(
        id="peak-rectangle",
        statement="a_j <= 2 v_j - o_j",
        argument="A request holds at least half of its peak rectangle: 2v - o - a = s o >= 0.",
        rows=rows,
        algebra=algebra,
    )
)

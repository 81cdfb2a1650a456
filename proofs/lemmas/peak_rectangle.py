"""A request's rectangle against its volume."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, rectangle, symbols, volume
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield a_j <= 2 v_j - o_j."""
    for j in range(len(trial.v)):
        yield Row(f"request {j + 1}", trial.a[j], 2 * trial.v[j] - trial.o[j])


def algebra() -> Iterator[Step]:
    """Yield the volume as a sum over the steps, and 2v - o - a = s o."""
    import sympy

    s, o = symbols("s o")
    k = sympy.Symbol("k", integer=True, positive=True)
    yield Step("sum of s + k over k = 1..o = v", identity(sympy.summation(s + k, (k, 1, o)), volume(s, o)))
    yield Step("2v - o - a = s o", identity(2 * volume(s, o) - o - rectangle(s, o), s * o))


PEAK_RECTANGLE = prove(
    Lemma(
        id="peak-rectangle",
        statement="a_j <= 2 v_j - o_j",
        argument="A request holds at least half of its peak rectangle: 2v - o - a = s o >= 0.",
        rows=rows,
        algebra=algebra,
    )
)

"""Where the memory of a request lies: its mean time is d steps before its completion."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, symbols, volume, volume_offset
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield 12 v d summed step by step against the closed form, and (2o+1)/6 <= d <= o/2."""
    for j, (s, o, v) in enumerate(zip(trial.s, trial.o, trial.v, strict=True)):
        offset = Fraction(trial.d12[j], 12 * v)
        yield Row(f"request {j + 1}: least", Fraction(2 * o + 1, 6), offset)
        yield Row(f"request {j + 1}: most", offset, Fraction(o, 2))
        if not trial.stepwise:
            continue
        # Step k of o has its middle k - 1/2 after the start, that is o - k + 1/2 before the completion.
        summed = 6 * sum((s + k) * (2 * (o - k) + 1) for k in range(1, o + 1))
        yield Row(f"request {j + 1}: sum <= form", summed, trial.d12[j])
        yield Row(f"request {j + 1}: form <= sum", trial.d12[j], summed)


def algebra() -> Iterator[Step]:
    """Yield the closed form and both bounds."""
    import sympy

    s, o, w = symbols("s o w")
    k = sympy.Symbol("k", integer=True, positive=True)
    form, size = volume_offset(s, o), volume(s, o)
    total = sympy.summation((s + k) * (o - k + sympy.Rational(1, 2)), (k, 1, o))
    yield Step("v d = o [6 s o + (o+1)(2o+1)] / 12", identity(total, form))
    yield Step("v d - v (2o+1)/6 >= 0 for o >= 1", nonnegative((form - size * (2 * o + 1) / 6).subs(o, 1 + w)))
    yield Step("v o/2 - v d >= 0 for o >= 1", nonnegative((size * o / 2 - form).subs(o, 1 + w)))


CENTROID_OFFSET = prove(
    Lemma(
        id="centroid-offset",
        statement="v d = o [6 s o + (o+1)(2o+1)] / 12 and (2o+1)/6 <= d <= o/2",
        argument="Step k of o holds s + k tokens, and its middle lies o - k + 1/2 steps before the completion.",
        rows=rows,
        algebra=algebra,
    )
)

"""What is left of an output after rho times its least offset."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.lemmas.priced_completion import least_offset
from proofs.sharp_root import kappa_above
from proofs.symbolic import identity, nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield o - rho g(o) <= T kappa_up for each prefix and request, and that kappa_up is at least kappa."""
    rho = trial.rho
    kappa = kappa_above(rho)
    if rho < 3:
        yield Row("kappa_up", (rho - kappa) ** 3, Fraction(9, 4) * rho * (rho - 1) ** 2)
    for m in range(1, len(trial.v) + 1):
        T = Fraction(trial.prefix_volume[m], trial.memory)
        for j in range(m):
            left = trial.o[j] - rho * least_offset(trial.o[j], T)
            yield Row(f"prefix {m}, request {j + 1}", left, T * kappa)


def algebra() -> Iterator[Step]:
    """Yield the maximum over y = o/T by a perfect square, and the two ends."""
    y, y0, rho, r, z = symbols("y y0 rho r z")
    # rho = 3 y0^3/(3 y0^3 - 2) solves y0^3 = 2 rho/(3 (rho - 1)).
    yield Step(
        "rho/3 = y0^3 (rho - 1)/2",
        identity(
            (rho / 3).subs(rho, 3 * y0**3 / (3 * y0**3 - 2)),
            (y0**3 * (rho - 1) / 2).subs(rho, 3 * y0**3 / (3 * y0**3 - 2)),
        ),
    )
    gap = y + y0**3 / (2 * y**2) - 3 * y0 / 2
    square = (y - y0) ** 2 * (2 * y + y0) / (2 * y**2)
    yield Step("y + y0^3/(2 y^2) - (3/2) y0 = (y - y0)^2 (2y + y0)/(2 y^2)", identity(gap, square))
    inside = rho - (rho - 1) * y - rho / (3 * y**2)
    yield Step("o <= T: o (1 - rho/3) <= T (1 - rho/3), the value at y = 1", identity(inside.subs(y, 1), 1 - rho / 3))
    beyond = -inside.subs({rho: 3 + r, y: 1 + z})
    yield Step("rho >= 3: no more than 0 for y >= 1", nonnegative(beyond))
    o = symbols("o")
    yield Step("rho = 3 + r: o (1 - rho/3) = -o r/3", identity(o * (1 - (3 + r) / 3), -o * r / 3))
    cube = (rho - 3 * (rho - 1) * y0 / 2 - rho) ** 3 + 27 * (rho - 1) ** 3 * y0**3 / 8
    yield Step("(rho - kappa)^3 = (27/8)(rho - 1)^3 y0^3", identity(cube, 0))
    value = 27 * (rho - 1) ** 3 / 8 * 2 * rho / (3 * (rho - 1))
    yield Step("(27/8)(rho - 1)^3 y0^3 = (9/4) rho (rho - 1)^2", identity(value, 9 * rho * (rho - 1) ** 2 / 4))


KAPPA = prove(
    Lemma(
        id="kappa",
        statement="o - rho g(o) <= T kappa(rho) <= T kappa_up, where kappa = rho - (3/2)(rho - 1) y0 and "
        "y0^3 = 2 rho/(3 (rho - 1)) for rho < 3, and kappa = 0 from 3 on",
        argument="With y = o/T > 1 the left side over T is rho - (rho - 1)(y + y0^3/(2 y^2)), largest at y = y0 by a "
        "perfect square. For y <= 1 it is at most its value at 1. From rho = 3 on both are at most 0.",
        rows=rows,
        algebra=algebra,
    )
)

"""The symbolic checks accept what is true and, above all, nothing else."""

import pytest
import sympy

from proofs.symbolic import identity, nonnegative, nonnegative_between

x, y = sympy.symbols("x y", positive=True)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ((x + y) ** 2, x**2 + 2 * x * y + y**2, True),
        ((x**2 - y**2) / (x - y), x + y, True),
        (x / y, y / x, False),
        ((x + y) ** 2, x**2 + y**2, False),
    ],
)
def test_identity(left, right, equal):
    assert identity(left, right) is equal


@pytest.mark.parametrize(
    ("expression", "shown"),
    [
        (x * y + 1, True),
        (-x / (-y - 1), True),
        (sympy.Integer(0), True),
        (x - x, True),
        (x - y, False),
        (-x, False),
        (x / (y - 1), False),
        (-x / (y + 1), False),
        (sympy.Integer(-1), False),
        (x * sympy.sqrt(2), False),
        (x * sympy.log(1 + x), False),
    ],
)
def test_nonnegative(expression, shown):
    assert nonnegative(expression) is shown


@pytest.mark.parametrize(
    ("polynomial", "low", "high", "shown"),
    [
        ((x - 1) ** 2, 0, 2, True),
        ((x - 1) ** 3, 0, 2, False),
        ((x - 1) ** 3, 1, 2, True),
        (2 - 3 * x + x**3, 0, 1, True),
        (x * (1 - x), 0, 1, True),
        (x * (1 - x), 0, 2, False),
        (x**2 - 2, 0, sympy.oo, False),
        (x**2 - 2, 2, sympy.oo, True),
        (-((x - 1) ** 2), 0, 2, False),
        (sympy.Integer(-1) + 0 * x, 0, 1, False),
        (x**2 - x + sympy.Rational(1, 4), 0, 1, True),
        (1 / (1 + x), 0, 1, False),
        (x + y, 0, 1, False),
        (x, 1, 0, False),
        (x, 1, 1, True),
        (1000000 * x**2 - 1000000 * x + 249999, 0, 1, False),
    ],
)
def test_nonnegative_between(polynomial, low, high, shown):
    assert nonnegative_between(polynomial, x, low, high) is shown

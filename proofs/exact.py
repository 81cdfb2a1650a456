"""Rational numbers on the safe side of a formula's value: what a root or a logarithm becomes before it is compared."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import isqrt
from typing import Any

from cr_toolkit.errors import InputError

GRID = 10**9
"""Values that are not rational are given as multiples of 1/GRID."""


def sqrt_above(value: Fraction) -> Fraction:
    """Return the least multiple of 1/GRID whose square is at least ``value`` >= 0, by integer arithmetic."""
    scaled = -(-value.numerator * GRID**2 // value.denominator)
    root = isqrt(scaled)
    return Fraction(root + (root * root < scaled), GRID)


def rational_above(formula: Any, values: Mapping[str, Fraction | int]) -> Fraction | None:
    """Return the value of a sympy formula, or when it is not rational the next multiple of 1/GRID above it.

    Args:
        formula: a sympy expression.
        values: exact values of its symbols, by name.

    Returns:
        None if the formula has no finite real value there, or is an equation.

    Raises:
        InputError: if a symbol is not given.
    """
    return _rounded(formula, values, up=True)


def rational_below(formula: Any, values: Mapping[str, Fraction | int]) -> Fraction | None:
    """Return the same from below."""
    return _rounded(formula, values, up=False)


def _rounded(formula: Any, values: Mapping[str, Fraction | int], *, up: bool) -> Fraction | None:
    import sympy

    if isinstance(formula, sympy.Equality):
        return None
    missing = sorted(symbol.name for symbol in formula.free_symbols if symbol.name not in values)
    if missing:
        raise InputError(f"needs a value for {', '.join(missing)}", field="formula")
    exact = {symbol: _rational(values[symbol.name]) for symbol in formula.free_symbols}
    value = formula.subs(exact)
    if not value.is_finite or not value.is_real:
        return None
    if value.is_Rational:
        return Fraction(int(value.p), int(value.q))
    # sympy raises its precision until the integer part is certain.
    whole = sympy.ceiling(value * GRID) if up else sympy.floor(value * GRID)
    return Fraction(int(whole), GRID)


def _rational(value: Fraction | int) -> Any:
    import sympy

    fraction = Fraction(value)
    return sympy.Rational(fraction.numerator, fraction.denominator)

"""Exact symbolic checks: every function returns True only when the claim is proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, NamedTuple


class Claim(NamedTuple):
    """An inequality that was accepted: ``expression`` >= 0 for non-negative symbols.

    With a ``variable``, for that one in [low, high] only.
    """

    expression: Any
    variable: Any = None
    low: Any = None
    high: Any = None


_HEARD: list[list[Claim]] = []


@contextmanager
def heard() -> Iterator[list[Claim]]:
    """Collect the inequalities that are accepted while the block runs, for a second opinion."""
    claims: list[Claim] = []
    _HEARD.append(claims)
    try:
        yield claims
    finally:
        _HEARD.pop()


def _told(check: Callable[..., bool]) -> Callable[..., bool]:
    """Tell whoever listens of each inequality that ``check`` accepts."""

    @wraps(check)
    def telling(*arguments: Any) -> bool:
        accepted = check(*arguments)
        if accepted:
            for claims in _HEARD:
                claims.append(Claim(*arguments))
        return accepted

    return telling


def symbols(names: str) -> Any:
    """Return positive real symbols; the sign is for readers, the checks below state what they assume."""
    import sympy

    return sympy.symbols(names, positive=True)


def volume(s: Any, o: Any) -> Any:
    """Return v = s o + o(o+1)/2; lemma peak-rectangle proves it to be the sum over the steps."""
    return s * o + o * (o + 1) / 2


def rectangle(s: Any, o: Any) -> Any:
    """Return a = p o."""
    return (s + o) * o


def volume_offset(s: Any, o: Any) -> Any:
    """Return v d; lemma centroid-offset proves it to be the sum over the steps."""
    return o * (6 * s * o + (o + 1) * (2 * o + 1)) / 12


def identity(left: Any, right: Any) -> bool:
    """Return whether two rational functions are equal wherever both are defined."""
    import sympy

    return bool(sympy.cancel(sympy.together(left - right)) == 0)


@_told
def nonnegative(expression: Any) -> bool:
    """Return whether a rational function is shown >= 0 for all non-negative values of its symbols.

    It is, when numerator and denominator in lowest terms have coefficients of one and the same sign. Sufficient, not
    necessary: substitute ``x = lower + y`` to state that a symbol is at least ``lower``.
    """
    import sympy
    from sympy.polys.polyerrors import BasePolynomialError

    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(expression)))
    signs = set()
    for part in (numerator, denominator):
        generators = sorted(part.free_symbols, key=str)
        try:
            coefficients = sympy.Poly(part, *generators).coeffs() if generators else [part]
        except BasePolynomialError:
            # A root or a logarithm: not a claim this check can decide.
            return False
        signs.add(_common_sign(coefficients))
    return signs in ({1}, {-1}, {0, 1}, {0, -1})


def _common_sign(coefficients: list[Any]) -> int | None:
    if not all(value.is_rational for value in coefficients):
        return None
    if all(value == 0 for value in coefficients):
        return 0
    if all(value >= 0 for value in coefficients):
        return 1
    return -1 if all(value <= 0 for value in coefficients) else None


@_told
def nonnegative_between(polynomial: Any, variable: Any, low: Any, high: Any) -> bool:
    """Return whether a rational polynomial in one variable is >= 0 on [low, high]; ``high`` may be ``sympy.oo``.

    By exact root isolation: no root of odd multiplicity inside, and a positive value somewhere inside.
    """
    import sympy
    from sympy.polys.polyerrors import BasePolynomialError

    low, high = sympy.sympify(low), sympy.sympify(high)
    if not low <= high:
        return False
    try:
        poly = sympy.Poly(polynomial, variable, domain="QQ")
    except BasePolynomialError:
        # Another symbol, a root or a fraction: not a claim this check can decide.
        return False
    if poly.is_zero:
        return True
    _, factors = poly.sqf_list()
    for factor, multiplicity in factors:
        if multiplicity % 2 == 0:
            continue
        inside = factor.count_roots(low, None if high is sympy.oo else high)
        ends = [low] if high is sympy.oo or high == low else [low, high]
        inside -= sum(1 for end in ends if factor.eval(end) == 0)
        if inside > 0:
            return False
    # Factors of even multiplicity may vanish at a sample point; one of degree + 1 points is not a root.
    span = 1 if high is sympy.oo else high - low
    count = poly.degree() + 2
    values = [poly.eval(low + span * sympy.Rational(k, count)) for k in range(1, count)]
    return all(value >= 0 for value in values) and any(value > 0 for value in values)


def ratio_nonnegative_between(expression: Any, variable: Any, low: Any, high: Any) -> bool:
    """Return whether a rational function in one variable is >= 0 on [low, high] and its denominator > 0 inside."""
    import sympy

    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(expression)))
    if nonnegative_between(-denominator, variable, low, high):
        numerator, denominator = -numerator, -denominator
    return all(nonnegative_between(part, variable, low, high) for part in (denominator, numerator))


def limit_at_infinity(expression: Any, variable: Any) -> Any:
    """Return the limit of a rational function as ``variable`` grows, or None if it is 0, infinite or not rational.

    It is the quotient of the leading coefficients, which must not vanish for the values meant.
    """
    import sympy

    numerator, denominator = sympy.fraction(sympy.cancel(sympy.together(expression)))
    above, below = sympy.Poly(numerator, variable), sympy.Poly(denominator, variable)
    if above.degree() != below.degree():
        return None
    return sympy.cancel(above.LC() / below.LC())

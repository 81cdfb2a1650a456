"""Polynomials in one parameter k with rational coefficients, exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from math import comb


@dataclass(frozen=True)
class Polynomial:
    """Coefficients by ascending power, without trailing zeros; () is 0."""

    coefficients: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        kept = list(self.coefficients)
        while kept and kept[-1] == 0:
            kept.pop()
        object.__setattr__(self, "coefficients", tuple(kept))

    @classmethod
    def of(cls, *coefficients: Fraction | int) -> Polynomial:
        """Return the polynomial with these coefficients, constant first."""
        return cls(tuple(Fraction(coefficient) for coefficient in coefficients))

    @classmethod
    def power(cls, factor: Fraction | int, exponent: int) -> Polynomial:
        """Return ``factor`` k^``exponent``."""
        return cls.of(*[0] * exponent, factor)

    @property
    def degree(self) -> int:
        """Highest power; 0 for constants."""
        return max(0, len(self.coefficients) - 1)

    @property
    def weight(self) -> int:
        """How much there is to read: degree, terms, and the digits of the coefficients."""
        digits = sum(len(str(c.numerator)) + len(str(c.denominator)) - 1 for c in self.coefficients if c)
        return 2 * self.degree + digits

    def __call__(self, k: int) -> Fraction:
        """Return the value at ``k``."""
        value = Fraction(0)
        for coefficient in reversed(self.coefficients):
            value = value * k + coefficient
        return value

    def __add__(self, other: Polynomial) -> Polynomial:
        pairs = zip_longest(self.coefficients, other.coefficients, fillvalue=Fraction(0))
        return Polynomial(tuple(a + b for a, b in pairs))

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + other * Polynomial.of(-1)

    def __mul__(self, other: Polynomial) -> Polynomial:
        product = [Fraction(0)] * (len(self.coefficients) + len(other.coefficients))
        for i, a in enumerate(self.coefficients):
            for j, b in enumerate(other.coefficients):
                product[i + j] += a * b
        return Polynomial(tuple(product))

    def over(self, factor: Fraction | int, exponent: int) -> Polynomial | None:
        """Return the quotient by ``factor`` k^``exponent``, or None if it is no polynomial."""
        if any(self.coefficients[:exponent]):
            return None
        return Polynomial(tuple(c / factor for c in self.coefficients[exponent:]))

    def after(self, step: int, offset: int) -> Polynomial:
        """Return the polynomial in k that has the value of this one at ``step`` k + ``offset``."""
        result = [Fraction(0)] * len(self.coefficients)
        for power, coefficient in enumerate(self.coefficients):
            for j in range(power + 1):
                result[j] += coefficient * comb(power, j) * step**j * offset ** (power - j)
        return Polynomial(tuple(result))

    @property
    def is_integral(self) -> bool:
        """Whether all values at integers are integers: it is enough to look at degree + 1 of them in a row."""
        return all(self(k).denominator == 1 for k in range(self.degree + 1))


def interpolate(xs: Sequence[int], ys: Sequence[int], most: int) -> Polynomial | None:
    """Return the polynomial of least degree through all points, or None if that exceeds ``most``; xs distinct.

    Newton's divided differences: those beyond the degree are zero.
    """
    table = [Fraction(y) for y in ys]
    newton = [table[0]]
    for order in range(1, len(xs)):
        table = [(table[i + 1] - table[i]) / (xs[i + order] - xs[i]) for i in range(len(table) - 1)]
        newton.append(table[0])
    while newton and newton[-1] == 0:
        newton.pop()
    if len(newton) > most + 1:
        return None
    result = Polynomial(())
    for order in reversed(range(len(newton))):
        result = result * Polynomial.of(-xs[order], 1) + Polynomial.of(newton[order])
    return result

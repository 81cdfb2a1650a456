"""The growth factor of geometric lengths: a rational above 1, exact at every power."""

from __future__ import annotations

from fractions import Fraction

from cr_toolkit.errors import InputError
from cr_toolkit.model.rational import parse_rational

LEAST = Fraction(11, 10)
"""A smaller factor makes a great many lengths."""


def parse_growth(value: int | str) -> Fraction:
    """Return the growth factor written as an integer or "p/q".

    Raises:
        InputError: if it is no rational of at least 11/10.
    """
    growth = parse_rational(str(value), field="policy parameter growth")
    if growth < LEAST:
        raise InputError(f"must be at least {LEAST}, got {value}", field="policy parameter growth")
    return growth

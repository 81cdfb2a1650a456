"""The growth factor of geometric lengths: a rational above 1, exact at every power."""

from __future__ import annotations

import re
from fractions import Fraction

from cr_toolkit.errors import InputError
from cr_toolkit.model.rational import parse_rational

LEAST = Fraction(11, 10)
"""A smaller factor makes a great many lengths."""

_FIELD = "policy parameter growth"


def parse_growth(value: int | str) -> Fraction:
    """Return the growth factor written as an integer or "p/q".

    Raises:
        InputError: if it is no rational of at least 11/10 in numbers of up to nine digits.
    """
    growth = parse_rational(str(value), field=_FIELD)
    if re.fullmatch(r"\d{1,9}(/\d{1,9})?", str(value)) is None:
        raise InputError(f"must have at most nine digits above and below, got {value}", field=_FIELD)
    if growth < LEAST:
        raise InputError(f"must be at least {LEAST}, got {value}", field=_FIELD)
    return growth

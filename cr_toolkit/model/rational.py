"""Rationals as the files write them: "p/q" in lowest terms, or "p" for an integer."""

from __future__ import annotations

import re
from fractions import Fraction

from cr_toolkit.errors import InputError

_PATTERN = re.compile(r"-?[0-9]{1,400}(/[0-9]{1,400})?")
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")


def parse_rational(text: str, *, field: str = "") -> Fraction:
    """Read "p/q" or "p".

    Raises:
        InputError: if ``text`` is anything else, or q = 0.
    """
    if _PATTERN.fullmatch(text) is None or re.search(r"/0+$", text):
        raise InputError(f'must be a rational "p/q", got {text[:40]!r}', field=field)
    return Fraction(text)


def parse_number(text: str, *, field: str = "") -> Fraction:
    """Read what a person types for a positive number: "1/2", "0.5" or "5", exactly.

    Raises:
        InputError: if ``text`` is not such a number.
    """
    if _DECIMAL.fullmatch(text):
        return Fraction(text)
    value = parse_rational(text, field=field)
    if value < 0:
        raise InputError(f"must not be negative, got {text}", field=field)
    return value


def format_rational(value: Fraction) -> str:
    """Write ``value`` as "p/q", or "p" when it is an integer."""
    return str(value)

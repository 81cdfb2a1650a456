"""Numbers as people read them. What decides is always the exact value; these only show it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def decimal(value: Fraction, places: int = 4) -> str:
    """Return ``value`` rounded to ``places`` decimals, thousands set apart."""
    scaled = round(value * 10**places)
    sign, digits = "-" if scaled < 0 else "", f"{abs(scaled):0{places + 1}d}"
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    return f"{sign}{int(whole):,}" + (f".{part}" if part else "")


def ratio(value: Fraction) -> str:
    """Return a ratio as decimals and, when it is short enough to read, as the fraction it is."""
    exact = str(value)
    return f"{decimal(value)} ({exact})" if "/" in exact and len(exact) <= 15 else decimal(value)


def bracket(lower: Fraction, upper: Fraction) -> str:
    """Return a ratio bracket; one number when both ends meet."""
    return ratio(lower) if lower == upper else f"[{decimal(lower)}, {decimal(upper)}]"


def listed(values: Sequence[int], most: int = 20) -> str:
    """Return the first ``most`` values, and how many more there are."""
    shown = " ".join(map(str, values[:most]))
    more = len(values) - most
    return f"{shown} ... and {more:,} more (--format json has all)" if more > 0 else shown

"""Numbers as people read them. What decides is always the exact value; these only show it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Literal

_SUFFIXES = ((10**15, "P"), (10**12, "T"), (10**9, "G"), (10**6, "M"), (10**3, "k"))


def decimal(value: Fraction, places: int = 4, *, towards: Literal["nearest", "down", "up"] = "nearest") -> str:
    """Return ``value`` with ``places`` decimals, thousands set apart; lower bounds are best rounded ``down``."""
    exact = value * 10**places
    scaled = floor(exact) if towards == "down" else ceil(exact) if towards == "up" else round(exact)
    sign, digits = "-" if scaled < 0 else "", f"{abs(scaled):0{places + 1}d}"
    whole, part = (digits[:-places], digits[-places:]) if places else (digits, "")
    return f"{sign}{int(whole):,}" + (f".{part}" if part else "")


def compact(value: int) -> str:
    """Return a number in little room: 16,384 but 1.71M; three digits from 100,000 on."""
    if abs(value) < 100_000:
        return f"{value:,}"
    for size, suffix in _SUFFIXES:
        if size <= abs(value) < 999 * size:
            return f"{value / size:.3g}{suffix}"
    return f"{value:.2e}".replace("e+", "e")


def count(number: int, noun: str) -> str:
    """Return "1 request" or "12,345 requests"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def ratio(value: Fraction) -> str:
    """Return a ratio as decimals and, when it is short enough to read, as the fraction it is."""
    exact = str(value)
    return f"{decimal(value)} ({exact})" if "/" in exact and len(exact) <= 15 else decimal(value)


def bracket(lower: Fraction, upper: Fraction) -> str:
    """Return a ratio bracket, rounded outwards; one number when both ends meet."""
    if lower == upper:
        return ratio(lower)
    return f"[{decimal(lower, towards='down')}, {decimal(upper, towards='up')}]"


def listed(values: Sequence[object], most: int = 20) -> str:
    """Return the first ``most`` values, and how many more there are."""
    shown = " ".join(map(str, values[:most]))
    more = len(values) - most
    return f"{shown} ... and {more:,} more (--format json has all)" if more > 0 else shown

"""Exact sums over columns of requests.

Columns are int64 while every product of two of their numbers fits, and Python integers in object arrays beyond that;
the same expressions serve both. Sums that outgrow 64 bits are gathered in limbs and joined as Python integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.model import Instance
from cr_toolkit.model.instance import RequestArrays

Column = NDArray[Any]
"""int64, or object holding Python integers; shape (n,)."""

_NARROW_MEMORY = 2**30
"""Below this, volumes and offset numerators (at most 9/4 M^2) fit an int64."""

MAX_DENOMINATORS = 1000
"""Up to this many distinct denominators are added exactly."""

ROUNDING_BITS = 40
"""Beyond them each group is rounded down to a multiple of 2^-40."""


def exact_columns(instance: Instance) -> RequestArrays:
    """Return the request columns in a type in which volumes and offset numerators are exact."""
    columns = instance.arrays
    if instance.memory < _NARROW_MEMORY:
        return columns
    return RequestArrays(*(column.astype(object) for column in columns))


def volumes(columns: RequestArrays) -> Column:
    """Return each request's volume s o + o(o+1)/2 (token-steps)."""
    volume: Column = columns.prompt * columns.output + columns.output * (columns.output + 1) // 2
    return volume


def exact_dot(values: Column, weights: Column) -> int:
    """Return the sum of values times weights, for values >= 0 and 0 <= weights < 2^24 (about twice the requests)."""
    if values.dtype == object:
        return int(np.dot(values, weights.astype(object)))
    total = 0
    # A 21-bit limb times a 24-bit weight: 2^18 products add up without overflow.
    for begin in range(0, len(values), 1 << 18):
        part, weight = values[begin : begin + (1 << 18)], weights[begin : begin + (1 << 18)]
        for shift in (0, 21, 42):
            total += int(np.dot((part >> shift) & 0x1FFFFF, weight)) << shift
    return total


def exact_sum(values: Column) -> int:
    """Return the sum of the values."""
    if values.dtype == object:
        return int(values.sum())
    return (int((values >> 32).sum()) << 32) + int((values & 0xFFFFFFFF).sum())


def sum_of_ratios(numerators: Column, denominators: Column) -> Fraction:
    """Return the sum of numerator/denominator over positive columns, grouped as ``sum_of_groups`` describes."""
    if len(numerators) == 0:
        return Fraction(0)
    order = np.argsort(denominators, kind="stable")
    numerators, denominators = numerators[order], denominators[order]
    first = np.flatnonzero(np.concatenate(([True], denominators[1:] != denominators[:-1])))
    high = np.add.reduceat(numerators >> 32, first).tolist()
    low = np.add.reduceat(numerators & 0xFFFFFFFF, first).tolist()
    tops = [(int(top) << 32) + int(bottom) for top, bottom in zip(high, low, strict=True)]
    return sum_of_groups(tops, denominators[first].tolist())


def sum_of_groups(numerators: Sequence[int], denominators: Sequence[int]) -> Fraction:
    """Return the sum of numerator/denominator over groups of distinct denominators.

    The sum is exact for up to ``MAX_DENOMINATORS`` groups. Beyond that the common denominator would have thousands
    of digits, so every group is rounded down to a multiple of 2^-``ROUNDING_BITS``: the result is at most the exact
    sum, and below it by less than (number of groups) / 2^40.
    """
    if len(numerators) > MAX_DENOMINATORS:
        floors = sum((n << ROUNDING_BITS) // d for n, d in zip(numerators, denominators, strict=True))
        return Fraction(floors, 1 << ROUNDING_BITS)
    common = lcm(*denominators)
    return Fraction(sum(n * (common // d) for n, d in zip(numerators, denominators, strict=True)), common)

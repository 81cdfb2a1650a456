"""The mean-busy-time bound: completions against the memory-weighted mean times of a relaxed machine."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from cr_toolkit.model import Instance
from cr_toolkit.model.instance import RequestArrays
from lp_models.bounds.catalogue import LOWER_BOUNDS, LowerBound
from lp_models.bounds.exact import Column, exact_columns, exact_dot, exact_sum, sum_of_groups, sum_of_ratios, volumes
from lp_models.bounds.machine import busy_times


@LOWER_BOUNDS.register("mean-busy-time")
def mean_busy_time_bound(instance: Instance) -> LowerBound:
    """Return sum d_j + sum B_j - sum a_j.

    d_j is the distance from a request's memory-weighted mean time to its completion. The mean times of any feasible
    schedule satisfy the inequalities of Goemans' relaxation in mean busy times for a machine of speed M, whose
    optimum B is reached by serving the released request of least volume, preemptively. At least the volume bound.
    """
    return LowerBound(mean_busy_time(exact_columns(instance), instance.memory), "mean-busy-time")


def mean_busy_time(columns: RequestArrays, memory: int) -> Fraction:
    """Return the bound for the requests of ``columns`` alone (columns as ``exact_columns`` makes them)."""
    if len(columns.output) == 0:
        return Fraction(0)
    offsets = sum_of_ratios(*offset_ratios(columns))
    return offsets + sum_of_busy_times(columns, memory) - exact_sum(columns.arrival)


def offset_ratios(columns: RequestArrays) -> tuple[Column, Column]:
    """Return d = [6so + (o+1)(2o+1)] / [12s + 6(o+1)] of each request as (numerators, denominators), unreduced."""
    _, prompt, output = columns
    return 6 * prompt * output + (output + 1) * (2 * output + 1), 6 * (2 * prompt + output + 1)


def sum_of_busy_times(columns: RequestArrays, memory: int) -> Fraction:
    """Return the sum of the mean busy times (steps) when the least volume is always served first."""
    volume = volumes(columns)
    if not columns.arrival.any():
        # Sorted, B_j = (V_{j-1} + v_j / 2) / M: each volume counts half for itself and once for all behind it.
        weights = np.arange(2 * len(volume) - 1, 0, -2)
        return Fraction(exact_dot(np.sort(volume), weights), 2 * memory)
    doubled, remainders = busy_times(columns.arrival, volume, memory)
    denominators = [2 * memory * v for v in remainders]
    return Fraction(doubled, 2 * memory) + sum_of_groups(list(remainders.values()), denominators)

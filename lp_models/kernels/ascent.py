"""Raising the bound of memory prices without a linear programme: the volume algorithm, compiled.

Everything here is floating point and decides nothing: the prices found are rounded to integers and evaluated exactly.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]

MEMORY_OF_LOADS = 0.1
"""Weight of the newest relaxed schedule in the running averages."""

_REACH = 0.5
"""Steps aim at most this share above the bound reached: with arrivals, schedules cost many times any such bound."""


@njit(cache=True, nogil=True)
def relaxed_schedule(
    arrival: Int64s, prompt: Int64s, output: Int64s, count: Int64s, memory: int, price: Float64s, load: Float64s
) -> float:
    """Start every request where it is cheapest under ``price``; return the bound and write the loads it causes.

    ``price`` and ``load`` have one entry per step, entry 0 unused.
    """
    last = price.shape[0] - 1
    sums = np.zeros(last + 1)
    moments = np.zeros(last + 1)
    for t in range(1, last + 1):
        sums[t] = sums[t - 1] + price[t]
        moments[t] = moments[t - 1] + price[t] * t
    slope = np.zeros(last + 2)
    level = np.zeros(last + 2)
    bound = -memory * sums[last]
    for i in range(arrival.shape[0]):
        best = np.inf
        best_start = arrival[i]
        for k in range(arrival[i], max(arrival[i], last) + 1):
            here = float(k + output[i] - arrival[i])
            if here >= best:
                # Memory costs nothing at best, so waiting even longer cannot pay.
                break
            if k < last:
                end = min(k + output[i], last)
                here += (prompt[i] - k) * (sums[end] - sums[k]) + moments[end] - moments[k]
            if here < best - 1e-9:
                best = here
                best_start = k
        bound += count[i] * best
        if best_start < last:
            end = min(best_start + output[i], last)
            slope[best_start + 1] += count[i]
            slope[end + 1] -= count[i]
            level[best_start + 1] += count[i] * (prompt[i] - best_start)
            level[end + 1] -= count[i] * (prompt[i] - best_start)
    running = held = 0.0
    for t in range(1, last + 1):
        running += slope[t]
        held += level[t]
        load[t] = held + running * t
    return float(bound)


@njit(cache=True, nogil=True)
def begin_ascent(
    arrival: Int64s, prompt: Int64s, output: Int64s, count: Int64s, memory: int, best: Float64s
) -> tuple[Float64s, Float64s]:
    """Return what ``raise_prices`` keeps between calls: the running average of loads, and three numbers.

    These are the bound of ``best``, the eagerness of steps, and the rounds since the bound last rose.
    """
    average = np.zeros(best.shape[0])
    bound = relaxed_schedule(arrival, prompt, output, count, memory, best, average)
    return average, np.array([bound, 1.0, 0.0])


@njit(cache=True, nogil=True)
def raise_prices(
    arrival: Int64s, prompt: Int64s, output: Int64s, count: Int64s, memory: int, best: Float64s, average: Float64s,
    facts: Float64s, target: float, iterations: int,
) -> bool:  # fmt: skip
    """Raise the bound of ``best`` (step prices, entry 0 unused) in place; return whether it may rise further.

    The step length aims at ``target``, the cost of a known schedule, or less far where that is far away; it is
    shortened while the bound stalls.
    """
    last = best.shape[0] - 1
    load = np.zeros(last + 1)
    trial = best.copy()
    best_bound, eagerness, stalled = facts[0], facts[1], facts[2]
    for _ in range(iterations):
        norm = 1e-12
        for t in range(1, last + 1):
            excess = average[t] - memory
            if excess > 0 or best[t] > 0:
                norm += excess * excess
        step = eagerness * max(min(target - best_bound, _REACH * abs(best_bound)), 1e-3) / norm
        for t in range(1, last + 1):
            trial[t] = max(0.0, best[t] + step * (average[t] - memory))
        bound = relaxed_schedule(arrival, prompt, output, count, memory, trial, load)
        for t in range(1, last + 1):
            average[t] += MEMORY_OF_LOADS * (load[t] - average[t])
        if bound > best_bound + 1e-9:
            if bound > best_bound + 1e-4 * abs(best_bound):
                eagerness = min(2.0, eagerness * 1.1)
            best_bound = bound
            best[:] = trial
            stalled = 0.0
        else:
            stalled += 1
            if stalled >= 20:
                stalled = 0.0
                eagerness *= 0.66
                if eagerness < 1e-4:
                    break
    facts[0], facts[1], facts[2] = best_bound, eagerness, stalled
    return bool(eagerness >= 1e-4)

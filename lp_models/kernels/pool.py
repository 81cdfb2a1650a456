"""Memory prices inside the search, compiled: a pool of price vectors that bounds states, and how it grows.

A state (who waits, the memory the running requests will hold, the time t before which nothing more starts) is an
instance of its own with a capacity M - load per step, so every price vector of the pool bounds it:
    sum of starts so far + sum over waiting of min_{k >= t} charge(k) - sum_{u > t} y_u (M - load_u).
Bounds are integers; only the search for a new vector uses floating point, and what it finds is rounded first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]


class Problem(NamedTuple):
    """What is searched; columns have one entry per kind of request, volumes ascending.

    Attributes:
        arrival: first steps at which a kind may start.
        prompt: tokens.
        output: tokens.
        radix: place values of the number waiting, so that a waiting set is one integer.
        memory: M (tokens).
        scale: denominator of prices.
    """

    arrival: Int64s
    prompt: Int64s
    output: Int64s
    radix: Int64s
    memory: int
    scale: int


class Pool(NamedTuple):
    """Price vectors, one per row, over steps 0 .. H (entry 0 and all beyond the last priced step are zero).

    The last row is a spare: a vector tried once, which nothing remembers when the pool is full.

    Attributes:
        price: step prices (scaled).
        sums: their prefix sums.
        moments: prefix sums of step * price.
        least: least scaled charge of a kind when started at or after a step, shape (rows, kinds, H + 1).
        order: rows, the one that helped last first.
        used: [number of rows in use].
    """

    price: Int64s
    sums: Int64s
    moments: Int64s
    least: Int64s
    order: Int64s
    used: Int64s


@njit(cache=True, nogil=True)
def write_prices(problem: Problem, pool: Pool, row: int, price: Int64s) -> None:
    """Write a price vector and its tables to ``row``, without putting it to use."""
    last = price.shape[0] - 1
    sums = pool.sums[row]
    moments = pool.moments[row]
    pool.price[row] = price
    sums[0] = moments[0] = 0
    for t in range(1, last + 1):
        sums[t] = sums[t - 1] + price[t]
        moments[t] = moments[t - 1] + t * price[t]
    for j in range(problem.arrival.shape[0]):
        best = 2**62
        for k in range(last, -1, -1):
            if k >= problem.arrival[j]:
                end = min(k + problem.output[j], last)
                charge = problem.scale * k + (problem.prompt[j] - k) * (sums[end] - sums[k]) + moments[end] - moments[k]
                best = min(best, charge)
            # Only requests that arrive beyond the table have no start in it; they start on arrival, uncharged.
            pool.least[row, j, k] = best if best < 2**62 else problem.scale * problem.arrival[j]


@njit(cache=True, nogil=True)
def use_row(pool: Pool) -> None:
    """Put the row after the last one in use to use, first in the order."""
    row = pool.used[0]
    pool.used[0] += 1
    for x in range(row, 0, -1):
        pool.order[x] = pool.order[x - 1]
    pool.order[0] = row


@njit(cache=True, nogil=True)
def row_bound(
    problem: Problem, pool: Pool, row: int, waiting: Int64s, start: int, kind: int, cost: int,
    end: Int32s, peak: Int32s, running: int,
) -> int:  # fmt: skip
    """Return the scaled bound on the sum of all starts that price vector ``row`` gives a state.

    What waits starts at (``start``, ``kind``) or later, in that order.
    """
    sums = pool.sums[row]
    moments = pool.moments[row]
    last = sums.shape[0] - 1
    bound = problem.scale * cost - problem.memory * (sums[last] - sums[start])
    for j in range(waiting.shape[0]):
        if waiting[j] > 0:
            bound += waiting[j] * pool.least[row, j, start if j >= kind else min(start + 1, last)]
    for x in range(running):
        until = min(end[x], last)
        if until > start:
            offset = np.int64(peak[x]) - np.int64(end[x])
            bound += offset * (sums[until] - sums[start]) + moments[until] - moments[start]
    return int(bound)


@njit(cache=True, nogil=True)
def hopeless(
    problem: Problem, pool: Pool, target: int, waiting: Int64s, start: int, kind: int, cost: int,
    end: Int32s, peak: Int32s, running: int,
) -> int:  # fmt: skip
    """Return -1 if some price vector bounds the state above ``target`` (scaled), else the row that comes nearest."""
    nearest = 0
    best = -(2**62)
    for x in range(pool.used[0]):
        row = pool.order[x]
        bound = row_bound(problem, pool, row, waiting, start, kind, cost, end, peak, running)
        if bound > target:
            for y in range(x, 0, -1):
                pool.order[y] = pool.order[y - 1]
            pool.order[0] = row
            return -1
        if bound > best:
            best = bound
            nearest = row
    return nearest


@njit(cache=True, nogil=True)
def _relaxed(
    problem: Problem, waiting: Int64s, start: int, kind: int, room: Float64s, price: Float64s, load: Float64s,
    sums: Float64s, moments: Float64s,
) -> float:  # fmt: skip
    """Start what waits where it is cheapest; return the bound on the sum of its starts and write the loads."""
    last = price.shape[0] - 1
    bound = 0.0
    for t in range(start + 1, last + 1):
        sums[t] = sums[t - 1] + price[t]
        moments[t] = moments[t - 1] + t * price[t]
        bound -= room[t] * price[t]
        load[t] = 0.0
    for j in range(waiting.shape[0]):
        if waiting[j] == 0:
            continue
        first = max(problem.arrival[j], start if j >= kind else start + 1)
        best = float(max(first, last))
        best_start = max(first, last)
        output = problem.output[j]
        for k in range(first, last):
            until = min(k + output, last)
            charge = k + (problem.prompt[j] - k) * (sums[until] - sums[k]) + moments[until] - moments[k]
            if charge < best - 1e-9:
                best = charge
                best_start = k
        bound += waiting[j] * best
        for t in range(best_start + 1, min(best_start + output, last) + 1):
            load[t] += waiting[j] * (problem.prompt[j] + t - best_start)
    return bound


@njit(cache=True, nogil=True)
def improved_prices(
    problem: Problem, waiting: Int64s, start: int, kind: int, room: Float64s, prices: Int64s, goal: float,
    iterations: int,
) -> Float64s:  # fmt: skip
    """Return prices that bound the waiting requests' sum of starts higher: the volume algorithm from ``prices``.

    ``room`` is the memory left in each step; the search stops once ``goal`` is passed or looks out of reach.
    """
    last = prices.shape[0] - 1
    best = prices / problem.scale
    best[: start + 1] = 0.0
    load = np.zeros(last + 1)
    sums = np.zeros(last + 1)
    moments = np.zeros(last + 1)
    bound = _relaxed(problem, waiting, start, kind, room, best, load, sums, moments)
    origin = bound
    average = load.copy()
    trial = best.copy()
    eagerness = 1.0
    stalled = 0
    for i in range(iterations):
        if bound > goal or (i == iterations // 3 and bound - origin < 0.25 * (goal - origin)):
            break
        norm = 1e-12
        for t in range(start + 1, last + 1):
            excess = average[t] - room[t]
            if excess > 0 or best[t] > 0:
                norm += excess * excess
        step = eagerness * max(goal - bound, 1e-2) * 1.1 / norm
        for t in range(start + 1, last + 1):
            trial[t] = max(0.0, best[t] + step * (average[t] - room[t]))
        found = _relaxed(problem, waiting, start, kind, room, trial, load, sums, moments)
        for t in range(start + 1, last + 1):
            average[t] += 0.1 * (load[t] - average[t])
        if found > bound + 1e-9:
            bound = found
            best[:] = trial
            stalled = 0
        else:
            stalled += 1
            if stalled >= 8:
                stalled = 0
                eagerness *= 0.66
    return best

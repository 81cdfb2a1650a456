"""Price vectors in compiled code: tables that bound a state in a few operations, and the fitting of new ones.

Bounds are integers and the same as the checker's; only the search for a new vector uses floating point, and what it
finds is rounded first.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lp_models.kernels.paths import Costs

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]


_TRIED = 128
"""Starts of a kind that are looked at while prices are fitted, at least; in between charges change little."""


class Problem(NamedTuple):
    """What is searched; columns have one entry per kind of request, volumes ascending.

    Attributes:
        arrival: first steps at which a kind may start.
        prompt: tokens.
        output: tokens.
        radix: place values of the number waiting, so that a waiting set is one integer.
        memory: M (tokens).
        scale: denominator of prices.
        width: steps that a price holds for.
    """

    arrival: Int64s
    prompt: Int64s
    output: Int64s
    radix: Int64s
    memory: int
    scale: int
    width: int


class Pool(NamedTuple):
    """Price vectors, one per row, over steps 0 .. H (entry 0 is zero, H a multiple of the width).

    Attributes:
        price: step prices (scaled).
        sums: their prefix sums.
        moments: prefix sums of step * price.
        least: least scaled charge of a kind when started at or after a step, shape (rows, kinds, H + 1).
        order: rows, the one that helped last first.
        used: [number of rows in use].
        costs: prices of starts and completions, tried before all of these.
    """

    price: Int64s
    sums: Int64s
    moments: Int64s
    least: Int64s
    order: Int64s
    used: Int64s
    costs: Costs


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
        best = problem.scale * last
        for k in range(last, -1, -1):
            best = min(best, charge(problem, pool, row, j, k))
            pool.least[row, j, k] = best


@njit(cache=True, nogil=True)
def charge(problem: Problem, pool: Pool, row: int, kind: int, k: int) -> int:
    """Return the scaled charge of a start at ``k``: the step itself, and the price of what the request then holds."""
    sums = pool.sums[row]
    moments = pool.moments[row]
    last = sums.shape[0] - 1
    if k >= last:
        return int(problem.scale * k)
    end = min(k + problem.output[kind], last)
    held = (problem.prompt[kind] - k) * (sums[end] - sums[k]) + moments[end] - moments[k]
    return int(problem.scale * k + held)


@njit(cache=True, nogil=True)
def least_charge(problem: Problem, pool: Pool, row: int, kind: int, k: int) -> int:
    """Return the least scaled charge of a start at ``k`` or later."""
    if k < pool.least.shape[2]:
        return int(pool.least[row, kind, k])
    return int(problem.scale * k)


@njit(cache=True, nogil=True)
def use_row(pool: Pool) -> None:
    """Put the row after the last one in use to use, first in the order."""
    row = pool.used[0]
    pool.used[0] += 1
    for x in range(row, 0, -1):
        pool.order[x] = pool.order[x - 1]
    pool.order[0] = row


@njit(cache=True, nogil=True)
def first_fits(
    problem: Problem, waiting: Int64s, start: int, kind: int, end: Int32s, peak: Int32s, running: int, first: Int64s
) -> int:
    """Write the first start, at (``start``, ``kind``) or later, from which each kind fits beside what runs.

    Returns:
        The least of them over the kinds that wait.
    """
    cut = np.int64(2**60)
    whole = np.int64(0)
    for x in range(running):
        whole += np.int64(peak[x]) - np.int64(end[x])
    for j in range(waiting.shape[0]):
        if waiting[j] == 0:
            continue
        k = max(problem.arrival[j], start if j >= kind else start + 1)
        offset = whole
        for x in range(running):
            # In the steps up to this completion, what still runs holds offset + (running - x) * step.
            until = np.int64(end[x])
            if until > k:
                if k + problem.output[j] <= until:
                    done = k + problem.output[j]
                    if offset + (running - x) * done + problem.prompt[j] + problem.output[j] <= problem.memory:
                        break
                    k = until - problem.output[j] + 1
                over = offset + (running - x) * until + problem.prompt[j] + until - k - problem.memory
                if over > 0:
                    k = min(k + over, until)
            offset -= np.int64(peak[x]) - until
        first[j] = k
        cut = min(cut, k)
    return int(cut)


@njit(cache=True, nogil=True)
def first_fits_beside(
    problem: Problem, waiting: Int64s, load: Int64s, begin: int, kind: int, before: Int64s, first: Int64s
) -> int:
    """Write the first start, at (``begin``, ``kind``) or later, from which each kind fits beside ``load``.

    ``load`` holds the memory in step begin + 1, ...; no kind fits sooner than ``before``. Returns the least over the
    kinds that wait.
    """
    cut = np.int64(2**60)
    for j in range(waiting.shape[0]):
        if waiting[j] == 0:
            continue
        k = max(before[j], begin if j >= kind else begin + 1)
        t = min(k + problem.output[j], begin + load.shape[0])
        while t > k:
            over = load[t - begin - 1] + problem.prompt[j] + t - k - problem.memory
            if over > 0:
                k = min(k + over, t)
                t = min(k + problem.output[j], begin + load.shape[0])
            else:
                t -= 1
        first[j] = k
        cut = min(cut, k)
    return int(cut)


@njit(cache=True, nogil=True)
def row_bound(
    problem: Problem, pool: Pool, row: int, waiting: Int64s, first: Int64s, cut: int, total: int,
    end: Int32s, peak: Int32s, running: int, extra: Int64s,
) -> int:  # fmt: skip
    """Return the scaled bound on the sum of all starts that price vector ``row`` gives a state.

    What waits starts at ``first`` or later, by kind; ``cut`` is the least of these. ``extra`` = (begin, completion,
    offset) stands for one more running request, which holds offset + t in the steps t = begin + 1 .. completion.
    """
    sums = pool.sums[row]
    moments = pool.moments[row]
    last = sums.shape[0] - 1
    bound = problem.scale * total
    for j in range(waiting.shape[0]):
        if waiting[j] > 0:
            bound += waiting[j] * least_charge(problem, pool, row, j, first[j])
    if cut < last:
        bound -= problem.memory * (sums[last] - sums[cut])
        for x in range(running):
            until = min(end[x], last)
            if until > cut:
                offset = np.int64(peak[x]) - np.int64(end[x])
                bound += offset * (sums[until] - sums[cut]) + moments[until] - moments[cut]
        until = min(extra[1], last)
        begin = max(extra[0], cut)
        if until > begin:
            bound += extra[2] * (sums[until] - sums[begin]) + moments[until] - moments[begin]
    return int(bound)


@njit(cache=True, nogil=True)
def nearest_row(
    problem: Problem, pool: Pool, most: int, waiting: Int64s, first: Int64s, cut: int, total: int,
    end: Int32s, peak: Int32s, running: int, extra: Int64s, tries: int,
) -> tuple[int, int]:  # fmt: skip
    """Return a row that bounds the state above ``most`` (scaled), else the best of ``tries``, and its bound.

    A row that does is moved to the front of the order.
    """
    nearest = 0
    best = -(2**62)
    for x in range(min(tries, pool.used[0])):
        row = pool.order[x]
        bound = row_bound(problem, pool, row, waiting, first, cut, total, end, peak, running, extra)
        if bound > best:
            best = bound
            nearest = row
            if bound > most:
                for y in range(x, 0, -1):
                    pool.order[y] = pool.order[y - 1]
                pool.order[0] = row
                break
    return int(nearest), int(best)


@njit(cache=True, nogil=True)
def _relaxed(
    problem: Problem, waiting: Int64s, first: Int64s, cut: int, room: Float64s, price: Float64s, load: Float64s,
    sums: Float64s, moments: Float64s,
) -> float:  # fmt: skip
    """Start what waits where it is cheapest; return the bound on the sum of its starts and write the loads.

    Starts are tried from ``first`` on, some steps apart if the horizon is long.
    """
    last = price.shape[0] - 1
    bound = 0.0
    sums[cut] = moments[cut] = 0.0
    for t in range(cut + 1, last + 1):
        sums[t] = sums[t - 1] + price[t]
        moments[t] = moments[t - 1] + t * price[t]
        bound -= room[t] * price[t]
        load[t] = 0.0
    stride = max(1, (last - cut) // _TRIED)
    for j in range(waiting.shape[0]):
        if waiting[j] == 0:
            continue
        begin = first[j]
        if begin >= last:
            bound += waiting[j] * float(begin)
            continue
        best = float(last)
        best_start = np.int64(last)
        output = problem.output[j]
        k = begin
        while k < last:
            until = min(k + output, last)
            here = k + (problem.prompt[j] - k) * (sums[until] - sums[k]) + moments[until] - moments[k]
            if here < best - 1e-9:
                best = here
                best_start = k
            k += stride
        bound += waiting[j] * best
        for t in range(best_start + 1, min(best_start + output, last) + 1):
            load[t] += waiting[j] * (problem.prompt[j] + t - best_start)
    return bound


@njit(cache=True, nogil=True)
def fitted_prices(
    problem: Problem, waiting: Int64s, first: Int64s, cut: int, room: Float64s, prices: Int64s, goal: float,
    iterations: int,
) -> Float64s:  # fmt: skip
    """Return prices that bound the waiting requests' sum of starts higher: the volume algorithm from ``prices``.

    ``room`` is the memory left in each step; the search stops once ``goal`` is passed or looks out of reach.
    """
    last = prices.shape[0] - 1
    width = problem.width
    best = prices / problem.scale
    best[: cut + 1] = 0.0
    cut = min(cut, last)
    load = np.zeros(last + 1)
    sums = np.zeros(last + 1)
    moments = np.zeros(last + 1)
    bound = _relaxed(problem, waiting, first, cut, room, best, load, sums, moments)
    origin = bound
    blocks = last // width
    average = np.zeros(blocks)
    price = np.zeros(blocks)
    for b in range(blocks):
        price[b] = best[(b + 1) * width]
    _add_excess(load, room, cut, width, 1.0, average)
    trial = best.copy()
    eagerness = 1.0
    stalled = 0
    for i in range(iterations):
        if bound > goal or (i == iterations // 3 and bound - origin < 0.25 * (goal - origin)):
            break
        norm = 1e-12
        for b in range(cut // width, blocks):
            if average[b] > 0 or price[b] > 0:
                norm += average[b] * average[b]
        step = eagerness * max(goal - bound, 1e-2) * 1.1 / norm
        for b in range(cut // width, blocks):
            new = max(0.0, price[b] + step * average[b])
            for t in range(max(b * width, cut) + 1, (b + 1) * width + 1):
                trial[t] = new
        found = _relaxed(problem, waiting, first, cut, room, trial, load, sums, moments)
        _add_excess(load, room, cut, width, 0.1, average)
        if found > bound + 1e-9:
            bound = found
            best[:] = trial
            for b in range(cut // width, blocks):
                price[b] = best[(b + 1) * width]
            stalled = 0
        else:
            stalled += 1
            if stalled >= 8:
                stalled = 0
                eagerness *= 0.66
    return best


@njit(cache=True, nogil=True)
def _add_excess(load: Float64s, room: Float64s, cut: int, width: int, weight: float, average: Float64s) -> None:
    """Move the running average of what each stretch of steps that share a price holds beyond its room."""
    for b in range(cut // width, average.shape[0]):
        excess = 0.0
        for t in range(max(b * width, cut) + 1, (b + 1) * width + 1):
            excess += load[t] - room[t]
        average[b] += weight * (excess - average[b])

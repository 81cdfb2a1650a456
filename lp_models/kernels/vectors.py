"""Which price vector is used on a state, on a range of starts and on the starts after a state."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from lp_models.kernels.levels import FITS, RUNNING, START, VECTOR, Level
from lp_models.kernels.pool import (
    Int32s,
    Int64s,
    Pool,
    Problem,
    first_fits_beside,
    fitted_prices,
    least_charge,
    nearest_row,
    row_bound,
    use_row,
    write_prices,
)


class Effort(NamedTuple):
    """How hard to look for prices.

    Attributes:
        iterations: rounds of the volume algorithm per state.
        tries: vectors tried on a state before a new one is fitted.
        gain: a new vector that does not leave the state out is kept if it closes this share of what is missing.
        range_tries: vectors tried on a range of starts.
    """

    iterations: int
    tries: int
    gain: float
    range_tries: int


@njit(cache=True, nogil=True)
def choose_vector(
    problem: Problem, pool: Pool, effort: Effort, most: int, waiting: Int64s, first: Int64s, cut: int, total: int,
    end: Int32s, peak: Int32s, running: int, inherited: int, counters: Int64s,
) -> tuple[int, int]:  # fmt: skip
    """Return the price vector for a state, and its scaled bound, which leaves the state out if it exceeds ``most``.

    The latest vectors are tried, then a new one is fitted while the pool has a row for it.
    """
    extra = np.zeros(3, np.int64)
    row, bound = nearest_row(problem, pool, most, waiting, first, cut, total, end, peak, running, extra, effort.tries)
    if bound > most:
        return row, bound
    own = row_bound(problem, pool, inherited, waiting, first, cut, total, end, peak, running, extra)
    if own >= bound:
        row, bound = inherited, own
        if bound > most:
            return row, bound
    last = pool.price.shape[1] - 1
    fresh = pool.used[0]
    if fresh == pool.price.shape[0] or cut >= last:
        return row, bound
    room = np.full(last + 1, float(problem.memory))
    for x in range(running):
        for t in range(cut + 1, min(end[x], last) + 1):
            room[t] -= peak[x] - end[x] + t
    counters[FITS] += 1
    # A little beyond the target, so that rounding to integers does not undo it.
    goal = (most + 1) / problem.scale - total + 0.02
    found = fitted_prices(problem, waiting, first, cut, room, pool.price[row], goal, effort.iterations)
    for b in range(last // problem.width):
        value = np.rint(found[(b + 1) * problem.width] * problem.scale)
        for t in range(b * problem.width + 1, (b + 1) * problem.width + 1):
            found[t] = value
    write_prices(problem, pool, fresh, found.astype(np.int64))
    new = row_bound(problem, pool, fresh, waiting, first, cut, total, end, peak, running, extra)
    if new > most or new - bound > effort.gain * (most - bound):
        use_row(pool)
        return int(fresh), new
    return row, bound


@njit(cache=True, nogil=True)
def range_vector(
    problem: Problem, pool: Pool, effort: Effort, most: int, level: Level, row: int, waiting: Int64s, before: Int64s,
    load: Int64s, kind: int, earliest: int, latest: int, first: Int64s,
) -> int:  # fmt: skip
    """Return a price vector that leaves out every start of ``kind`` at ``earliest`` .. ``latest``, or -1.

    ``waiting`` counts without the one that starts; ``load`` and ``before`` are the state's. Whichever start it is, the
    request holds at least what it would if it started at ``latest``, until the completion of the earliest.
    """
    start = level.last[row, START]
    done = earliest + problem.output[kind]
    offset = problem.prompt[kind] - latest
    beside = np.zeros(max(load.shape[0] - 1 - (earliest - start), done - earliest, 0), np.int64)
    for t in range(earliest + 1, earliest + beside.shape[0] + 1):
        if t - start < load.shape[0]:
            beside[t - earliest - 1] = load[t - start]
        if latest < t <= done:
            beside[t - earliest - 1] += offset + t
    cut = first_fits_beside(problem, waiting, beside, earliest, kind, before, first)
    extra = np.array([latest, done, offset])
    total = level.total[row] + earliest
    end, peak, running = level.end[row], level.peak[row], level.last[row, RUNNING]
    found, bound = nearest_row(
        problem, pool, most, waiting, first, cut, total, end, peak, running, extra, effort.range_tries
    )
    return found if bound > most else -1


@njit(cache=True, nogil=True)
def write_slacks(
    problem: Problem, pool: Pool, most: int, level: Level, row: int, waiting: Int64s, first: Int64s, cut: int,
    limit: int, load: Int64s, slacks: Int64s,
) -> int:  # fmt: skip
    """Write how far the state's vector lets charges rise if the next start is at ``cut``, ``cut`` + 1, ... ``limit``.

    Returns:
        How many of these the vector does not leave out.
    """
    start, vector = level.last[row, START], level.last[row, VECTOR]
    nothing = np.zeros(3, np.int64)
    slack = most - row_bound(
        problem, pool, vector, waiting, first, cut, level.total[row], level.end[row], level.peak[row],
        level.last[row, RUNNING], nothing,
    )  # fmt: skip
    for k in range(cut, limit + 1):
        if slack < 0:
            return int(k - cut)
        slacks[k - cut] = slack
        for j in range(waiting.shape[0]):
            if waiting[j] > 0 and first[j] <= k:
                rise = least_charge(problem, pool, vector, j, k + 1) - least_charge(problem, pool, vector, j, k)
                slack -= waiting[j] * rise
        if k + 1 < pool.price.shape[1]:
            held = load[k + 1 - start] if k + 1 - start < load.shape[0] else 0
            slack -= pool.price[vector, k + 1] * (problem.memory - held)
    return int(max(0, limit - cut + 1))

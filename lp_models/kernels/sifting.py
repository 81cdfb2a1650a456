"""Which states of a level prices of starts and completions leave out, and what fits such prices to the others."""

from __future__ import annotations

import numpy as np
from numba import njit

from lp_models.kernels.levels import ALIVE, RUNNING, Level, look_at
from lp_models.kernels.paths import Costs, path_bound
from lp_models.kernels.pool import Int64s, Problem


@njit(cache=True, nogil=True)
def leave_out(problem: Problem, costs: Costs, most: int, level: Level, size: int) -> int:
    """Have the states of a level unwanted that ``costs`` bound beyond ``most`` (scaled); return how many are left."""
    kinds = problem.arrival.shape[0]
    waiting, first = np.empty(kinds, np.int64), np.empty(kinds, np.int64)
    left = 0
    for row in range(size):
        if level.last[row, ALIVE] == 0:
            continue
        cut = look_at(problem, level, row, waiting, first)
        bound = path_bound(
            costs, problem.scale, waiting, first, cut, level.total[row], level.end[row], level.peak[row],
            level.last[row, RUNNING],
        )  # fmt: skip
        if bound > most:
            level.last[row, ALIVE] = 0
        else:
            left += 1
    return left


@njit(cache=True, nogil=True)
def describe(
    problem: Problem, level: Level, rows: Int64s, peaks: Int64s, waiting: Int64s, first: Int64s, end: Int64s,
    peak: Int64s, entries: Int64s,
) -> None:  # fmt: skip
    """Write the states in ``rows`` as ``kernels.smoothing.States`` describes them, moments from zero.

    ``entries`` gets the moment, the requests running and the tokens held where the path of each goes on, a row each.
    """
    first[:] = 0
    end[:] = 0
    peak[:] = -1
    entries[:] = 0
    for x in range(rows.shape[0]):
        row = rows[x]
        cut = look_at(problem, level, row, waiting[x], first[x])
        entries[0, x] = cut
        for r in range(level.last[row, RUNNING]):
            if level.end[row, r] > cut:
                end[x, r] = level.end[row, r]
                peak[x, r] = np.searchsorted(peaks, level.peak[row, r])
                entries[1, x] += 1
                entries[2, x] += level.peak[row, r] - level.end[row, r] + cut

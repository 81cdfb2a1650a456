"""Which price vector cuts a state, compiled: the ones that helped of late are tried, then a new one is fitted."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lp_models.kernels.pool import Int32s, Int64s, Pool, Problem, hopeless, improved_prices, row_bound, write_prices

CUT_BY_OLD, CUT_BY_NEW, BETTER, NOTHING = range(4)


@njit(cache=True, nogil=True)
def advise(
    problem: Problem, pool: Pool, target: int, waiting: Int64s, start: int, kind: int, total: int,
    end: Int32s, peak: Int32s, inherited: NDArray[np.int32], iterations: int, row: int,
) -> int:  # fmt: skip
    """Look for a price vector that bounds the state above ``target`` (scaled); a new one is written to ``row``.

    Returns:
        ``CUT_BY_OLD`` (by the first of the pool's order), ``CUT_BY_NEW`` (by ``row``), ``BETTER`` (``row`` does not
        cut the state, but bounds it higher than ``inherited`` does) or ``NOTHING``.
    """
    running = end.shape[0]
    if pool.used[0] and hopeless(problem, pool, target, waiting, start, kind, total, end, peak, running) < 0:
        return CUT_BY_OLD
    last = pool.price.shape[1] - 1
    room = np.full(last + 1, float(problem.memory))
    for x in range(running):
        for t in range(start + 1, min(end[x], last) + 1):
            room[t] -= peak[x] - end[x] + t
    begun = inherited.astype(np.int64)
    write_prices(problem, pool, row, begun)
    before = row_bound(problem, pool, row, waiting, start, kind, total, end, peak, running)
    # A little beyond the target, so that rounding to integers does not undo it.
    goal = target / problem.scale - total + 0.02
    found = improved_prices(problem, waiting, start, kind, room, begun, goal, iterations)
    write_prices(problem, pool, row, np.rint(found * problem.scale).astype(np.int64))
    after = row_bound(problem, pool, row, waiting, start, kind, total, end, peak, running)
    if after > target:
        return CUT_BY_NEW
    return BETTER if after - before > 0.05 * (target - before) else NOTHING

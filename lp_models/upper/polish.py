"""Left shift: every request moved to the first start that fits beside all others, until none moves."""

from __future__ import annotations

import numpy as np
from numba import njit

from lp_models.upper.profile import Int64s, clear, earliest_fit, place, remove


@njit(cache=True, nogil=True)
def left_shift(
    arrival: Int64s, prompt: Int64s, output: Int64s, memory: int, starts: Int64s, passes: int
) -> Int64s:  # fmt: skip
    """Return starts (steps) of a feasible schedule in which no request starts later than in ``starts``.

    Requests are taken out and put back in order of their starts; at most ``passes`` times each.
    """
    n = starts.shape[0]
    edge = np.empty(2 * n + 1, np.int64)
    count = np.empty(2 * n + 1, np.int64)
    offset = np.empty(2 * n + 1, np.int64)
    starts = starts.copy()
    size = clear(edge, count, offset)
    for j in np.argsort(starts, kind="mergesort"):
        size = place(edge, count, offset, size, prompt[j], output[j], starts[j])
    for _ in range(passes):
        moved = False
        for j in np.argsort(starts, kind="mergesort"):
            if starts[j] == arrival[j]:
                continue
            size = remove(edge, count, offset, size, prompt[j], output[j], starts[j])
            start = earliest_fit(edge, count, offset, size, prompt[j], output[j], arrival[j], memory)
            size = place(edge, count, offset, size, prompt[j], output[j], start)
            moved = moved or start < starts[j]
            starts[j] = start
        if not moved:
            break
    return starts

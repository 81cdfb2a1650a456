"""Rolling annealing: a window of requests moves along a long schedule, and what lies behind it is settled.

For more requests than annealing as a whole can serve. Each window is annealed beside the settled requests still
running; its earliest starts are then settled and new requests enter.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from lp_models.upper.annealing import anneal_beside
from lp_models.upper.profile import Int64s, place, segment_at


@njit(cache=True, nogil=True)
def rolling_starts(
    arrival: Int64s, prompt: Int64s, output: Int64s, memory: int, order: Int64s,
    window: int, settled: int, evaluations: int, seed: int,
) -> Int64s:  # fmt: skip
    """Return starts (steps) of a feasible schedule of all requests.

    Requests enter windows of ``window`` by ``order``; ``settled`` of them (at most ``window``) leave each window,
    after ``evaluations`` steps of annealing.
    """
    n = order.shape[0]
    starts = np.empty(n, np.int64)
    background = np.zeros((3, 1), np.int64)
    inside = np.empty(0, np.int64)
    release = arrival.copy()
    entered = now = 0
    while entered < n or inside.shape[0] > 0:
        new = min(window - inside.shape[0], n - entered)
        inside = np.concatenate((inside, order[entered : entered + new]))
        entered += new
        floor = np.maximum(arrival[inside], now)
        _, found = anneal_beside(
            background, floor, prompt[inside], output[inside], memory, np.arange(inside.shape[0]),
            np.maximum(floor, release[inside]), evaluations, seed + entered,
        )  # fmt: skip
        by_start = np.argsort(found, kind="mergesort")
        leaving = inside.shape[0] if entered == n else min(settled, inside.shape[0])
        size = background.shape[1]
        grown = np.empty((3, size + 2 * leaving), np.int64)
        grown[:, :size] = background
        for i in by_start[:leaving]:
            starts[inside[i]] = found[i]
            size = place(grown[0], grown[1], grown[2], size, prompt[inside[i]], output[inside[i]], found[i])
        now = found[by_start[leaving - 1]]
        # What ended by now no longer matters: the first stretch kept stands for all before it.
        first = segment_at(grown[0], size, now)
        background = grown[:, first:size].copy()
        background[0, 0] = 0
        staying = by_start[leaving:]
        release[inside[staying]] = found[staying]
        inside = inside[staying]
    return starts

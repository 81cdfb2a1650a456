"""Rolling annealing: a window of requests moves along a schedule, and what lies behind it is settled.

Each window is annealed beside the settled requests still running; its earliest starts are then settled and new
requests enter. What is minimised is the waiting inside the window and, through weights, the memory it takes from all
requests behind it. Measured: at 30 requests, rounds of this with windows of 8 to 30 end three times closer to the best
known schedule than annealing all requests at once for as long; at 1000 requests one round of half a second is 8%
better than several seconds of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from random import Random
from time import monotonic

import numpy as np
from numba import njit

from cr_toolkit.model import Instance
from lp_models.upper.annealing import anneal_beside
from lp_models.upper.profile import Int64s, copy_profile, place, segment_at

_WINDOWS = (15, 12, 20, 10, 30, 8)
"""Requests in a window, round by round, where about ``_BESIDE`` requests run side by side."""

_BESIDE, _WIDEST = 5, 4
"""Windows are that much wider where more run side by side, at most ``_WIDEST`` times."""

_SHARES = (2, 3, 4, 5)
"""One in how many of a window's requests is settled; drawn for each round."""

_DEPTHS = (300, 1000, 3000)
"""Evaluations for each window; drawn for each round, fewer where the budget ends."""

_SHALLOWEST = 50

_SCOUTED = 0.3
"""Share of the budget for trying every base order once."""

_FRESH = 2
"""Every so many rounds one starts from a base order; the others improve on the best schedule so far."""

_FEW = 60
"""Up to this many requests any base order is used again, beyond it one of the two that scouted best."""

_LARGE, _SAMPLE = 2000, 500
"""Beyond so many requests one order, chosen on a sample of so many, gets rounds as deep as the budget allows."""

_UNIT = 16
"""Weight of a step of waiting itself; what it keeps others from comes on top, rounded to integers."""


def rolling_search(
    instance: Instance, bases: Sequence[Int64s], *, evaluations: int, deadline: float | None, seed: int
) -> Int64s:
    """Return the starts (steps) of the best schedule that rounds of rolling annealing find.

    Args:
        instance: the requests and the memory budget, within ``fits_64_bits``.
        bases: orders of the requests to start from, the most promising first.
        evaluations: windows times evaluations in each, over all rounds; the first round is made in any case.
        deadline: no round is made that would end much later (``time.monotonic``), except the first, a shallow one.
        seed: of the random choices.
    """
    n = len(instance)
    random = Random(seed)
    best: Int64s | None = None
    results: list[tuple[int, int]] = []
    spent, begin = 0, monotonic()
    scale = _scale(instance)
    if n > _LARGE:
        bases = _ranked(instance, bases, scale)[:1]
    for turn in count():
        scouting = turn < len(bases)
        window = min(n, scale * _WINDOWS[0 if scouting or n > _LARGE else turn % len(_WINDOWS)])
        settled = max(1, window // (_SHARES[-1] if n > _LARGE else 3 if scouting else random.choice(_SHARES)))
        windows = 1 + -(-(n - window) // settled)
        wanted = _DEPTHS[0] if scouting else random.choice(_DEPTHS)
        budget = _SCOUTED / len(bases) * evaluations if scouting else float(evaluations - spent)
        if n > _LARGE:
            wanted, budget = _DEPTHS[-1], float(evaluations - spent)
        depth = min(wanted, int(budget / windows))
        if deadline is not None and best is not None:
            now = monotonic()
            depth = min(depth, int((deadline - now) / (now - begin) * spent / windows))
        if depth < _SHALLOWEST and best is not None:
            if scouting and (deadline is None or monotonic() < deadline):
                continue
            return best
        # Nothing is known about the speed yet: a first round must not take all of a time limit.
        depth = _SHALLOWEST if best is None and deadline is not None and n > _LARGE else max(depth, _SHALLOWEST)
        spent += windows * depth
        base = turn if scouting else random.choice(sorted(results)[: 2 if n > _FEW else n])[1]
        order = bases[base] if best is None or scouting or turn % _FRESH == 0 else np.argsort(best, kind="stable")
        if n > _LARGE and instance.is_burst:
            # Few rounds are made here, and what the schedule so far started together is a worse window.
            order = bases[base]
        starts: Int64s = rolling_starts(
            *instance.arrays, instance.memory, order, window, settled, depth, random.getrandbits(32)
        )
        if scouting:
            results.append((int(starts.sum()), base))
        if best is None or starts.sum() < best.sum():
            best = starts
    raise AssertionError("the rounds end inside the loop")


def _scale(instance: Instance) -> int:
    """Return by how much windows are to be widened: they should hold a few times what runs side by side."""
    _, prompt, output = instance.arrays
    held = float((output * (prompt + 0.5 * (output + 1))).sum() / output.sum())
    return max(1, min(_WIDEST, round(instance.memory / held / _BESIDE)))


def _ranked(instance: Instance, bases: Sequence[Int64s], scale: int) -> Sequence[Int64s]:
    """Return the orders for a large burst, best first, as tried on an evenly spaced sample of the requests.

    With arrivals a sample has another load; the orders then stay as they are.
    """
    if not instance.is_burst:
        return bases
    stride = -(-len(instance) // _SAMPLE)
    chosen = np.zeros(len(instance), bool)
    chosen[bases[0][::stride]] = True
    costs = []
    for index, order in enumerate(bases):
        window = min(int(chosen.sum()), scale * _WINDOWS[0])
        starts = rolling_starts(
            *instance.arrays, instance.memory, order[chosen[order]], window, window // 3, _DEPTHS[0], index
        )
        costs.append((int(starts[chosen].sum()), index))
    return [bases[index] for _, index in sorted(costs)]


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
    # Requests inside the window keep their last start here, which is where the next window's search begins.
    starts = arrival.copy()
    background = np.zeros((3, 1), np.int64)
    inside = np.empty(window, np.int64)
    kept = entered = now = 0
    while entered < n or kept > 0:
        while kept < window and entered < n:
            inside[kept] = order[entered]
            kept += 1
            entered += 1
        columns = np.empty((5, kept), np.int64)
        places = np.empty(kept, np.int64)
        for i in range(kept):
            j = inside[i]
            columns[0, i] = max(arrival[j], now)
            columns[1, i] = prompt[j]
            columns[2, i] = output[j]
            columns[3, i] = max(starts[j], now)
            places[i] = i
        _weigh(columns, kept, n - entered)
        _, found = anneal_beside(
            background,
            columns[0],
            columns[1],
            columns[2],
            columns[4],
            memory,
            places,
            columns[3],
            evaluations,
            seed + entered,
        )
        for i in range(kept):
            starts[inside[i]] = found[i]
        _sort_by_start(inside, kept, starts)
        leaving = kept if entered == n else min(settled, kept)
        now = starts[inside[leaving - 1]]
        background = _settle(background, prompt, output, starts, inside, leaving, now)
        kept -= leaving
        for i in range(kept):
            inside[i] = inside[i + leaving]
    return starts


@njit(cache=True, nogil=True)
def _weigh(columns: Int64s, size: int, behind: int) -> None:
    """Write what a step of waiting costs (row 4): one for the request itself, and its share of what it blocks.

    The later the token-steps of a window are spent, the later all ``behind`` it start: a share of the window's volume
    that is held a step later moves its end about as far as memory wasted there. Without this, a window of short
    waits may leave memory unused that hundreds of requests are waiting for.
    """
    total = 0.0
    for i in range(size):
        total += columns[2, i] * (columns[1, i] + 0.5 * (columns[2, i] + 1))
    for i in range(size):
        own = columns[2, i] * (columns[1, i] + 0.5 * (columns[2, i] + 1))
        columns[4, i] = _UNIT + int(_UNIT * behind * own / total)


@njit(cache=True, nogil=True)
def _sort_by_start(requests: Int64s, size: int, starts: Int64s) -> None:
    for i in range(1, size):
        j = requests[i]
        k = i
        while k > 0 and starts[requests[k - 1]] > starts[j]:
            requests[k] = requests[k - 1]
            k -= 1
        requests[k] = j


@njit(cache=True, nogil=True)
def _settle(
    background: Int64s, prompt: Int64s, output: Int64s, starts: Int64s, requests: Int64s, leaving: int, now: int
) -> Int64s:
    """Return the profile of ``background`` and the first ``leaving`` requests, as far as it concerns steps > now."""
    size = background.shape[1]
    grown = np.empty((3, size + 2 * leaving), np.int64)
    copy_profile(background, grown, size)
    for j in requests[:leaving]:
        size = place(grown[0], grown[1], grown[2], size, prompt[j], output[j], starts[j])
    # The first stretch kept stands for all before it, which is over.
    first = segment_at(grown[0], size, now)
    rest = np.empty((3, size - first), np.int64)
    copy_profile(grown[:, first:], rest, size - first)
    rest[0, 0] = 0
    return rest

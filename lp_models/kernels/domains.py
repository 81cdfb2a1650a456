"""Memory prices where every request has a set of starts that are left: bounds, their ascent, and what they leave out.

Compiled. ``starts`` has a row per request, ascending, of which the first ``count`` entries are in use.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from lp_models.kernels.ascent import MEMORY_OF_LOADS, Float64s, Int64s

_STALLED = 8
"""Rounds without a higher bound after which steps get shorter."""


@njit(cache=True, nogil=True)
def _relaxed(
    starts: Int64s, count: Int64s, prompt: Int64s, output: Int64s, memory: int, price: Float64s, load: Float64s,
    sums: Float64s, moments: Float64s, chosen: Int64s,
) -> float:  # fmt: skip
    """Start every request where it is cheapest; return the bound on the sum of the starts, write choices and loads."""
    last = price.shape[0] - 1
    bound = 0.0
    for t in range(1, last + 1):
        sums[t] = sums[t - 1] + price[t]
        moments[t] = moments[t - 1] + t * price[t]
        load[t] = 0.0
    bound -= memory * sums[last]
    for i in range(count.shape[0]):
        best = np.inf
        for x in range(count[i]):
            k = starts[i, x]
            here = float(k)
            if here >= best:
                break
            if k < last:
                until = min(k + output[i], last)
                here += (prompt[i] - k) * (sums[until] - sums[k]) + moments[until] - moments[k]
            if here < best - 1e-9:
                best = here
                chosen[i] = k
        bound += best
        for t in range(chosen[i] + 1, min(chosen[i] + output[i], last) + 1):
            load[t] += prompt[i] + t - chosen[i]
    return float(bound)


@njit(cache=True, nogil=True)
def ascend(
    starts: Int64s, count: Int64s, prompt: Int64s, output: Int64s, memory: int, price: Float64s, goal: float,
    rounds: int, mean: Float64s, spread: Float64s,
) -> float:  # fmt: skip
    """Raise the bound of ``price`` (by step, entry 0 unused) in place by the volume algorithm, up to ``goal``.

    ``mean`` and ``spread`` are set to the mean of each request's starts in the relaxed schedules met, and their mean
    deviation squared. Returns the bound.
    """
    last, n = price.shape[0] - 1, count.shape[0]
    load, sums, moments = np.zeros(last + 1), np.zeros(last + 1), np.zeros(last + 1)
    chosen = np.zeros(n, np.int64)
    best = _relaxed(starts, count, prompt, output, memory, price, load, sums, moments, chosen)
    average = load.copy()
    trial = price.copy()
    square = np.zeros(n)
    for i in range(n):
        mean[i] = chosen[i]
        square[i] = mean[i] * mean[i]
    origin = best
    eagerness, stalled = 1.0, 0
    for done in range(rounds):
        if best > goal or (done == rounds // 2 and best - origin < 0.1 * (goal - origin)):
            break
        norm = 1e-12
        for t in range(1, last + 1):
            excess = average[t] - memory
            if excess > 0 or price[t] > 0:
                norm += excess * excess
        step = eagerness * max(goal - best, 1e-2) * 1.1 / norm
        for t in range(1, last + 1):
            trial[t] = max(0.0, price[t] + step * (average[t] - memory))
        found = _relaxed(starts, count, prompt, output, memory, trial, load, sums, moments, chosen)
        for t in range(1, last + 1):
            average[t] += MEMORY_OF_LOADS * (load[t] - average[t])
        for i in range(n):
            mean[i] += MEMORY_OF_LOADS * (chosen[i] - mean[i])
            square[i] += MEMORY_OF_LOADS * (chosen[i] * chosen[i] - square[i])
        if found > best + 1e-9:
            best = found
            price[:] = trial
            stalled = 0
        else:
            stalled += 1
            if stalled >= _STALLED:
                stalled = 0
                eagerness *= 0.66
    for i in range(n):
        spread[i] = square[i] - mean[i] * mean[i]
    return best


@njit(cache=True, nogil=True)
def _charge(prompt: int, output: int, k: int, scale: int, sums: Int64s, moments: Int64s) -> int:
    last = sums.shape[0] - 1
    value = scale * k
    if k < last:
        until = min(k + output, last)
        value += (prompt - k) * (sums[until] - sums[k]) + moments[until] - moments[k]
    return value


@njit(cache=True, nogil=True)
def exact_bound(
    starts: Int64s, count: Int64s, prompt: Int64s, output: Int64s, memory: int, scale: int, sums: Int64s,
    moments: Int64s, least: Int64s,
) -> int:  # fmt: skip
    """Return the scaled bound of integer prices, given by their running sums, and each request's least charge."""
    bound = -memory * sums[sums.shape[0] - 1]
    for i in range(count.shape[0]):
        least[i] = _charge(prompt[i], output[i], starts[i, 0], scale, sums, moments)
        for x in range(1, count[i]):
            if scale * starts[i, x] >= least[i]:
                break
            least[i] = min(least[i], _charge(prompt[i], output[i], starts[i, x], scale, sums, moments))
        bound += least[i]
    return int(bound)


@njit(cache=True, nogil=True)
def leave_out(
    starts: Int64s, count: Int64s, prompt: Int64s, output: Int64s, scale: int, sums: Int64s, moments: Int64s,
    least: Int64s, slack: int,
) -> int:  # fmt: skip
    """Leave out, in place, the starts whose charge exceeds the least by more than ``slack``; return how many went."""
    gone = 0
    for i in range(count.shape[0]):
        kept = 0
        for x in range(count[i]):
            if _charge(prompt[i], output[i], starts[i, x], scale, sums, moments) - least[i] <= slack:
                starts[i, kept] = starts[i, x]
                kept += 1
        gone += count[i] - kept
        count[i] = kept
    return gone


@njit(cache=True, nogil=True)
def nearest(
    starts: Int64s, count: Int64s, prompt: Int64s, output: Int64s, memory: int, scale: int, sums: Int64s,
    moments: Int64s, order: Int64s, most: int, least: Int64s,
) -> tuple[int, int]:  # fmt: skip
    """Return the row of ``order`` with the highest bound, or the first above ``most``, and its bound."""
    row, best = -1, -(2**62)
    for x in range(order.shape[0]):
        bound = exact_bound(starts, count, prompt, output, memory, scale, sums[order[x]], moments[order[x]], least)
        if bound > best:
            row, best = order[x], bound
            if bound > most:
                break
    return row, best


@njit(cache=True, nogil=True)
def _holds_at_least(first: int, final: int, prompt: int, output: int, step: int) -> int:
    """Return what a request that starts at ``first`` .. ``final`` holds in a step wherever it starts (tokens)."""
    return prompt + step - final if final < step <= first + output else 0


@njit(cache=True, nogil=True)
def full_step(starts: Int64s, count: Int64s, prompt: Int64s, output: Int64s, memory: int, held: Int64s) -> int:
    """Return a step in which too much must be held, or more than a request's first or last start allows; else 0.

    ``held`` is scratch, one entry per step.
    """
    held[:] = 0
    for i in range(count.shape[0]):
        first, final = starts[i, 0], starts[i, count[i] - 1]
        for t in range(final + 1, first + output[i] + 1):
            held[t] += prompt[i] + t - final
    for t in range(held.shape[0]):
        if held[t] > memory:
            return t
    for i in range(count.shape[0]):
        first, final = starts[i, 0], starts[i, count[i] - 1]
        if first == final:
            continue
        for k in (first, final):
            for t in range(k + output[i], k, -1):
                own = _holds_at_least(first, final, prompt[i], output[i], t)
                if held[t] - own + prompt[i] + t - k > memory:
                    return t
    return 0


@njit(cache=True, nogil=True)
def leave_out_of_step(
    starts: Int64s, count: Int64s, prompt: Int64s, output: Int64s, memory: int, step: int
) -> bool:  # fmt: skip
    """Leave out, in place, starts that hold more in ``step`` than what must be held leaves; return whether that does.

    The answer is true if what must be held exceeds the memory; nothing is then left out.
    """
    room = memory
    for i in range(count.shape[0]):
        room -= _holds_at_least(starts[i, 0], starts[i, count[i] - 1], prompt[i], output[i], step)
    if room < 0:
        return True
    for i in range(count.shape[0]):
        own = _holds_at_least(starts[i, 0], starts[i, count[i] - 1], prompt[i], output[i], step)
        kept = 0
        for x in range(count[i]):
            k = starts[i, x]
            if not k < step <= k + output[i] or prompt[i] + step - k <= room + own:
                starts[i, kept] = k
                kept += 1
        count[i] = kept
    return False


@njit(cache=True, nogil=True)
def in_order(starts: Int64s, count: Int64s, twin: Int64s) -> bool:
    """Leave out starts at which a request would start before an identical one listed earlier.

    ``twin`` is, for each request, the next identical one, or -1. Returns whether every request keeps a start.
    """
    n = count.shape[0]
    for i in range(n):
        other = twin[i]
        if other >= 0 and count[i] > 0:
            kept = 0
            for x in range(count[other]):
                if starts[other, x] >= starts[i, 0]:
                    starts[other, kept] = starts[other, x]
                    kept += 1
            count[other] = kept
    for i in range(n - 1, -1, -1):
        other = twin[i]
        if other >= 0 and count[other] > 0:
            while count[i] > 0 and starts[i, count[i] - 1] > starts[other, count[other] - 1]:
                count[i] -= 1
    return bool(np.all(count > 0))


@njit(cache=True, nogil=True)
def leave_out_of_full_steps(
    starts: Int64s, count: Int64s, prompt: Int64s, output: Int64s, memory: int, twin: Int64s, held: Int64s
) -> tuple[Int64s, bool]:
    """Leave out what full steps leave out, in place, as long as they do.

    Returns:
        The steps, in the order of their use, and whether the last one closes the node, or leaves a request no start.
    """
    used = np.empty(8, np.int64)
    size = 0
    while True:
        step = full_step(starts, count, prompt, output, memory, held)
        if step == 0:
            return used[:size], False
        if size == used.shape[0]:
            longer = np.empty(2 * size, np.int64)
            longer[:size] = used
            used = longer
        used[size] = step
        size += 1
        if leave_out_of_step(starts, count, prompt, output, memory, step) or not in_order(starts, count, twin):
            return used[:size], True

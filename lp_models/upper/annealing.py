"""Simulated annealing over (order, delays): good schedules of tens of requests.

A state is a permutation and one delay per request. It is decoded as a list schedule in which a delayed request starts
at the first fit at least ``delay`` steps after its own first fit. Delays relative to the first fit, unlike absolute
release times, keep their meaning when something earlier changes; with them every schedule can be written, in
particular the deliberately idle ones that some instances need.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance, Schedule
from lp_models.upper.list_schedule import fits_64_bits
from lp_models.upper.profile import Int64s, copy_profile, earliest_fit, place
from lp_models.upper.randomness import RandomState, random_below, random_state, random_unit

_SNAPSHOTS = 16
"""Into how many stretches an order is cut; a change decodes again from the start of its stretch only."""

_HOT = 0.02
"""First temperature, in mean waits of the first schedule."""

_COLD = 0.2
"""Last temperature, in mean weights: below the least difference of two costs when all weights are equal."""

_DELAY_SHARE = 0.04
"""Share of the moves that change a delay; the others move or swap requests in the order."""

_NEAR_SHARE = 0.85
"""Share of those whose two positions are at most ``_NEAR`` apart."""

_NEAR = 3


def anneal(instance: Instance, *, evaluations: int, seed: int = 0, start: Schedule | None = None) -> Schedule:
    """Return the best schedule that ``evaluations`` steps of annealing see; the same for the same arguments.

    Args:
        instance: the requests and the memory budget.
        evaluations: schedules to decode (>= 0).
        seed: of the random choices.
        start: the schedule to start from, which the result is never worse than; by default the list schedule by
            volume.

    Raises:
        InputError: if the numbers of the instance exceed 64-bit arithmetic.
    """
    if not fits_64_bits(instance):
        raise InputError("has numbers too large for 64-bit scheduling", field="instance")
    arrival, prompt, output = instance.arrays
    if start is None:
        release = arrival
        order = np.lexsort((prompt * output + output * (output + 1) // 2, arrival))
    else:
        release = np.array(start.start, np.int64)
        order = np.argsort(release, kind="stable")
    cost, starts = anneal_starts(arrival, prompt, output, instance.memory, order, release, evaluations, seed)
    if start is not None and cost >= start.total_latency(instance):
        return start
    return Schedule(tuple(starts.tolist()))


@njit(cache=True, nogil=True)
def anneal_starts(
    arrival: Int64s, prompt: Int64s, output: Int64s, memory: int, order: Int64s, release: Int64s,
    evaluations: int, seed: int,
) -> tuple[int, Int64s]:  # fmt: skip
    """Return (total latency, starts) of the best schedule seen.

    The first schedule places ``order`` one by one, none before its ``release`` (>= arrival); the delays it implies
    are then free to change. All numbers are int64; the caller guarantees that ``fits_64_bits`` holds.
    """
    empty = np.zeros((3, 1), np.int64)
    weight = np.ones_like(arrival)
    total, starts = anneal_beside(empty, arrival, prompt, output, weight, memory, order, release, evaluations, seed)
    return total + (output - arrival).sum(), starts


@njit(cache=True, nogil=True)
def anneal_beside(
    background: Int64s, arrival: Int64s, prompt: Int64s, output: Int64s, weight: Int64s, memory: int, order: Int64s,
    release: Int64s, evaluations: int, seed: int,
) -> tuple[int, Int64s]:  # fmt: skip
    """Return (weighted sum of starts, starts) of the best schedule seen beside requests that stay where they are.

    ``background`` holds the profile of those, as rows edge, count and offset; ``weight`` says what a step costs that
    a request waits; the rest is as in ``anneal_starts``.
    """
    n = order.shape[0]
    stride = max(1, n // _SNAPSHOTS)
    rows = (n + stride - 1) // stride
    width = background.shape[1]
    saved = np.empty((2, rows, 3, width + 2 * n), np.int64)
    facts = np.zeros((2, rows, 2), np.int64)
    newest = np.zeros(rows, np.int64)
    profile = np.empty((3, width + 2 * n), np.int64)
    copy_profile(background, saved[0, 0], width)
    facts[0, 0, 0] = width
    copy_profile(background, profile, width)
    delay = _implied_delays(prompt, output, memory, order, arrival, release, profile, width)
    order = order.copy()
    new_order, new_delay, starts = order.copy(), delay.copy(), arrival.copy()
    cost = _decode(
        0, arrival, prompt, output, weight, memory, order, delay, np.inf, stride, saved, facts, newest, profile, starts
    )
    _adopt(0, newest)
    best, best_starts, new_starts = cost, starts.copy(), starts.copy()
    state = random_state(seed)
    earliest = 0
    mean = 0.0
    for i in range(n):
        earliest += weight[i] * arrival[i]
        mean += weight[i] / n
    temperature = max(mean, _HOT * (cost - earliest) / n)
    cooling = (_COLD * mean / temperature) ** (1.0 / max(1, evaluations))
    for _ in range(evaluations):
        temperature *= cooling
        for i in range(n):
            new_order[i] = order[i]
            new_delay[i] = delay[i]
        row = _change(state, output, new_order, new_delay) // stride
        limit = cost - temperature * np.log(random_unit(state))
        new = _decode(
            row, arrival, prompt, output, weight, memory, new_order, new_delay, limit, stride, saved, facts, newest,
            profile, new_starts,
        )  # fmt: skip
        if new > limit:
            continue
        order, new_order = new_order, order
        delay, new_delay = new_delay, delay
        cost = new
        _adopt(row, newest)
        for p in range(row * stride, n):
            starts[order[p]] = new_starts[order[p]]
        if cost < best:
            best = cost
            best_starts = starts.copy()
    return best, best_starts


@njit(cache=True, nogil=True)
def _implied_delays(
    prompt: Int64s, output: Int64s, memory: int, order: Int64s, arrival: Int64s, release: Int64s,
    profile: Int64s, size: int,
) -> Int64s:  # fmt: skip
    """Return the delays with which ``order`` decodes to its list schedule from ``release`` on."""
    delay = np.zeros(order.shape[0], np.int64)
    edge, count, offset = profile[0], profile[1], profile[2]
    for j in order:
        first = earliest_fit(edge, count, offset, size, prompt[j], output[j], arrival[j], memory)
        start = first
        if release[j] > first:
            start = earliest_fit(edge, count, offset, size, prompt[j], output[j], release[j], memory)
        delay[j] = start - first
        size = place(edge, count, offset, size, prompt[j], output[j], start)
    return delay


@njit(cache=True, nogil=True)
def _decode(
    row: int, arrival: Int64s, prompt: Int64s, output: Int64s, weight: Int64s, memory: int, order: Int64s,
    delay: Int64s, limit: float, stride: int, saved: Int64s, facts: Int64s, newest: Int64s, profile: Int64s,
    starts: Int64s,
) -> int:  # fmt: skip
    """Return the weighted sum of starts, from snapshot ``row`` on; any number above ``limit`` once it exceeds that.

    ``saved[b, r]`` and ``facts[b, r]`` = (size, weighted sum) describe the profile before position r * stride;
    ``newest[r]`` is the b of the current state, and this decoding writes its snapshots beside it.
    """
    n = order.shape[0]
    edge, count, offset = profile[0], profile[1], profile[2]
    size: int = facts[newest[row], row, 0]
    total: int = facts[newest[row], row, 1]
    copy_profile(saved[newest[row], row], profile, size)
    for p in range(row * stride, n):
        if p % stride == 0 and p > row * stride:
            beside = 1 - newest[p // stride]
            copy_profile(profile, saved[beside, p // stride], size)
            facts[beside, p // stride, 0] = size
            facts[beside, p // stride, 1] = total
            if total > limit:
                return total
        j = order[p]
        start = earliest_fit(edge, count, offset, size, prompt[j], output[j], arrival[j], memory)
        if delay[j] > 0:
            start = earliest_fit(edge, count, offset, size, prompt[j], output[j], start + delay[j], memory)
        size = place(edge, count, offset, size, prompt[j], output[j], start)
        starts[j] = start
        total += weight[j] * start
    return total


@njit(cache=True, nogil=True)
def _adopt(row: int, newest: Int64s) -> None:
    """Make the snapshots behind ``row`` that the last decoding wrote the current ones."""
    for r in range(row + 1, newest.shape[0]):
        newest[r] = 1 - newest[r]


@njit(cache=True, nogil=True)
def _change(state: RandomState, output: Int64s, order: Int64s, delay: Int64s) -> int:
    """Make one random move in place; return the first position in the order that it touches."""
    n = order.shape[0]
    if n == 1 or random_unit(state) < _DELAY_SHARE:
        p = random_below(state, n)
        j = order[p]
        if delay[j] > 0 and random_unit(state) < 0.6:
            delay[j] = 0
        elif random_unit(state) < 0.5:
            delay[j] = 1 + random_below(state, 3)
        else:
            delay[j] = 1 + random_below(state, min(output[j], 1 << 30))
        return p
    a = random_below(state, n)
    if random_unit(state) < _NEAR_SHARE:
        low = max(0, a - _NEAR)
        b = low + random_below(state, min(n - 1, a + _NEAR) - low)
    else:
        b = random_below(state, n - 1)
    b += b >= a
    if random_unit(state) < 0.5:
        order[a], order[b] = order[b], order[a]
        return min(a, b)
    j = order[a]
    step = 1 if a < b else -1
    for q in range(a, b, step):
        order[q] = order[q + step]
    order[b] = j
    return min(a, b)

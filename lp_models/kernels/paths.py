"""Paths of states (tokens held, requests running): their least costs, and prices that make them dear, compiled.

The relaxation is that of ``cr_toolkit.checker.state_space``. Prices are found in floating point by the volume algorithm
and decide nothing; ``write_costs`` computes the checker's integers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]

NOWHERE = 2**60
"""Cost where there is no path, in exact tables."""

FAR = 1e15
"""The same in floating point."""

_NEWEST = 0.03
"""Weight of the newest relaxed schedule in the running averages."""

_PATIENCE, _SHORTER = 8, 0.9
"""Rounds without a higher bound after which steps get shorter, and by which factor."""

BOUND, EAGERNESS, STALLED = range(3)
"""Entries of ``Ascent.facts``."""


class Shape(NamedTuple):
    """The states and events of an instance.

    Attributes:
        memory: M (tokens).
        prompts: distinct prompts, ascending.
        peaks: distinct peaks, ascending.
        starting: most requests of each prompt that may start at one moment.
        completing: most requests of each peak that may complete at one moment.
        prompt_of: for each kind of request, the place of its prompt.
        peak_of: for each kind of request, the place of its peak.
        output: of each kind of request (tokens).
        least: fewest tokens that c requests hold before a step, c = 0, 1, ... up to as many as may run.
        most: most tokens that they hold.
    """

    memory: int
    prompts: Int64s
    peaks: Int64s
    starting: Int64s
    completing: Int64s
    prompt_of: Int64s
    peak_of: Int64s
    output: Int64s
    least: Int64s
    most: Int64s


class Ascent(NamedTuple):
    """Prices, and what the volume algorithm keeps of its rounds.

    Attributes:
        start_price: by prompt and moment, the best so far.
        completion_price: by peak and moment.
        mean_starts: running average of how many more starts of a prompt requests want at a moment than a path has.
        mean_completions: the same for completions of a peak.
        facts: the bound reached (steps; minus infinity at first), the length of steps as a share of that of the rule,
            the rounds since the bound last rose.
    """

    start_price: Float64s
    completion_price: Float64s
    mean_starts: Float64s
    mean_completions: Float64s
    facts: Float64s


@njit(cache=True, nogil=True, fastmath=True)
def lead_back(
    shape: Shape, start_price: Float64s, completion_price: Float64s, costs: Float64s, before: Float64s
) -> None:
    """Write least costs of paths from every state, after and ``before`` the completions of each moment.

    Both are by moment, requests running and tokens held. Here any number of events may happen at one moment: that is
    faster, and the exact costs are only higher.
    """
    memory, running, last = shape.memory, shape.least.shape[0] - 1, start_price.shape[1]
    before[last] = 0.0
    for k in range(last - 1, -1, -1):
        for c in range(running + 1):
            row, after = costs[k, c], before[k + 1, c]
            row[:] = FAR
            for h in range(shape.least[c], min(shape.most[c], memory - c) + 1):
                row[h] = after[h + c]
        for c in range(running - 1, -1, -1):
            row, after = costs[k, c], costs[k, c + 1]
            for j in range(shape.prompts.shape[0]):
                s, price = shape.prompts[j], start_price[j, k]
                for h in range(memory + 1 - s):
                    row[h] = min(row[h], after[h + s] - price)
        before[k, 0] = costs[k, 0]
        for c in range(1, running + 1):
            row, after = before[k, c], before[k, c - 1]
            row[:] = costs[k, c]
            for j in range(shape.peaks.shape[0]):
                q, price = shape.peaks[j], completion_price[j, k]
                for h in range(q, memory + 1):
                    row[h] = min(row[h], after[h - q] - price)


@njit(cache=True, nogil=True)
def _take_off_path(
    shape: Shape, start_price: Float64s, completion_price: Float64s, costs: Float64s, before: Float64s,
    starts: Float64s, completions: Float64s,
) -> bool:  # fmt: skip
    """Subtract from ``starts`` and ``completions`` the events of a cheapest path; return whether one was found."""
    memory, numbers, last = shape.memory, shape.least.shape[0], start_price.shape[1]
    h = c = k = 0
    while True:
        cost = costs[k, c, h]
        slack = 1e-9 * (1.0 + abs(cost))
        while not shape.least[c] <= h <= min(shape.most[c], memory - c) or before[k + 1, c, h + c] > cost + slack:
            found = False
            for j in range(shape.prompts.shape[0]):
                then = h + shape.prompts[j]
                if c + 1 < numbers and then <= memory:
                    rest = costs[k, c + 1, then]
                    if abs(rest - start_price[j, k] - cost) <= slack:
                        starts[j, k] -= 1.0
                        h, c, cost = then, c + 1, rest
                        found = True
                        break
            if not found:
                return False
        h += c
        k += 1
        if k == last:
            return True
        cost = before[k, c, h]
        while costs[k, c, h] > cost + slack:
            found = False
            for j in range(shape.peaks.shape[0]):
                then = h - shape.peaks[j]
                if c > 0 and then >= 0:
                    rest = before[k, c - 1, then]
                    if abs(rest - completion_price[j, k] - cost) <= slack:
                        completions[j, k] -= 1.0
                        h, c, cost = then, c - 1, rest
                        found = True
                        break
            if not found:
                return False


@njit(cache=True, nogil=True)
def add_relaxed(
    shape: Shape, arrival: Int64s, number: Int64s, start_price: Float64s, completion_price: Float64s, starts: Float64s,
    completions: Float64s,
) -> float:  # fmt: skip
    """Start every request where it is cheapest; return what that costs, and add its events."""
    last = start_price.shape[1]
    total = 0.0
    for i in range(number.shape[0]):
        s, q, o = shape.prompt_of[i], shape.peak_of[i], shape.output[i]
        start = max(arrival[i], last)
        best = float(start)
        for k in range(arrival[i], last):
            here = k + start_price[s, k]
            if k + o < last:
                here += completion_price[q, k + o]
            if here < best - 1e-9:
                best = here
                start = k
        total += number[i] * best
        if start < last:
            starts[s, start] += number[i]
            if start + o < last:
                completions[q, start + o] += number[i]
    return total


@njit(cache=True, nogil=True)
def raise_bound(shape: Shape, arrival: Int64s, number: Int64s, ascent: Ascent, goal: float, rounds: int) -> None:
    """Raise the bound of prices on the sum of all starts, in place, by the volume algorithm.

    Args:
        shape: the states and events.
        arrival: of each kind of request (steps).
        number: how many requests are of each kind.
        ascent: the prices, and what is kept between calls.
        goal: what the bound should pass (steps).
        rounds: most rounds.
    """
    start_price, completion_price, mean_starts, mean_completions, facts = ascent
    size = (start_price.shape[1] + 1, shape.least.shape[0], shape.memory + 1)
    costs, before = np.empty(size), np.empty(size)
    starts, completions = np.zeros(start_price.shape), np.zeros(completion_price.shape)
    trial, other_trial = start_price.copy(), completion_price.copy()
    best, eagerness, stalled = facts[BOUND], facts[EAGERNESS], facts[STALLED]
    for _ in range(rounds):
        if best > -np.inf:
            norm = 1e-12 + np.sum(mean_starts * mean_starts) + np.sum(mean_completions * mean_completions)
            step = eagerness * max(goal - best, 1e-2) / norm
            trial[:] = start_price + step * mean_starts
            other_trial[:] = completion_price + step * mean_completions
        lead_back(shape, trial, other_trial, costs, before)
        starts[:] = 0.0
        completions[:] = 0.0
        if not _take_off_path(shape, trial, other_trial, costs, before, starts, completions):
            break
        bound = costs[0, 0, 0] + add_relaxed(shape, arrival, number, trial, other_trial, starts, completions)
        weight = _NEWEST if best > -np.inf else 1.0
        mean_starts += weight * (starts - mean_starts)
        mean_completions += weight * (completions - mean_completions)
        if bound > best + 1e-9:
            best = bound
            start_price[:] = trial
            completion_price[:] = other_trial
            stalled = 0.0
        else:
            stalled += 1.0
            if stalled >= _PATIENCE:
                stalled = 0.0
                eagerness *= _SHORTER
        if best > goal:
            break
    facts[BOUND], facts[EAGERNESS], facts[STALLED] = best, eagerness, stalled


@njit(cache=True, nogil=True)
def write_costs(shape: Shape, start_price: Int64s, completion_price: Int64s, costs: Int64s) -> None:
    """Write the checker's least costs of paths, by moment, requests running and tokens held (``NOWHERE`` if none)."""
    memory, running, last = shape.memory, shape.least.shape[0] - 1, start_price.shape[1]
    after = np.zeros((running + 1, memory + 1), np.int64)
    for k in range(last - 1, -1, -1):
        here = costs[k]
        here[:] = NOWHERE
        for c in range(running + 1):
            for h in range(shape.least[c], min(shape.most[c], memory - c) + 1):
                here[c, h] = after[c, h + c]
        for j in range(shape.prompts.shape[0]):
            s, price = shape.prompts[j], start_price[j, k]
            for _ in range(shape.starting[j]):
                for c in range(running):
                    for h in range(memory + 1 - s):
                        if here[c + 1, h + s] < NOWHERE:
                            here[c, h] = min(here[c, h], here[c + 1, h + s] - price)
        after[:] = here
        for j in range(shape.peaks.shape[0]):
            q, price = shape.peaks[j], completion_price[j, k]
            for _ in range(shape.completing[j]):
                for c in range(running, 0, -1):
                    for h in range(q, memory + 1):
                        if after[c - 1, h - q] < NOWHERE:
                            after[c, h] = min(after[c, h], after[c - 1, h - q] - price)


class Costs(NamedTuple):
    """Prices of starts and completions that bound the states of an enumeration, scaled; without rows if there are none.

    Attributes:
        least: least charge of a start of a kind at a moment or later, shape (kinds, moments + 1).
        completion: price of a completion by peak (in tokens) and moment, shape (M + 1, moments).
        paths: least costs by moment, requests running and tokens held (``write_costs``).
    """

    least: Int64s
    completion: Int64s
    paths: Int64s


@njit(cache=True, nogil=True)
def idle_until(
    costs: Costs, scale: int, waiting: Int64s, first: Int64s, moment: int, total: int, end: Int32s, peak: Int32s,
    running: int, idle: Int64s,
) -> int:  # fmt: skip
    """Write, if nothing starts before ``moment``, the charges of all starts (scaled), and H and c there.

    What waits starts at ``first`` or later, by kind. Returns the bound on the sum of all starts (scaled) that this is.
    """
    last = costs.paths.shape[0]
    value = scale * total
    for j in range(waiting.shape[0]):
        if waiting[j] > 0:
            at = max(first[j], moment)
            value += waiting[j] * (costs.least[j, at] if at < last else scale * at)
    held = number = 0
    for x in range(running):
        if end[x] > moment:
            held += peak[x] - end[x] + moment
            number += 1
            if end[x] < last:
                value += costs.completion[peak[x], end[x]]
    idle[0], idle[1], idle[2] = value, held, number
    return int(value + (costs.paths[moment, number, held] if moment < last else 0))


@njit(cache=True, nogil=True)
def start_bound(costs: Costs, scale: int, kind: int, prompt: int, output: int, moment: int, idle: Int64s) -> int:
    """Return the scaled bound if the next start is one of ``kind`` at ``moment``, as the checker computes it."""
    last = costs.paths.shape[0]
    value = idle[0]
    if moment >= last:
        return int(value)
    value += scale * moment - costs.least[kind, moment]
    if moment + output < last:
        value += costs.completion[prompt + output, moment + output]
    return int(value + costs.paths[moment, idle[2] + 1, idle[1] + prompt])


@njit(cache=True, nogil=True)
def path_bound(
    costs: Costs, scale: int, waiting: Int64s, first: Int64s, cut: int, total: int, end: Int32s, peak: Int32s,
    running: int,
) -> int:  # fmt: skip
    """Return the scaled bound on the sum of all starts of a state, as the checker computes it.

    What waits starts at ``first`` or later, by kind; ``cut`` is the least of these.
    """
    idle = np.empty(3, np.int64)
    return idle_until(costs, scale, waiting, first, cut, total, end, peak, running, idle)

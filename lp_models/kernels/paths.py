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

_FAR = 1e15
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
def _lead_back(
    shape: Shape, begin: int, start_price: Float64s, completion_price: Float64s, costs: Float64s, before: Float64s
) -> None:
    """Write least costs of paths from every state, after and ``before`` the completions of each moment.

    Both are written from ``begin`` on, by moment, requests running and tokens held. Here any number of events may
    happen at one moment: that is faster, and the exact costs are only higher.
    """
    memory, running, last = shape.memory, shape.least.shape[0] - 1, start_price.shape[1]
    before[last] = 0.0
    for k in range(last - 1, begin - 1, -1):
        for c in range(running + 1):
            row, after = costs[k, c], before[k + 1, c]
            row[:] = _FAR
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
def _count_events(
    shape: Shape, begin: int, held: int, running: int, start_price: Float64s, completion_price: Float64s,
    costs: Float64s, before: Float64s, starts: Float64s, completions: Float64s,
) -> bool:  # fmt: skip
    """Subtract from ``starts`` and ``completions`` the events of a cheapest path; return whether it was found."""
    k, h, c = begin, held, running
    last = start_price.shape[1]
    while True:
        cost = costs[k, c, h]
        slack = 1e-9 * (1.0 + abs(cost))
        while h + c > shape.memory or before[k + 1, c, h + c] > cost + slack or costs[k, c, h] != cost:
            found = False
            for j in range(shape.prompts.shape[0]):
                then = h + shape.prompts[j]
                if c + 1 < shape.least.shape[0] and then <= shape.memory:
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
def _relaxed(
    shape: Shape, waiting: Int64s, first: Int64s, start_price: Float64s, completion_price: Float64s, starts: Float64s,
    completions: Float64s,
) -> float:  # fmt: skip
    """Start what waits where it is cheapest; return what that costs, and add its events."""
    last = start_price.shape[1]
    total = 0.0
    for i in range(waiting.shape[0]):
        if waiting[i] == 0:
            continue
        s, q, o = shape.prompt_of[i], shape.peak_of[i], shape.output[i]
        start = max(first[i], last)
        best = float(start)
        for k in range(first[i], last):
            here = k + start_price[s, k]
            if k + o < last:
                here += completion_price[q, k + o]
            if here < best - 1e-9:
                best = here
                start = k
        total += waiting[i] * best
        if start < last:
            starts[s, start] += waiting[i]
            if start + o < last:
                completions[q, start + o] += waiting[i]
    return total


@njit(cache=True, nogil=True)
def raise_bound(
    shape: Shape, waiting: Int64s, first: Int64s, begin: int, end: Int32s, peak: Int32s, running: int, ascent: Ascent,
    goal: float, rounds: int, least_gain: float,
) -> None:  # fmt: skip
    """Raise the bound of prices on the sum of the starts of what waits, in place, by the volume algorithm.

    Args:
        shape: the states and events.
        waiting: how many of each kind wait.
        first: no start of a kind is before this one.
        begin: the least of these.
        end: completions of what runs.
        peak: peaks of what runs.
        running: how many run; those that complete by ``begin`` do not count.
        ascent: the prices, and what is kept between calls.
        goal: what the bound should pass (steps).
        rounds: most rounds.
        least_gain: share of the way to the goal that the first half of the rounds must go, else the others are left.
    """
    start_price, completion_price, mean_starts, mean_completions, facts = ascent
    last = start_price.shape[1]
    if begin >= last:
        return
    size = (last + 1, shape.least.shape[0], shape.memory + 1)
    costs, before = np.empty(size), np.empty(size)
    held = number = 0
    for x in range(running):
        if end[x] > begin:
            held += peak[x] - end[x] + begin
            number += 1
    starts, completions = np.zeros(start_price.shape), np.zeros(completion_price.shape)
    trial, other_trial = start_price.copy(), completion_price.copy()
    best, eagerness, stalled = facts[BOUND], facts[EAGERNESS], facts[STALLED]
    origin = best
    for done in range(rounds):
        if best > -np.inf:
            norm = 1e-12
            for j in range(trial.shape[0]):
                for k in range(begin, last):
                    norm += mean_starts[j, k] * mean_starts[j, k]
            for j in range(other_trial.shape[0]):
                for k in range(begin, last):
                    norm += mean_completions[j, k] * mean_completions[j, k]
            step = eagerness * max(goal - best, 1e-2) / norm
            for j in range(trial.shape[0]):
                for k in range(begin, last):
                    trial[j, k] = start_price[j, k] + step * mean_starts[j, k]
            for j in range(other_trial.shape[0]):
                for k in range(begin, last):
                    other_trial[j, k] = completion_price[j, k] + step * mean_completions[j, k]
        _lead_back(shape, begin, trial, other_trial, costs, before)
        starts[:] = 0.0
        completions[:] = 0.0
        found = _count_events(
            shape, begin, held, number, trial, other_trial, costs, before, starts, completions
        )  # fmt: skip
        bound = costs[begin, number, held]
        if not found or bound > _FAR / 2:
            break
        for x in range(running):
            if begin < end[x] < last:
                j = np.searchsorted(shape.peaks, peak[x])
                bound += other_trial[j, end[x]]
                completions[j, end[x]] += 1.0
        bound += _relaxed(shape, waiting, first, trial, other_trial, starts, completions)
        weight = _NEWEST if best > -np.inf else 1.0
        for j in range(trial.shape[0]):
            for k in range(begin, last):
                mean_starts[j, k] += weight * (starts[j, k] - mean_starts[j, k])
        for j in range(other_trial.shape[0]):
            for k in range(begin, last):
                mean_completions[j, k] += weight * (completions[j, k] - mean_completions[j, k])
        if bound > best + 1e-9:
            if best == -np.inf:
                origin = bound
            best = bound
            start_price[:] = trial
            completion_price[:] = other_trial
            stalled = 0.0
        else:
            stalled += 1.0
            if stalled >= _PATIENCE:
                stalled = 0.0
                eagerness *= _SHORTER
        if best > goal or (done == rounds // 2 and best - origin < least_gain * (goal - origin)):
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
) -> None:  # fmt: skip
    """Write, if nothing starts before ``moment``, the charges of all starts (scaled), and H and c there.

    What waits starts at ``first`` or later, by kind.
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
    idle_until(costs, scale, waiting, first, cut, total, end, peak, running, idle)
    if cut >= costs.paths.shape[0]:
        return int(idle[0])
    return int(idle[0] + costs.paths[cut, idle[2], idle[1]])

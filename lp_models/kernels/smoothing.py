"""Paths of states weighed by their costs instead of the cheapest one alone, compiled.

At a temperature T > 0 the least of some costs c_p is replaced by - T log sum_p exp(- c_p / T), which is lower by a few
times T, and smooth: its derivative with respect to a price is how often the event happens on average, where a path of
cost c has weight exp(- c / T). Both are sums over paths, found by one sweep backwards and one forwards. Paths begin
where the states of an enumeration leave off.

An event j at a moment moves a state by ``shift`` places in a row of states, place = c (M + 1) + H. A moment has a
*layer* for each event that may happen in it: first starts, then completions, as seen from the end. Weights
are kept relative to those of cheapest paths (``costs``), so that numbers hardly ever overflow or vanish.

Moments count from the first one that is priced.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from lp_models.kernels.paths import FAR, Float64s, Int64s, Shape

_RARE = 1e-2
"""How often any event happens, at least, where the curvature is concerned."""


class Layers(NamedTuple):
    """Events by number (prompts, then peaks), and the layers of a moment.

    Attributes:
        shift: by how many places an event moves a state.
        low: the first place that an event can happen in.
        high: the place after the last one.
        starts: the event of each layer of starts, backwards in time.
        completions: the event of each layer of completions, which come before these.
    """

    shift: Int64s
    low: Int64s
    high: Int64s
    starts: Int64s
    completions: Int64s


class Sweep(NamedTuple):
    """What the sweeps need and leave.

    Attributes:
        event: weight of an event by moment, event and place, at the prices of the cheapest paths.
        step: weight of a step by moment and place.
        idle: weight of no further completion by moment and place.
        rest: weights of the rest of all paths before a moment, by moment and place, over ``scale``.
        scale: by moment, the largest of these before they are divided by it; the logarithms of all make up the rest.
        after: those of one moment by layer of starts (and one before all) and place.
        before: the same by layer of completions.
    """

    event: Float64s
    step: Float64s
    idle: Float64s
    rest: Float64s
    scale: Float64s
    after: Float64s
    before: Float64s


class States(NamedTuple):
    """States of an enumeration: for each what waits, from when on, and the path that goes on from it.

    Attributes:
        total: the sum of the starts so far (steps).
        waiting: how many requests of a kind wait, shape (states, kinds).
        first: the moment from which on they may start, not before the first one that is priced.
        end: completions that no later start can change, shape (states, any number).
        peak: the place of the peak of each of these, or -1 where there are no more.
        entry: where the path goes on, or -1 if beyond the moments that are priced.
        moment: of each entry, ascending.
        place: of each entry, when the completions of the moment are over.
    """

    total: Float64s
    waiting: Int64s
    first: Int64s
    end: Int64s
    peak: Int64s
    entry: Int64s
    moment: Int64s
    place: Int64s


@njit(cache=True, nogil=True, error_model="numpy")
def write_weights(
    shape: Shape, price: Float64s, costs: Float64s, before: Float64s, temperature: float, sweep: Sweep
) -> None:
    """Write the weights of events and steps, each relative to a cheapest path from the same state."""
    row, numbers, last = shape.memory + 1, shape.least.shape[0], price.shape[0]
    starts = shape.prompts.shape[0]
    sweep.event[:] = 0.0
    sweep.step[:] = 0.0
    for k in range(last):
        for c in range(numbers):
            for h in range(row):
                sweep.idle[k, c * row + h] = _weight(before[k, c, h], costs[k, c, h], temperature)
            for h in range(shape.least[c], min(shape.most[c], shape.memory - c) + 1):
                sweep.step[k, c * row + h] = _weight(costs[k, c, h], before[k + 1, c, h + c], temperature)
            for j in range(starts if c + 1 < numbers else 0):
                s = shape.prompts[j]
                for h in range(row - s):
                    rest = costs[k, c + 1, h + s] - price[k, j]
                    sweep.event[k, j, c * row + h] = _weight(costs[k, c, h], rest, temperature)
            for j in range(shape.peaks.shape[0] if c > 0 else 0):
                q = shape.peaks[j]
                for h in range(q, row):
                    rest = before[k, c - 1, h - q] - price[k, starts + j]
                    sweep.event[k, starts + j, c * row + h] = _weight(before[k, c, h], rest, temperature)


@njit(cache=True, nogil=True)
def _weight(least: float, cost: float, temperature: float) -> float:
    return np.exp((least - cost) / temperature) if cost < 0.1 * FAR and least < 0.1 * FAR else 0.0


@njit(cache=True, nogil=True)
def _copy(new: Float64s, old: Float64s) -> None:
    # A loop is quicker than an assignment of slices.
    for x in range(new.shape[0]):
        new[x] = old[x]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _add(new: Float64s, old: Float64s, rest: Float64s, event: Float64s, factor: float) -> None:
    for x in range(new.shape[0]):
        new[x] = old[x] + factor * event[x] * rest[x]


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def _move(there: Float64s, here: Float64s, rest: Float64s, event: Float64s, factor: float) -> float:
    happens = 0.0
    for x in range(here.shape[0]):
        share = here[x] * factor * event[x]
        there[x] += share
        happens += share * rest[x]
    return float(happens)


@njit(cache=True, nogil=True, error_model="numpy")
def sweep_back(shape: Shape, layers: Layers, factor: Float64s, sweep: Sweep, states: States, logs: Float64s) -> None:
    """Sum the weights of all paths that begin at an entry; write the logarithm of each sum to ``logs``.

    Args:
        shape: the states and events.
        layers: the events in their order.
        factor: by moment and event, what the weights of events are to be multiplied by.
        sweep: the weights; its sums are written.
        states: their entries are used.
        logs: one for each entry.
    """
    last = factor.shape[0]
    sweep.rest[last] = 1.0
    total = 0.0
    entry = states.moment.shape[0] - 1
    for k in range(last - 1, -1, -1):
        _back(shape, layers, factor, sweep, k)
        while entry >= 0 and states.moment[entry] == k:
            logs[entry] = total + np.log(sweep.after[-1, states.place[entry]])
            entry -= 1
        sums = sweep.before[-1]
        sweep.scale[k] = sums.max()
        sweep.rest[k] = sums / sweep.scale[k]
        total += np.log(sweep.scale[k])


@njit(cache=True, nogil=True, error_model="numpy")
def _back(shape: Shape, layers: Layers, factor: Float64s, sweep: Sweep, k: int) -> None:
    """Write the sums of all layers of moment ``k``."""
    row = shape.memory + 1
    after, before, then = sweep.after, sweep.before, sweep.rest[k + 1]
    after[0] = 0.0
    for c in range(shape.least.shape[0]):
        low, high = c * row, (c + 1) * row - c
        after[0, low:high] = sweep.step[k, low:high] * then[low + c : high + c]
    _add_layers(layers, layers.starts, factor[k], sweep.event[k], after)
    before[0] = after[-1] * sweep.idle[k]
    _add_layers(layers, layers.completions, factor[k], sweep.event[k], before)


@njit(cache=True, nogil=True, error_model="numpy")
def _add_layers(layers: Layers, events: Int64s, factor: Float64s, weight: Float64s, sums: Float64s) -> None:
    for layer in range(events.shape[0]):
        j = events[layer]
        shift, low, high = layers.shift[j], layers.low[j], layers.high[j]
        old, new = sums[layer], sums[layer + 1]
        _copy(new[:low], old[:low])
        _copy(new[high:], old[high:])
        _add(new[low:high], old[low:high], old[low + shift : high + shift], weight[j, low:high], factor[j])


@njit(cache=True, nogil=True, error_model="numpy")
def sweep_forth(
    shape: Shape, layers: Layers, factor: Float64s, sweep: Sweep, states: States, mass: Float64s, mean: Float64s
) -> None:
    """Write how often each event happens at each moment on average, shape (moments, events), after ``sweep_back``.

    ``mass`` says how often paths begin at each entry.
    """
    row, last = shape.memory + 1, factor.shape[0]
    reached, then = np.zeros_like(sweep.rest[0]), np.zeros_like(sweep.rest[0])
    mean[:] = 0.0
    entry = 0
    for k in range(last):
        # To sum again takes less time than to keep the sums of all layers.
        _back(shape, layers, factor, sweep, k)
        reached /= sweep.scale[k]
        _move_layers(layers, layers.completions, factor[k], sweep.event[k], sweep.before, reached, mean[k])
        reached *= sweep.idle[k]
        while entry < states.moment.shape[0] and states.moment[entry] == k:
            reached[states.place[entry]] += mass[entry] / sweep.after[-1, states.place[entry]]
            entry += 1
        _move_layers(layers, layers.starts, factor[k], sweep.event[k], sweep.after, reached, mean[k])
        then[:] = 0.0
        for c in range(shape.least.shape[0]):
            low, high = c * row, (c + 1) * row - c
            then[low + c : high + c] = reached[low:high] * sweep.step[k, low:high]
        reached, then = then, reached


@njit(cache=True, nogil=True, error_model="numpy")
def _move_layers(
    layers: Layers,
    events: Int64s,
    factor: Float64s,
    weight: Float64s,
    sums: Float64s,
    reached: Float64s,
    mean: Float64s,
) -> None:
    before = np.empty_like(reached)
    for layer in range(events.shape[0] - 1, -1, -1):
        j = events[layer]
        shift, low, high = layers.shift[j], layers.low[j], layers.high[j]
        _copy(before, reached)
        mean[j] += _move(
            reached[low + shift : high + shift], before[low:high], sums[layer, low + shift : high + shift],
            weight[j, low:high], factor[j],
        )  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
def soften_starts(
    shape: Shape, begin: int, price: Float64s, temperature: float, charges: Float64s, least: Float64s
) -> None:
    """Write what a start of each kind at each moment is charged, and the smoothed least of all from then on.

    At temperature zero nothing is smoothed. ``begin`` is the first moment; shapes are (kinds, moments (+ 1)).
    """
    prompts, last = shape.prompts.shape[0], price.shape[0]
    for i in range(shape.output.shape[0]):
        s, q, o = shape.prompt_of[i], prompts + shape.peak_of[i], shape.output[i]
        least[i, last] = begin + last
        for k in range(last - 1, -1, -1):
            charge = begin + k + price[k, s]
            if k + o < last:
                charge += price[k + o, q]
            charges[i, k] = charge
            lesser, greater = min(charge, least[i, k + 1]), max(charge, least[i, k + 1])
            if temperature > 0.0:
                lesser -= temperature * np.log1p(np.exp((lesser - greater) / temperature))
            least[i, k] = lesser


@njit(cache=True, nogil=True)
def add_up(
    shape: Shape, states: States, begin: int, price: Float64s, least: Float64s, rests: Float64s, values: Float64s
) -> None:
    """Write the bound of each state: the starts so far, what waits, what runs, and the rest of the path.

    ``rests`` are the costs of the paths from each entry.
    """
    prompts, last = shape.prompts.shape[0], price.shape[0]
    for x in range(values.shape[0]):
        value = states.total[x]
        for i in range(states.waiting.shape[1]):
            if states.waiting[x, i] > 0:
                at = states.first[x, i]
                value += states.waiting[x, i] * (least[i, at] if at < last else float(begin + at))
        for r in range(states.end.shape[1]):
            if states.peak[x, r] >= 0 and states.end[x, r] < last:
                value += price[states.end[x, r], prompts + states.peak[x, r]]
        if states.entry[x] >= 0:
            value += rests[states.entry[x]]
        values[x] = value


@njit(cache=True, nogil=True, error_model="numpy")
def want_events(
    shape: Shape, states: States, weight: Float64s, charges: Float64s, least: Float64s, temperature: float,
    mean: Float64s, mass: Float64s,
) -> None:  # fmt: skip
    """Write how often requests want each event at each moment, and how often paths begin at each entry.

    ``weight`` says how much each state counts.
    """
    prompts, last = shape.prompts.shape[0], mean.shape[0]
    number = np.zeros((states.waiting.shape[1], last))
    mean[:] = 0.0
    mass[:] = 0.0
    for x in range(weight.shape[0]):
        for i in range(states.waiting.shape[1]):
            if states.waiting[x, i] > 0 and states.first[x, i] < last:
                number[i, states.first[x, i]] += weight[x] * states.waiting[x, i]
        for r in range(states.end.shape[1]):
            if states.peak[x, r] >= 0 and states.end[x, r] < last:
                mean[states.end[x, r], prompts + states.peak[x, r]] += weight[x]
        if states.entry[x] >= 0:
            mass[states.entry[x]] += weight[x]
    for i in range(number.shape[0]):
        s, q, o = shape.prompt_of[i], prompts + shape.peak_of[i], shape.output[i]
        left = 0.0
        for k in range(last):
            left += number[i, k]
            if left > 0.0:
                share = left * min(1.0, np.exp((least[i, k] - charges[i, k]) / temperature))
                left -= share
                mean[k, s] += share
                if k + o < last:
                    mean[k + o, q] += share


@njit(cache=True, nogil=True, error_model="numpy")
def write_bounds(
    shape: Shape, states: States, begin: int, price: Float64s, temperature: float, costs: Float64s, logs: Float64s,
    charges: Float64s, least: Float64s, values: Float64s,
) -> None:  # fmt: skip
    """Write the bound of each state, smoothed at a temperature other than zero.

    ``costs`` are those of cheapest paths, ``logs`` the logarithms of the weights of all from each entry.
    """
    soften_starts(shape, begin, price, temperature, charges, least)
    rests = np.empty(states.moment.shape[0])
    for x in range(rests.shape[0]):
        running, held = divmod(states.place[x], costs.shape[2])
        rests[x] = costs[states.moment[x], running, held] - temperature * logs[x]
    add_up(shape, states, begin, price, least, rests, values)


@njit(cache=True, nogil=True, error_model="numpy")
def mean_of(values: Float64s, goal: float, weight: Float64s) -> float:
    """Return the mean of the bounds, as they count, and write how much each of them does.

    What a bound has beyond the goal counts less and less, except where the goal is infinite.
    """
    total, number = 0.0, values.shape[0]
    weight[:] = 0.0
    if not np.isfinite(values).all():
        return -np.inf
    for x in range(number):
        if np.isinf(goal):
            total += values[x]
            weight[x] = 1.0 / number
        else:
            missing = goal - values[x]
            total -= max(missing, 0.0) + np.log1p(np.exp(-abs(missing)))
            weight[x] = (1.0 + np.tanh(missing / 2.0)) / (2.0 * number)
    return float(total / number)


@njit(cache=True, nogil=True, error_model="numpy")
def smoothed_mean(
    shape: Shape, layers: Layers, sweep: Sweep, states: States, begin: int, price: Float64s, base: Float64s,
    temperature: float, goal: float, costs: Float64s, charges: Float64s, least: Float64s, gradient: Float64s,
    curvature: Float64s,
) -> float:  # fmt: skip
    """Return the mean of the smoothed bounds at ``price``, a price for each moment and event; write its derivatives.

    ``costs`` and the weights of ``sweep`` are those at the prices ``base``. The value is not finite where it cannot be
    evaluated; then the derivatives are worthless.
    """
    factor = np.exp((price - base) / temperature)
    logs, values = np.empty(states.moment.shape[0]), np.empty(states.total.shape[0])
    mass, weight, offered = np.zeros_like(logs), np.empty_like(values), np.zeros_like(price)
    sweep_back(shape, layers, factor, sweep, states, logs)
    write_bounds(shape, states, begin, price, temperature, costs, logs, charges, least, values)
    value = mean_of(values, goal, weight)
    if not np.isfinite(value):
        return value
    want_events(shape, states, weight, charges, least, temperature, gradient, mass)
    sweep_forth(shape, layers, factor, sweep, states, mass, offered)
    for k in range(price.shape[0]):
        for j in range(price.shape[1]):
            # A cheapest path may hold more events of a kind than a moment has layers: cold weights leave their range.
            if not np.isfinite(offered[k, j]):
                return -np.inf
            curvature[k, j] = (gradient[k, j] + offered[k, j] + _RARE) / temperature
            gradient[k, j] -= offered[k, j]
    return value

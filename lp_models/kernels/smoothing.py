"""Paths of states weighed by their costs instead of the cheapest one alone, compiled.

At a temperature T > 0 the least of some costs c_p is replaced by - T log sum_p exp(- c_p / T), which is lower by a few
times T, and smooth: its derivative with respect to a price is how often the event happens on average, where a path of
cost c has weight exp(- c / T). Both are sums over paths, found by one sweep backwards and one forwards.

An event j at a moment moves a state by ``shift`` places in a row of states, place = c (M + 1) + H. A moment has a
*layer* for each event that may happen in it: first starts, then completions, as seen from the end. Weights
are kept relative to those of cheapest paths (``costs``), so that numbers hardly ever overflow or vanish.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from lp_models.kernels.paths import FAR, Float64s, Int64s, Shape


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
def sweep_back(shape: Shape, layers: Layers, factor: Float64s, sweep: Sweep) -> float:
    """Sum the weights of all paths; return the logarithm of the sum.

    Args:
        shape: the states and events.
        layers: the events in their order.
        factor: by moment and event, what the weights of events are to be multiplied by.
        sweep: the weights; its sums are written.
    """
    last = factor.shape[0]
    sweep.rest[last] = 1.0
    total = 0.0
    for k in range(last - 1, -1, -1):
        _back(shape, layers, factor, sweep, k)
        sums = sweep.before[-1]
        sweep.scale[k] = sums.max()
        sweep.rest[k] = sums / sweep.scale[k]
        total += np.log(sweep.scale[k])
    return float(total + np.log(sweep.rest[0, 0]))


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
def sweep_forth(shape: Shape, layers: Layers, factor: Float64s, sweep: Sweep, mean: Float64s) -> None:
    """Write how often each event happens at each moment on average, shape (moments, events), after ``sweep_back``."""
    row, last = shape.memory + 1, factor.shape[0]
    reached, then = np.zeros_like(sweep.rest[0]), np.zeros_like(sweep.rest[0])
    reached[0] = 1.0 / sweep.rest[0, 0]
    mean[:] = 0.0
    for k in range(last):
        # To sum again takes less time than to keep the sums of all layers.
        _back(shape, layers, factor, sweep, k)
        reached /= sweep.scale[k]
        _move_layers(layers, layers.completions, factor[k], sweep.event[k], sweep.before, reached, mean[k])
        reached *= sweep.idle[k]
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


@njit(cache=True, nogil=True, fastmath={"contract", "reassoc", "nsz"}, error_model="numpy")
def start_softly(
    shape: Shape, arrival: Int64s, number: Int64s, price: Float64s, temperature: float, mean: Float64s
) -> float:
    """Return the smoothed least cost of all requests; add how often each event happens on average to ``mean``."""
    starts, last = shape.prompts.shape[0], price.shape[0]
    weights = np.empty(last)
    total = 0.0
    for i in range(number.shape[0]):
        s, q, o = shape.prompt_of[i], starts + shape.peak_of[i], shape.output[i]
        least = float(max(arrival[i], last))
        never = least
        for k in range(arrival[i], last):
            weights[k] = k + price[k, s] + (price[k + o, q] if k + o < last else 0.0)
            least = min(least, weights[k])
        norm = np.exp((least - never) / temperature)
        for k in range(arrival[i], last):
            weights[k] = np.exp((least - weights[k]) / temperature)
            norm += weights[k]
        total += number[i] * (least - temperature * np.log(norm))
        for k in range(arrival[i], last):
            share = number[i] * weights[k] / norm
            mean[k, s] += share
            if k + o < last:
                mean[k + o, q] += share
    return total

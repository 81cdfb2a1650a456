"""Prices of starts and completions, found by smoothing the bound that they give.

The bound of the state-space relaxation is concave in the prices, but has edges, at which ascents get stuck far below
its maximum. Smoothed at a temperature (Nesterov, 2005), it can be climbed by a quasi-Newton method; the lower the
temperature, the closer it is to the bound itself, and each temperature begins at the prices of the one before.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import cache
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from cr_toolkit.model import Instance
from lp_models.prices import SCALE, Kinds, kinds_of
from lp_models.quasi_newton import Float64s, Point, ascend
from lp_models.state_space import PathPrices, of_memory_prices, shape_of

if TYPE_CHECKING:
    from lp_models.kernels.paths import Shape
    from lp_models.kernels.smoothing import States

_FIRST, _HOTTEST, _COOLER, _STAGES = 1 / 60, 0.5, 0.35, 4
"""The first temperature, as a share of the gap to be closed and at most (steps), the ratio of each to the one before,
and their number."""

_ROUNDS = 60
"""Most rounds at one temperature."""

_LEAST_EVALUATIONS = 12
"""Fewer evaluations than these hardly raise the bound of memory prices."""

_MOST_WEIGHTS = 45_000_000
"""Most weights of events that are kept: 360 MB."""

_MOST_REQUESTS = 50
"""With more requests than these the volume algorithm gets further in the same time."""

_PER_SECOND, _OVERHEAD = 7.5e8, 1e-4
"""Entries of layers that an evaluation passes in a second, and what it takes besides (seconds), about."""

_FITTING, _FIT_ROUNDS = (0.04, 0.01), 20
"""Temperatures at which prices are fitted to states, as shares of what their bounds lack on average, and the rounds at
each: twice as many leave out little more."""

_BEYOND = 0.2
"""So far beyond the goal a fit aims (steps)."""

_DRIFT = 30.0
"""When a price has changed by so many temperatures, cheapest paths are sought anew, lest weights leave their range."""


class _SmoothedBound:
    """What prices of shape (moments, events) say of some states: their mean bound on the sum of all starts, smoothed.

    What a bound has beyond the goal counts less and less, except where the goal is infinite.
    """

    def __init__(self, shape: Shape, states: States, begin: int, moments: int, goal: float = inf) -> None:
        """Prepare for ``states``, whose moments count from ``begin``; ``moments`` of them may have prices."""
        from lp_models.kernels.smoothing import Layers, Sweep

        self._shape, self._states, self._begin, self._goal = shape, states, begin, goal
        row, numbers = shape.memory + 1, len(shape.least)
        prompts, events, places = len(shape.prompts), len(shape.prompts) + len(shape.peaks), row * numbers
        self._prompts, self._size = prompts, (moments, events)
        shift = np.concatenate([row + shape.prompts, -row - shape.peaks])
        starts = np.repeat(np.arange(prompts), shape.starting)
        completions = np.repeat(np.arange(prompts, events), shape.completing)
        self._layers = Layers(
            shift, np.clip(-shift, 0, places), np.clip(places - shift, 0, places), starts, completions
        )  # fmt: skip
        self._costs = np.empty((moments + 1, numbers, row))
        self._before = np.empty_like(self._costs)
        self._sweep = Sweep(
            np.empty((moments, events, places)), np.empty((moments, places)), np.empty((moments, places)),
            np.empty((moments + 1, places)), np.empty(moments), np.empty((len(starts) + 1, places)),
            np.empty((len(completions) + 1, places)),
        )  # fmt: skip
        kinds = len(shape.output)
        self._charges, self._least = np.empty((kinds, moments)), np.empty((kinds, moments + 1))
        self._base = np.zeros(self._size)
        self._temperature = 1.0

    def bounds(self, place: Float64s) -> Float64s:
        """Return the bound of each state without smoothing; ``begin`` must come before the next evaluation."""
        from lp_models.kernels.smoothing import write_bounds

        self._find_cheapest_paths(place)
        values, nothing = np.empty(len(self._states.total)), np.zeros(len(self._states.moment))
        write_bounds(
            self._shape, self._states, self._begin, place.reshape(self._size), 0.0, self._costs, nothing, self._charges,
            self._least, values,
        )  # fmt: skip
        return values

    def bound(self, place: Float64s) -> float:
        """Return what ``evaluate`` would be without smoothing; ``begin`` must come before the next evaluation."""
        from lp_models.kernels.smoothing import mean_of

        values = self.bounds(place)
        return float(mean_of(values, self._goal, np.empty_like(values)))

    def begin(self, place: Float64s, temperature: float) -> None:
        """Smooth at ``temperature`` from now on, with weights relative to those of cheapest paths at ``place``."""
        from lp_models.kernels.smoothing import write_weights

        self._base, self._temperature = place.reshape(self._size).copy(), temperature
        self._find_cheapest_paths(place)
        write_weights(self._shape, self._base, self._costs, self._before, temperature, self._sweep)

    def evaluate(self, place: Float64s) -> Point:
        """Return the smoothed bound at ``place``, a price for each moment and event."""
        from lp_models.kernels.smoothing import smoothed_mean

        price = place.reshape(self._size)
        if np.abs(price - self._base).max() > _DRIFT * self._temperature:
            self.begin(place, self._temperature)
        gradient, curvature = np.zeros(self._size), np.ones(self._size)
        value = smoothed_mean(
            self._shape, self._layers, self._sweep, self._states, self._begin, price, self._base, self._temperature,
            self._goal, self._costs, self._charges, self._least, gradient, curvature,
        )  # fmt: skip
        return Point(place, value, gradient.ravel(), curvature.ravel())

    def prices(self, place: Float64s) -> PathPrices:
        """Return the prices at ``place``, zero before the first moment."""
        by_event = np.pad(place.reshape(self._size).T, ((0, 0), (self._begin, 0)))
        return PathPrices(by_event[: self._prompts].copy(), by_event[self._prompts :].copy())

    def place(self, prices: PathPrices) -> Float64s:
        """Return the place of prices that are known."""
        place: Float64s = np.concatenate([prices.starts, prices.completions])[:, self._begin :].T.ravel()
        return place

    def _find_cheapest_paths(self, place: Float64s) -> None:
        from lp_models.kernels.paths import lead_back

        by_event = place.reshape(self._size).T
        starts, completions = by_event[: self._prompts].copy(), by_event[self._prompts :].copy()
        lead_back(self._shape, starts, completions, self._costs, self._before)


def can_smooth(instance: Instance, last: int, seconds: float) -> bool:
    """Return whether smoothing is worth while in ``seconds``; no event at moment ``last`` or later is priced."""
    if len(instance) > _MOST_REQUESTS:
        return False
    shape = shape_of(instance, kinds_of(instance))
    weights = last * (len(shape.prompts) + len(shape.peaks)) * len(shape.least) * (shape.memory + 1)
    return weights <= _MOST_WEIGHTS and seconds >= _LEAST_EVALUATIONS * _evaluation_seconds(shape, last)


def smoothing_seconds(instance: Instance, last: int) -> float:
    """Return what smoothing takes if it is not cut short, roughly."""
    return _STAGES * _ROUNDS * _evaluation_seconds(shape_of(instance, kinds_of(instance)), last)


def smoothed_path_prices(
    instance: Instance, target: int, prices: Mapping[int, int], last: int, deadline: float, gain: float = 0.0
) -> PathPrices:
    """Return prices found by smoothing.

    Args:
        instance: the instance.
        target: the cost of a known schedule (steps).
        prices: memory prices by step over ``SCALE``, to begin with.
        last: no event at this moment or later has a price (steps).
        deadline: no further round is begun after this (``time.monotonic``, seconds).
        gain: a temperature is over as well once ten rounds gain less than such a share of the gap.
    """
    kinds = kinds_of(instance)
    shape = shape_of(instance, kinds)
    smoothed = _SmoothedBound(shape, _beginning(kinds, last), 0, last)
    goal = float(target - sum(r.output - r.arrival for r in instance.requests))
    best = place = smoothed.place(of_memory_prices(shape, prices, last))
    highest = smoothed.bound(place)
    gap = max(goal - highest, 1.0)
    affordable = (deadline - time.monotonic()) / _evaluation_seconds(shape, last)
    rounds = max(1, min(_ROUNDS, int(affordable / (_STAGES - 1))))
    temperature = min(_FIRST * gap, _HOTTEST)
    for _ in range(_STAGES):
        smoothed.begin(place, temperature)
        place = ascend(smoothed.evaluate, place, rounds, gain * gap, deadline).place
        temperature *= _COOLER
        bound = smoothed.bound(place)
        if bound > highest:
            best, highest = place, bound
        if bound > goal or time.monotonic() > deadline:
            break
    return smoothed.prices(best)


def fitted_path_prices(
    shape: Shape, states: States, begin: int, prices: PathPrices, goal: float, deadline: float
) -> PathPrices:
    """Return prices fitted to states of an enumeration, so that the bounds of many of them pass a goal.

    Args:
        shape: of the instance.
        states: with moments that count from ``begin``; no price before that matters to them.
        begin: the first moment that is priced.
        prices: to begin with.
        goal: what the bounds should pass (steps).
        deadline: no further round is begun after this (``time.monotonic``, seconds).
    """
    smoothed = _SmoothedBound(shape, states, begin, prices.starts.shape[1] - begin, goal + _BEYOND)
    place = smoothed.place(prices)
    missing = max(1.0, goal - float(smoothed.bounds(place).mean()))
    for share in _FITTING:
        smoothed.begin(place, share * missing)
        place = ascend(smoothed.evaluate, place, _FIT_ROUNDS, 0.0, deadline).place
    return smoothed.prices(place)


def fitting_seconds(shape: Shape, moments: int) -> float:
    """Return what fitting prices takes, roughly."""
    return len(_FITTING) * _FIT_ROUNDS * _evaluation_seconds(shape, moments)


def _beginning(kinds: Kinds, last: int) -> States:
    """Return the state in which nothing has started."""
    from lp_models.kernels.smoothing import States

    nothing = np.zeros((1, 0), np.int64)
    entry = np.zeros(1 if last > 0 else 0, np.int64)
    return States(
        np.zeros(1), kinds.number[None, :], kinds.arrival[None, :], nothing, nothing, np.array([len(entry) - 1]), entry,
        entry,
    )  # fmt: skip


@cache
def compile_smoothing() -> None:
    """Have the compiled code ready."""
    smoothed_path_prices(Instance.burst(3, [(0, 2), (1, 1)]), 5, {1: SCALE}, 4, time.monotonic() + 600.0)


def _evaluation_seconds(shape: Shape, last: int) -> float:
    layers = int(shape.starting.sum() + shape.completing.sum()) + len(shape.prompts) + len(shape.peaks)
    return _OVERHEAD + last * layers * len(shape.least) * (shape.memory + 1) / _PER_SECOND

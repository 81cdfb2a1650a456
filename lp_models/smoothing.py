"""Prices of starts and completions, found by smoothing the bound that they give.

The bound of the state-space relaxation is concave in the prices, but has edges, at which ascents get stuck far below
its maximum. Smoothed at a temperature (Nesterov, 2005), it can be climbed by a quasi-Newton method; the lower the
temperature, the closer it is to the bound itself, and each temperature begins at the prices of the one before.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from cr_toolkit.model import Instance
from lp_models.prices import SCALE, kinds_of
from lp_models.quasi_newton import Float64s, Point, ascend
from lp_models.state_space import PathPrices, of_memory_prices, shape_of

if TYPE_CHECKING:
    from lp_models.kernels.paths import Shape

_FIRST, _HOTTEST, _COOLER, _STAGES = 1 / 60, 0.5, 0.35, 4
"""The first temperature, as a share of the gap to be closed and at most (steps), the ratio of each to the one before,
and their number."""

_ROUNDS, _GAIN = 60, 1e-4
"""Most rounds at one temperature; it is over as well once ten rounds gain less than such a share of the gap."""

_LEAST_EVALUATIONS = 30
"""Fewer evaluations than these hardly raise the bound of memory prices."""

_MOST_WEIGHTS = 45_000_000
"""Most weights of events that are kept: 360 MB."""

_MOST_REQUESTS = 50
"""With more requests than these the volume algorithm gets further in the same time."""

_PER_SECOND = 1.2e9
"""Entries of layers that an evaluation passes in a second, about."""

_RARE = 1e-2
"""How often any event happens, at least, where the curvature is concerned."""

_DRIFT = 30.0
"""When a price has changed by so many temperatures, cheapest paths are sought anew, lest weights leave their range."""


class _SmoothedBound:
    """The bound of an instance on the sum of all starts, by prices of shape (moments, events), smoothed."""

    def __init__(self, instance: Instance, moments: int) -> None:
        from lp_models.kernels.smoothing import Layers, Sweep

        self._kinds = kinds_of(instance)
        self._shape = shape = shape_of(instance, self._kinds)
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
        self._base = np.zeros(self._size)
        self._temperature = 1.0

    def bound(self, place: Float64s) -> float:
        """Return the bound at ``place`` as it is without smoothing; ``begin`` must come before the next evaluation."""
        from lp_models.kernels.paths import add_relaxed

        prices = self._find_cheapest_paths(place)
        wanted = PathPrices(np.zeros_like(prices.starts), np.zeros_like(prices.completions))
        return float(self._costs[0, 0, 0]) + add_relaxed(
            self._shape, self._kinds.arrival, self._kinds.number, prices.starts, prices.completions, wanted.starts,
            wanted.completions,
        )  # fmt: skip

    def begin(self, place: Float64s, temperature: float) -> None:
        """Smooth at ``temperature`` from now on, with weights relative to those of cheapest paths at ``place``."""
        from lp_models.kernels.smoothing import write_weights

        self._base, self._temperature = place.reshape(self._size).copy(), temperature
        self._find_cheapest_paths(place)
        write_weights(self._shape, self._base, self._costs, self._before, temperature, self._sweep)

    def _find_cheapest_paths(self, place: Float64s) -> PathPrices:
        from lp_models.kernels.paths import lead_back

        prices = self.prices(place)
        lead_back(self._shape, prices.starts, prices.completions, self._costs, self._before)
        return prices

    def evaluate(self, place: Float64s) -> Point:
        """Return the smoothed bound at ``place``, a price for each moment and event."""
        from lp_models.kernels.smoothing import start_softly, sweep_back, sweep_forth

        price = place.reshape(self._size)
        if np.abs(price - self._base).max() > _DRIFT * self._temperature:
            self.begin(place, self._temperature)
        factor = np.exp((price - self._base) / self._temperature)
        value = self._costs[0, 0, 0] - self._temperature * sweep_back(self._shape, self._layers, factor, self._sweep)
        offered, wanted = np.zeros(self._size), np.zeros(self._size)
        if np.isfinite(value):
            sweep_forth(self._shape, self._layers, factor, self._sweep, offered)
        # A cheapest path may hold more events of a kind than a moment has layers; then cold weights leave their range.
        if not np.isfinite(offered).all():
            value = -np.inf
        value += start_softly(self._shape, self._kinds.arrival, self._kinds.number, price, self._temperature, wanted)
        curvature = (wanted + offered + _RARE) / self._temperature
        return Point(place, value, (wanted - offered).ravel(), curvature.ravel())

    def prices(self, place: Float64s) -> PathPrices:
        """Return the prices at ``place``."""
        by_event = place.reshape(self._size).T
        return PathPrices(by_event[: self._prompts].copy(), by_event[self._prompts :].copy())


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
    instance: Instance, target: int, prices: Mapping[int, int], last: int, deadline: float
) -> PathPrices:
    """Return prices found by smoothing.

    Args:
        instance: the instance.
        target: the cost of a known schedule (steps).
        prices: memory prices by step over ``SCALE``, to begin with.
        last: no event at this moment or later has a price (steps).
        deadline: no further round is begun after this (``time.monotonic``, seconds).
    """
    shape = shape_of(instance, kinds_of(instance))
    smoothed = _SmoothedBound(instance, last)
    goal = float(target - sum(r.output - r.arrival for r in instance.requests))
    first = of_memory_prices(shape, prices, last)
    place = np.concatenate([first.starts, first.completions]).T.ravel()
    best, highest = place, smoothed.bound(place)
    gap = max(goal - highest, 1.0)
    affordable = (deadline - time.monotonic()) / _evaluation_seconds(shape, last)
    rounds = max(1, min(_ROUNDS, int(affordable / (_STAGES - 1))))
    temperature = min(_FIRST * gap, _HOTTEST)
    for _ in range(_STAGES):
        smoothed.begin(place, temperature)
        place = ascend(smoothed.evaluate, place, rounds, _GAIN * gap, deadline).place
        temperature *= _COOLER
        bound = smoothed.bound(place)
        if bound > highest:
            best, highest = place, bound
        if bound > goal or time.monotonic() > deadline:
            break
    return smoothed.prices(best)


def compile_smoothing() -> None:
    """Have the compiled code ready."""
    smoothed_path_prices(Instance.burst(3, [(0, 2), (1, 1)]), 5, {1: SCALE}, 4, time.monotonic() + 600.0)


def _evaluation_seconds(shape: Shape, last: int) -> float:
    layers = int(shape.starting.sum() + shape.completing.sum()) + len(shape.prompts) + len(shape.peaks)
    return last * layers * len(shape.least) * (shape.memory + 1) / _PER_SECOND

"""Smoothed bounds: below the bound itself, close to it where it is cold, and their derivative is what they say."""

import math
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cr_toolkit.checker.state_space import state_space_bound
from cr_toolkit.model import Instance
from lp_models.prices import kinds_of, price_bound, raised_prices
from lp_models.smoothing import _beginning, _SmoothedBound, can_smooth, smoothed_path_prices, smoothing_seconds
from lp_models.state_space import path_bound, raised_path_prices, shape_of
from tests.strategies import instances

SMALL = instances(max_memory=10, max_requests=5, max_arrival=5)
FAR = float("inf")


def random_prices(seed: int, size: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(seed).integers(-3, 4, size).astype(float)


def smoothed_bound(instance: Instance, last: int) -> _SmoothedBound:
    kinds = kinds_of(instance)
    return _SmoothedBound(shape_of(instance, kinds), _beginning(kinds, last), 0, last)


def bound_of(instance: Instance, smoothed: _SmoothedBound, place: np.ndarray) -> Fraction:
    """Return the checker's bound on the sum of all starts, prices being whole numbers."""
    starts, completions = smoothed.prices(place).rounded(1)
    requests = [(r.arrival, r.prompt, r.output) for r in instance.requests]
    fixed = sum(r.output - r.arrival for r in instance.requests)
    return state_space_bound(instance.memory, requests, 1, starts, completions) - fixed


@settings(max_examples=100)
@given(SMALL, st.integers(2, 12), st.integers(0, 2**32))
def test_smoothing_lowers_the_bound_by_a_little_where_it_is_cold(instance: Instance, last: int, seed: int) -> None:
    smoothed = smoothed_bound(instance, last)
    place = random_prices(seed, smoothed._size).ravel()
    bound = float(bound_of(instance, smoothed, place))
    for temperature in (2.0, 0.3, 0.05):
        smoothed.begin(place, temperature)
        value = smoothed.evaluate(place).value
        assert value <= bound + 1e-9
    # A path with more events of a kind than there are requests is none for the checker.
    assert smoothed.bound(place) <= bound + 1e-9
    # Of N costs the least is lowered by T log N at most; a request has a start, and a path two events for each.
    ways = 3 * len(instance) * math.log(2 * last)
    assert value == pytest.approx(bound, abs=temperature * ways)


@settings(max_examples=60)
@given(SMALL, st.integers(2, 10), st.integers(0, 2**32))
def test_the_gradient_is_how_the_value_changes(instance: Instance, last: int, seed: int) -> None:
    smoothed = smoothed_bound(instance, last)
    place = random_prices(seed, smoothed._size).ravel() / 3
    smoothed.begin(place, 0.7)
    here = smoothed.evaluate(place)
    direction = np.random.default_rng(seed).normal(size=place.size)
    little = 1e-5
    more, less = (smoothed.evaluate(place + sign * little * direction).value for sign in (1, -1))
    assert (more - less) / (2 * little) == pytest.approx(float(here.gradient @ direction), abs=1e-4)
    assert here.curvature.min() > 0


@settings(max_examples=60)
@given(SMALL, st.integers(2, 10), st.integers(0, 2**32))
def test_the_value_does_not_depend_on_where_weights_are_measured_from(instance: Instance, last: int, seed: int) -> None:
    smoothed = smoothed_bound(instance, last)
    place, other = (random_prices(s, smoothed._size).ravel() / 3 for s in (seed, seed + 1))
    smoothed.begin(other, 0.5)
    far = smoothed.evaluate(place)
    smoothed.begin(place, 0.5)
    near = smoothed.evaluate(place)
    assert far.value == pytest.approx(near.value, abs=1e-6)
    assert far.gradient == pytest.approx(near.gradient, abs=1e-5)


def test_smoothing_gets_further_than_the_volume_algorithm() -> None:
    sizes = [(0, 13), (3, 9), (6, 5), (2, 8), (2, 13), (4, 10), (2, 12), (8, 6), (7, 7), (2, 9), (3, 9), (0, 10)]
    instance = Instance.burst(30, sizes)
    prices = raised_prices(instance, 237, 45, 300)
    volume = path_bound(instance, raised_path_prices(instance, 237, prices, 45, time.monotonic() + 60)).value
    smooth = path_bound(instance, smoothed_path_prices(instance, 237, prices, 45, time.monotonic() + 60)).value
    # The optimum is 237.
    assert smooth > volume + 1


def test_no_time_leaves_memory_prices_as_they_are() -> None:
    instance = Instance.burst(9, [(2, 2)] * 5)
    prices = raised_prices(instance, 18, 18, 300)
    found = path_bound(instance, smoothed_path_prices(instance, 18, prices, 18, time.monotonic() - 1.0))
    assert found.value >= price_bound(instance, prices).value - Fraction(1, 50)


def test_large_instances_are_not_smoothed() -> None:
    small, large = Instance.burst(30, [(3, 8)] * 12), Instance.burst(400, [(k, 9 + k) for k in range(45)])
    assert can_smooth(small, 60, 1.0)
    assert not can_smooth(small, 60, 1e-4)
    assert not can_smooth(large, 2000, 10.0)
    assert not can_smooth(Instance.burst(9, [(0, 1)] * 51), 10, 10.0)
    assert smoothing_seconds(small, 60) < smoothing_seconds(small, 120) < smoothing_seconds(large, 120)

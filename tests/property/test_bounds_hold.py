"""Every lower bound is one, and the methods are as strong as theory says."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cr_toolkit.model import Instance
from lp_models.bounds import LOWER_BOUNDS, lower_bounds, machine, split
from lp_models.bounds.exact import exact_columns, sum_of_groups, volumes
from lp_models.bounds.machine import busy_times, completions
from lp_models.bounds.mean_busy_time import mean_busy_time
from lp_models.bounds.split import split_value
from tests.brute_force import brute_force_optimum, is_feasible
from tests.strategies import instances

small = instances(max_memory=8, max_requests=5, max_arrival=6)


@settings(max_examples=200)
@given(small)
def test_no_bound_exceeds_the_optimum(instance: Instance):
    optimum, _ = brute_force_optimum(instance)
    for bound in lower_bounds(instance):
        assert bound.value <= bound.integer <= optimum, bound.method


@pytest.mark.slow
@settings(max_examples=1000)
@given(instances(max_memory=12, max_requests=5, max_arrival=10))
def test_no_bound_exceeds_the_optimum_on_many(instance: Instance):
    optimum, starts = brute_force_optimum(instance)
    assert is_feasible(instance, starts)
    assert max(bound.integer for bound in lower_bounds(instance)) <= optimum


@given(instances(max_memory=60, max_requests=40, max_arrival=0))
def test_in_bursts_each_method_dominates_the_plainer_ones(instance: Instance):
    value = {bound.method: bound.value for bound in lower_bounds(instance)}
    assert value["volume"] <= value["mean-busy-time"] <= value["split"]
    assert value["outputs"] <= value["split"]


@given(instances(max_memory=60, max_requests=40, max_arrival=50))
def test_split_dominates_its_parts_with_arrivals(instance: Instance):
    value = {bound.method: bound.value for bound in lower_bounds(instance)}
    assert max(value["outputs"], value["mean-busy-time"]) <= value["split"]


@given(instances(max_memory=40, max_requests=12))
def test_the_split_certificate_reproduces_the_value(instance: Instance):
    bound = LOWER_BOUNDS["split"](instance)
    assert bound.value == split_value(exact_columns(instance), instance.memory, bound.certificate["threshold"])


@given(instances(max_memory=40, max_requests=12, max_arrival=0), st.integers(0, 10**6))
def test_the_order_of_requests_does_not_matter(instance: Instance, seed: int):
    shuffled = np.random.default_rng(seed).permutation(len(instance)).tolist()
    other = Instance(instance.memory, tuple(instance.requests[index] for index in shuffled))
    assert [bound.value for bound in lower_bounds(instance)] == [bound.value for bound in lower_bounds(other)]


@given(instances(max_memory=40, max_requests=12))
def test_narrow_and_wide_columns_agree(instance: Instance):
    columns = exact_columns(instance)
    wide = type(columns)(*(column.astype(object) for column in columns))
    assert volumes(columns).tolist() == volumes(wide).tolist()
    assert mean_busy_time(columns, instance.memory) == mean_busy_time(wide, instance.memory)


@given(instances(max_memory=30, max_requests=10, max_arrival=15))
def test_mean_busy_time_restated_step_by_step(instance: Instance):
    """The same bound from a simulation in units of one token-step, each counted at its middle."""
    left = [request.volume for request in instance.requests]
    middles = [Fraction(0)] * len(left)
    now = 0
    while any(left):
        ready = [
            (request.volume, index)
            for index, request in enumerate(instance.requests)
            if left[index] and request.arrival * instance.memory <= now
        ]
        if ready:
            index = min(ready)[1]
            left[index] -= 1
            middles[index] += Fraction(2 * now + 1, 2)
        now += 1
    expected = Fraction(0)
    for request, middle in zip(instance.requests, middles, strict=True):
        # The offset as defined: completion minus the memory-weighted mean of the steps' middles.
        s, o = request.prompt, request.output
        weights = [s + step for step in range(1, o + 1)]
        mean = Fraction(sum(w * (2 * step - 1) for step, w in enumerate(weights, 1)), 2 * sum(weights))
        expected += o - mean + middle / request.volume / instance.memory - request.arrival
    assert LOWER_BOUNDS["mean-busy-time"](instance).value == expected


@given(st.lists(st.tuples(st.integers(0, 10**9), st.integers(1, 10**6)), max_size=30, unique_by=lambda pair: pair[1]))
def test_sum_of_groups_is_the_sum(pairs: list[tuple[int, int]]):
    total = sum((Fraction(n, d) for n, d in pairs), Fraction(0))
    assert sum_of_groups([n for n, _ in pairs], [d for _, d in pairs]) == total


@given(instances(max_memory=40, max_requests=12, max_arrival=30), st.integers(1, 10**6))
def test_the_compiled_machine_is_the_plain_one(instance: Instance, factor: int):
    columns = exact_columns(instance)
    arrival, volume = columns.arrival * factor, volumes(columns)
    plain = completions(arrival, volume, instance.memory), busy_times(arrival, volume, instance.memory)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine, "_PLAIN", 0)
        compiled = completions(arrival, volume, instance.memory), busy_times(arrival, volume, instance.memory)
        assert machine._compiled(arrival, volume, instance.memory)
    assert compiled == plain


def test_numbers_beyond_64_bits_are_left_to_the_plain_machine(monkeypatch):
    monkeypatch.setattr(machine, "_PLAIN", 0)
    volume = np.array([3, 5], np.int64)
    for latest, compiled in ((2**40, True), (2**58, False)):
        arrival = np.array([0, latest], np.int64)
        assert machine._compiled(arrival, volume, 8) == compiled
        assert completions(arrival, volume, 8) == 3 + latest * 8 + 5


def test_thresholds_chosen_on_a_sample_are_almost_as_good():
    rng = np.random.default_rng(0)
    output = rng.integers(1, 101, 3000)
    for latest in (0, 3_000, 30_000, 300_000):
        triples = zip(rng.integers(0, latest + 1, 3000).tolist(), [20] * 3000, output.tolist(), strict=True)
        instance = Instance.from_triples(400, triples)
        full = LOWER_BOUNDS["split"](instance).value
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(split, "_WORK", 20_000)
            assert full * Fraction(97, 100) <= LOWER_BOUNDS["split"](instance).value <= full

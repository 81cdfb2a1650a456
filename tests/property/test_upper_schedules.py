"""Schedules from above are feasible always and optimal mostly; the profile is the memory over time."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cr_toolkit.model import Instance
from lp_models.bounds import best_lower_bound
from lp_models.upper import upper_bound
from lp_models.upper.annealing import anneal
from lp_models.upper.list_schedule import list_schedule
from lp_models.upper.polish import left_shift
from lp_models.upper.portfolio import holds
from lp_models.upper.profile import clear, earliest_fit, place, remove, segment_at
from tests.brute_force import brute_force_optimum, is_feasible
from tests.strategies import instances


@given(instances(max_memory=12, max_requests=5, max_arrival=8), st.integers(0, 5))
def test_upper_bounds_reach_the_optimum_of_small_instances(instance: Instance, seed: int):
    schedule, _ = upper_bound(instance, evaluations=6000, seed=seed)
    assert is_feasible(instance, schedule.start)
    assert schedule.total_latency(instance) == brute_force_optimum(instance)[0]


@pytest.mark.slow
def test_the_optimum_is_missed_on_at_most_one_instance_in_a_hundred():
    generator = random.Random(0)
    missed = 0
    for _ in range(150):
        memory = generator.randint(4, 14)
        triples = []
        for _ in range(generator.randint(4, 6)):
            output = generator.randint(1, memory)
            triples.append(
                (generator.choice([0, generator.randint(0, 9)]), generator.randint(0, memory - output), output)
            )
        instance = Instance.from_triples(memory, triples)
        schedule = anneal(instance, evaluations=20_000)
        missed += schedule.total_latency(instance) != brute_force_optimum(instance)[0]
    assert missed <= 1


@given(instances(max_memory=40, max_requests=30, max_arrival=40), st.randoms(use_true_random=False))
def test_list_schedules_are_feasible_and_start_as_early_as_they_can(instance: Instance, generator: random.Random):
    order = generator.sample(range(len(instance)), len(instance))
    release = [request.arrival + generator.choice([0, 0, 3]) for request in instance.requests]
    schedule = list_schedule(instance, order, release)
    assert is_feasible(instance, schedule.start)
    load: dict[int, int] = {}
    for index in order:
        _, prompt, output = (request := instance.requests[index]).arrival, request.prompt, request.output
        start = release[index]
        while any(load.get(start + k, 0) + prompt + k > instance.memory for k in range(1, output + 1)):
            start += 1
        assert schedule.start[index] == start
        for k in range(1, output + 1):
            load[start + k] = load.get(start + k, 0) + prompt + k


@given(instances(max_memory=40, max_requests=30, max_arrival=40), st.integers(0, 3))
def test_left_shift_moves_nothing_later_and_ends_where_nothing_moves(instance: Instance, seed: int):
    generator = random.Random(seed)
    late = list_schedule(
        instance,
        generator.sample(range(len(instance)), len(instance)),
        [request.arrival + generator.randint(0, 20) for request in instance.requests],
    )
    before = np.array(late.start, np.int64)
    after = left_shift(*instance.arrays, instance.memory, before, 100)
    assert is_feasible(instance, tuple(after.tolist()))
    assert (after <= before).all()
    assert left_shift(*instance.arrays, instance.memory, after, 1).tolist() == after.tolist()


@given(st.integers(0, 10**6))
def test_the_profile_is_the_memory_over_time(seed: int):
    generator = random.Random(seed)
    n = generator.randint(1, 6)
    edge, count, offset = np.zeros(2 * n + 1, np.int64), np.zeros(2 * n + 1, np.int64), np.zeros(2 * n + 1, np.int64)
    size = clear(edge, count, offset)
    placed: list[tuple[int, int, int]] = []
    memory = generator.randint(6, 15)

    def load(step: int) -> int:
        return sum(prompt + step - start for prompt, output, start in placed if start < step <= start + output)

    for _ in range(40):
        if placed and (len(placed) == n or generator.random() < 0.5):
            size = remove(edge, count, offset, size, *(gone := generator.choice(placed)))
            placed.remove(gone)
        else:
            prompt, output, floor = generator.randint(0, 3), generator.randint(1, 3), generator.randint(0, 8)
            start = earliest_fit(edge, count, offset, size, prompt, output, floor, memory)
            expected = floor
            while any(load(expected + k) + prompt + k > memory for k in range(1, output + 1)):
                expected += 1
            assert start == expected
            placed.append((prompt, output, start))
            size = place(edge, count, offset, size, prompt, output, start)
        assert size <= 2 * len(placed) + 1
        for step in range(1, 40):
            i = segment_at(edge, size, step - 1)
            assert offset[i] + count[i] * step == load(step)


@settings(max_examples=30)
@given(instances(max_memory=80, max_requests=60, max_arrival=60))
def test_upper_bounds_are_feasible_and_above_the_lower_bounds(instance: Instance):
    schedule, method = upper_bound(instance, evaluations=500)
    assert method
    assert is_feasible(instance, schedule.start)
    assert best_lower_bound(instance).integer <= schedule.total_latency(instance)


@given(instances(max_memory=20, max_requests=12, max_arrival=10), st.randoms(use_true_random=False))
def test_the_fast_check_of_large_schedules_is_the_definition(instance: Instance, generator: random.Random):
    good = list_schedule(instance, generator.sample(range(len(instance)), len(instance))).start
    for _ in range(5):
        starts = tuple(max(0, start + generator.choice([-1, 0, 0, 0, 1])) for start in good)
        assert holds(instance, np.array(starts, np.int64)) == is_feasible(instance, starts)
    assert holds(instance, np.array(good, np.int64))

"""Speed of the bounds, as ratios to a plain NumPy sort of as many numbers in the same run."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest

from cr_toolkit.model import Instance
from lp_models.bounds import LOWER_BOUNDS
from lp_models.upper.annealing import anneal


def random_instance(n: int, memory: int, latest: int) -> Instance:
    rng = np.random.default_rng(0)
    output = rng.integers(1, memory // 2 + 1, n)
    prompt = rng.integers(0, memory // 2 - output + 1)
    arrival = rng.integers(0, latest + 1, n)
    return Instance.from_triples(memory, zip(arrival.tolist(), prompt.tolist(), output.tolist(), strict=True))


def seconds(action) -> float:
    best = float("inf")
    for _ in range(3):
        begin = perf_counter()
        action()
        best = min(best, perf_counter() - begin)
    return best


@pytest.mark.benchmark
@pytest.mark.parametrize(("method", "sorts"), [("volume", 8), ("mean-busy-time", 16), ("split", 40)])
def test_a_million_requests_cost_a_few_sorts(method, sorts):
    instance = random_instance(10**6, 2000, 0)
    numbers = np.random.default_rng(1).integers(0, 2**60, 10**6)
    LOWER_BOUNDS[method](random_instance(500, 50, 0))
    anchor = seconds(lambda: np.sort(numbers))
    taken = seconds(lambda: LOWER_BOUNDS[method](instance))
    print(f"{method}: {taken:.3f} s for 10^6 requests, {taken / anchor:.1f} sorts")
    assert taken < sorts * anchor


@pytest.mark.benchmark
@pytest.mark.parametrize(("method", "sorts"), [("volume", 40), ("mean-busy-time", 60), ("split", 120)])
@pytest.mark.parametrize("latest", [10**6, 2 * 10**8])
def test_a_million_arrivals_cost_tens_of_sorts(method, sorts, latest):
    instance = random_instance(10**6, 2000, latest)
    numbers = np.random.default_rng(1).integers(0, 2**60, 10**6)
    LOWER_BOUNDS[method](random_instance(3000, 50, 1000))
    anchor = seconds(lambda: np.sort(numbers))
    taken = seconds(lambda: LOWER_BOUNDS[method](instance))
    print(f"{method}: {taken:.3f} s for 10^6 requests until {latest}, {taken / anchor:.1f} sorts")
    assert taken < sorts * anchor


@pytest.mark.benchmark
def test_bounds_with_arrivals_grow_almost_linearly():
    small, large = random_instance(4000, 1000, 20_000), random_instance(16_000, 1000, 80_000)
    LOWER_BOUNDS["split"](small)
    ratio = seconds(lambda: LOWER_BOUNDS["split"](large)) / seconds(lambda: LOWER_BOUNDS["split"](small))
    print(f"split with arrivals: 16,000 requests cost {ratio:.1f} times 4,000")
    assert ratio < 12


@pytest.mark.benchmark
@pytest.mark.parametrize(("n", "evaluations"), [(10, 20_000), (30, 20_000), (80, 5000), (300, 500)])
def test_annealing_evaluations(n, evaluations):
    instance = random_instance(n, 200, 0)
    anneal(instance, evaluations=1)
    taken = seconds(lambda: anneal(instance, evaluations=evaluations)) / evaluations
    plain = seconds(lambda: sorted(range(n), key=lambda i: instance.requests[i].volume))
    print(f"annealing, n = {n}: {taken * 1e6:.2f} us per evaluation")
    # An evaluation reschedules everything behind the change; it may not cost much more than a Python sort.
    assert taken < (2 + n / 10) * plain

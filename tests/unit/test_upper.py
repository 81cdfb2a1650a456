"""Feasible schedules: golden cases, large instances, large numbers, refusals."""

from __future__ import annotations

from time import monotonic

import numpy as np
import pytest

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance, Schedule
from cr_toolkit.simulation import simulate
from lp_models.bounds import best_lower_bound
from lp_models.upper import portfolio, upper_bound
from lp_models.upper.annealing import anneal
from lp_models.upper.list_schedule import list_schedule
from lp_models.upper.rolling import rolling_starts
from tests.brute_force import brute_force_optimum

DELAYED = Instance.burst(11, [(0, 10), (4, 3), (3, 3)])
STAGGERED = Instance.burst(6, [(0, 3)] * 5)


def random_instance(n: int, memory: int, latest: int = 0, seed: int = 0) -> Instance:
    rng = np.random.default_rng(seed)
    output = rng.integers(1, memory // 2 + 1, n)
    prompt = rng.integers(0, memory // 2 - output + 1)
    return Instance.from_triples(
        memory, zip(rng.integers(0, latest + 1, n).tolist(), prompt.tolist(), output.tolist(), strict=True)
    )


@pytest.mark.parametrize(("instance", "optimum"), [(DELAYED, 20), (STAGGERED, 25)])
@pytest.mark.parametrize("seed", range(3))
def test_optima_that_need_deliberate_delay_are_found(instance, optimum, seed):
    assert brute_force_optimum(instance)[0] == optimum
    schedule, method = upper_bound(instance, evaluations=5000, seed=seed)
    assert schedule.total_latency(instance) == optimum
    assert method == "annealing"


def test_list_schedules_miss_the_delayed_optimum_but_releases_reach_it():
    assert list_schedule(DELAYED, [0, 1, 2]).total_latency(DELAYED) > 20
    assert list_schedule(DELAYED, [0, 1, 2], release=[1, 0, 0]).start == (1, 0, 3)


def test_a_later_placed_request_fits_before_and_between_earlier_ones():
    # (0, 4) fills the memory of 4 in its last step, so the next goes behind it or before it.
    instance = Instance.burst(4, [(0, 4), (3, 1), (1, 1)])
    assert list_schedule(instance, [0, 1, 2], release=[2, 0, 0]).start == (2, 0, 1)


def test_every_schedule_is_the_list_schedule_of_its_own_starts():
    run = simulate(random_instance(12, 40, 30), "sjf")
    reverse = list(reversed(range(12)))
    assert list_schedule(run.instance, reverse, release=run.schedule.start) == run.schedule


@pytest.mark.parametrize("order", [[0, 1], [0, 0, 1], [0, 1, 3]])
def test_an_order_must_be_a_permutation(order):
    with pytest.raises(InputError, match="order must name every request once"):
        list_schedule(DELAYED, order)


def test_numbers_beyond_64_bits_are_refused_or_served_by_plain_runs():
    top = 2**53 - 1
    instance = Instance.burst(top, [(0, top), (1, top - 1)] * 40)
    with pytest.raises(InputError, match="too large"):
        anneal(Instance(top, instance.requests * 20), evaluations=1)
    with pytest.raises(InputError, match="too large"):
        list_schedule(DELAYED, [0, 1, 2], release=[2**62, 0, 0])
    schedule, method = upper_bound(Instance(top, instance.requests * 20))
    assert schedule.is_feasible(Instance(top, instance.requests * 20))
    assert method in ("svf", "sjf", "fcfs")


def test_annealing_from_a_schedule_is_never_worse_and_zero_evaluations_return_it():
    instance = random_instance(20, 50, 40)
    start = simulate(instance, "fcfs").schedule
    assert anneal(instance, evaluations=0, start=start) == start
    found = anneal(instance, evaluations=3000, seed=1, start=start)
    assert found.total_latency(instance) < start.total_latency(instance)


def test_the_seed_decides():
    instance = random_instance(25, 60)
    results = [anneal(instance, evaluations=2000, seed=seed).start for seed in (1, 1, 2, 3)]
    assert results[0] == results[1]
    assert len(set(results)) > 1
    assert upper_bound(instance, evaluations=3000) == upper_bound(instance, evaluations=3000)


def test_one_request_and_a_schedule_of_its_own():
    instance = Instance.from_triples(5, [(3, 0, 5)])
    assert upper_bound(instance)[0] == Schedule((3,))
    assert anneal(instance, evaluations=50).start == (3,)


def test_thousands_of_requests_with_arrivals():
    instance = random_instance(5000, 400, 100_000)
    schedule, _ = upper_bound(instance)
    assert schedule.is_feasible(instance)
    assert schedule.total_latency(instance) <= min(simulate(instance, policy).cost for policy in ("svf", "sjf", "fcfs"))


def test_annealing_beats_every_policy_clearly():
    instance = random_instance(30, 60, seed=5)
    best = min(simulate(instance, policy).cost for policy in ("svf", "sjf", "fcfs"))
    assert upper_bound(instance, evaluations=20_000)[0].total_latency(instance) < 0.95 * best


def test_a_time_limit_stops_annealing():
    instance = random_instance(30, 60, seed=5)
    limited = upper_bound(instance, evaluations=10**15, seconds=0.0)
    assert limited[0].is_feasible(instance)
    assert limited[0].total_latency(instance) > upper_bound(instance, evaluations=200_000)[0].total_latency(instance)


def test_without_evaluations_the_runs_and_a_left_shift_remain():
    instance = random_instance(30, 60, seed=5)
    schedule, method = upper_bound(instance, evaluations=0)
    assert schedule.is_feasible(instance)
    assert "annealing" not in method


@pytest.mark.parametrize("latest", [0, 3000])
@pytest.mark.parametrize(("window", "settled"), [(1, 1), (7, 2), (20, 20), (200, 50)])
def test_rolling_windows_of_any_shape_give_feasible_schedules(latest, window, settled):
    instance = random_instance(120, 60, latest)
    order = np.array(simulate(instance, "svf").schedule.start).argsort(kind="stable")
    starts = rolling_starts(*instance.arrays, instance.memory, order, window, settled, 100, 0)
    assert Schedule(tuple(starts.tolist())).is_feasible(instance)


def test_rolling_annealing_pays_at_a_thousand_requests():
    instance = random_instance(1000, 100)
    best = min(simulate(instance, policy).cost for policy in ("svf", "sjf", "fcfs"))
    schedule, method = upper_bound(instance, evaluations=40_000)
    assert method.startswith("annealing")
    assert schedule.total_latency(instance) < 0.95 * best


def test_small_requests_in_a_large_burst_are_scheduled_almost_optimally():
    rng = np.random.default_rng(0)
    output = rng.integers(1, 17, 600)
    prompt = rng.integers(0, 17 - output)
    instance = Instance.burst(100, zip(prompt.tolist(), output.tolist(), strict=True))
    schedule, _ = upper_bound(instance, evaluations=400_000)
    assert schedule.total_latency(instance) < 1.06 * best_lower_bound(instance).integer


def test_a_time_limit_holds_for_thousands_of_requests():
    instance = random_instance(8000, 100)
    upper_bound(random_instance(10, 100), evaluations=1)
    begin = monotonic()
    schedule, _ = upper_bound(instance, evaluations=10**9, seconds=1.0)
    assert schedule.is_feasible(instance)
    assert monotonic() - begin < 5


def test_many_requests_are_annealed_where_time_allows(monkeypatch):
    instance = random_instance(400, 100)
    monkeypatch.setattr(portfolio, "_PLACED", 100)
    assert upper_bound(instance, evaluations=40_000)[1] == "annealing"
    assert upper_bound(instance, seconds=0.001)[1] not in ("annealing", "list schedule")
    monkeypatch.setattr(portfolio, "_ANNEALED", 100)
    assert upper_bound(instance, evaluations=40_000)[1] != "annealing"

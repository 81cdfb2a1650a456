"""The checker against the product and against brute force: same runs, same bounds, never above the optimum."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cr_toolkit import Instance, Schedule, simulate
from cr_toolkit.checker import bounds
from cr_toolkit.checker.instance import Instance as OwnInstance
from cr_toolkit.checker.instance import Request as OwnRequest
from cr_toolkit.checker.instance import read_schedule
from cr_toolkit.checker.reading import Rejected
from cr_toolkit.checker.rerun import priority_order, rerun
from cr_toolkit.policies import Admission, Queue
from cr_toolkit.simulation.reference import reference_starts
from tests.brute_force import brute_force_optimum, is_feasible
from tests.strategies import instances

RANKING = ("fcfs", "sjf", "svf", "svf-1bit", "svf-predicted", "total-size")
ADMISSION = st.sampled_from(list(Admission))
QUEUE = st.sampled_from(list(Queue))


def own(instance: Instance) -> OwnInstance:
    return OwnInstance(instance.memory, [OwnRequest(r.arrival, r.prompt, r.output) for r in instance.requests])


@settings(max_examples=400)
@given(instances(max_requests=14), st.sampled_from(RANKING), ADMISSION, QUEUE)
def test_runs_equal_the_simulation(instance, policy, admission, queue):
    run = simulate(instance, policy, admission=admission, queue=queue)
    order = priority_order(own(instance), policy, run.parameters)
    assert tuple(order) == run.order
    assert tuple(rerun(own(instance), order, admission, queue)) == run.schedule.start


@given(instances(max_memory=200, max_requests=40, max_arrival=60), ADMISSION, QUEUE)
def test_larger_runs_equal_the_simulation(instance, admission, queue):
    run = simulate(instance, "svf", admission=admission, queue=queue)
    assert tuple(rerun(own(instance), list(run.order), admission, queue)) == run.schedule.start


@given(instances(), ADMISSION, QUEUE, st.data())
def test_runs_from_any_order_equal_the_simulation(instance, admission, queue, data):
    order = data.draw(st.permutations(range(len(instance))))
    assert rerun(own(instance), order, admission, queue) == reference_starts(instance, order, admission, queue)


@pytest.mark.parametrize("scale", [10**6, 2**40])
def test_long_outputs_take_no_time(scale):
    wide = Instance.from_triples(3 * scale, [(0, 0, 2 * scale), (5, 7, scale), (9, scale, 1), (9, 0, 2 * scale)])
    for queue in Queue:
        run = simulate(wide, "fcfs", queue=queue, engine="reference")
        assert tuple(rerun(own(wide), list(run.order), "lookahead", queue)) == run.schedule.start


@given(instances(max_requests=6), st.data())
def test_feasibility_is_that_of_the_definition(instance, data):
    starts = data.draw(st.lists(st.integers(0, 25), min_size=len(instance), max_size=len(instance)))
    cost = Schedule(tuple(starts)).total_latency(instance)
    claim = {"start": starts, "cost": cost}
    if is_feasible(instance, tuple(starts)):
        assert read_schedule(claim, own(instance), "it") == (starts, cost)
    else:
        with pytest.raises(Rejected, match=r"before its arrival|more than the memory"):
            read_schedule(claim, own(instance), "it")


TINY = instances(max_memory=9, max_requests=4, max_arrival=4)


@settings(max_examples=250)
@given(TINY, st.data())
def test_no_bound_exceeds_the_optimum(instance, data):
    optimum, _ = brute_force_optimum(instance)
    found = own(instance)
    steps = data.draw(st.dictionaries(st.integers(1, 30), st.integers(0, 12), max_size=12))
    values = {
        "outputs": bounds.outputs_bound(found),
        "volume": bounds.volume_bound(found),
        "mean-busy-time": bounds.mean_busy_time_bound(found),
        "split": bounds.split_bound(found, data.draw(st.integers(0, 9))),
        "prices": bounds.priced_bound(found, data.draw(st.integers(1, 12)), sorted(steps.items())),
    }
    assert max(values.values()) <= optimum, values
    assert values["volume"] <= values["mean-busy-time"] or not instance.is_burst


@settings(max_examples=200)
@given(instances(max_requests=6, max_arrival=20), st.data())
def test_prices_are_those_of_the_definition(instance, data):
    scale = data.draw(st.integers(1, 9))
    prices = data.draw(st.dictionaries(st.integers(1, 60), st.integers(0, 30), max_size=20))
    total = -instance.memory * Fraction(sum(prices.values()), scale)
    for r in instance.requests:
        total += min(
            k
            + r.output
            - r.arrival
            + sum(Fraction((r.prompt + tau) * prices.get(k + tau, 0), scale) for tau in range(1, r.output + 1))
            for k in range(r.arrival, r.arrival + 62)
        )
    assert bounds.priced_bound(own(instance), scale, sorted(prices.items())) == total

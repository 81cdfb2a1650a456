"""Bursts solved from their parts: against brute force, the other engines, and at the edge of what is taken on."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cr_toolkit.checker import nested as checker
from cr_toolkit.checker.enumeration import NodeLimitError
from cr_toolkit.checker.nested import number_of_parts, solve_nested
from cr_toolkit.model import Instance, Schedule
from lp_models import optimum
from lp_models.bounds import lower_bounds
from lp_models.claims import Claim
from lp_models.engines import ENGINES, Task
from lp_models.nested import has_few_parts, solve
from tests.brute_force import brute_force_optimum
from tests.strategies import instances

Triples = list[tuple[int, int, int]]

FEW = 10**6
"""Nodes that suffice here."""


def triples(instance: Instance) -> Triples:
    return [(r.arrival, r.prompt, r.output) for r in instance.requests]


def moved(instance: Instance, arrival: int) -> Instance:
    """Return ``instance`` with all requests arriving at once."""
    return Instance.from_triples(instance.memory, [(arrival, r.prompt, r.output) for r in instance.requests])


@given(instances(max_memory=10, max_requests=5), st.integers(0, 5))
def test_the_optimum_is_that_of_brute_force(instance, arrival):
    instance = moved(instance, arrival)
    found = solve_nested(instance.memory, triples(instance), FEW)
    schedule = Schedule(found.start)
    assert schedule.is_feasible(instance)
    assert schedule.total_latency(instance) == found.total == brute_force_optimum(instance)[0]


@settings(max_examples=20)
@given(instances(max_memory=12, max_requests=7))
def test_the_optimum_is_that_of_the_search(instance):
    instance = moved(instance, 0)
    found = solve_nested(instance.memory, triples(instance), FEW)
    assert all(bound.integer <= found.total for bound in lower_bounds(instance))
    for upper in (found.total, found.total + 1):
        answer = ENGINES["search"](Task(instance, upper, {}, time.monotonic() + 60))
        assert answer.proved
        assert (answer.schedule is None) == (upper == found.total)


@given(instances(max_memory=10, max_requests=5), st.integers(0, 10), st.integers(0, 10))
def test_neither_the_order_nor_the_arrival_matters(instance, one, other):
    requests = triples(moved(instance, one))
    later = [(other, prompt, output) for _, prompt, output in reversed(requests)]
    first, second = (solve_nested(instance.memory, same, FEW) for same in (requests, later))
    assert (first.total, first.nodes) == (second.total, second.nodes)


def test_a_state_may_be_reached_at_less_later():
    # One that is reached at a sum that is not the least, and still to be worked on when it is reached at less.
    instance = Instance.burst(12, [(6, 1), (0, 9), (6, 1), (0, 12), (6, 1)])
    assert solve_nested(12, triples(instance), FEW).total == brute_force_optimum(instance)[0] == 33


@pytest.mark.parametrize(
    ("memory", "sizes", "cost"),
    [
        (80, [(0, 20)] * 16, 669),  # as the enumeration proved with prices
        (80, [(0, 40)] * 20, 3360),
        (30, [(0, 13), (0, 14), (1, 14)] * 4, 431),
    ],
)
def test_golden_optima(memory, sizes, cost):
    instance = Instance.burst(memory, sizes)
    schedule, bound = solve(instance, 60)
    assert bound.integer == schedule.total_latency(instance) == cost
    assert schedule.is_feasible(instance)


def test_requests_of_a_size_start_in_their_order():
    found = solve_nested(6, [(2, 0, 3), (2, 1, 1)] * 4, FEW)
    for same in (found.start[::2], found.start[1::2]):
        assert list(same) == sorted(same)


def test_a_thousand_steps_of_memory_are_no_matter():
    # Two hold 1000 tokens in the end, so the third one waits as long as two do if they are shifted.
    instance = Instance.burst(1000, [(0, 500)] * 3)
    found = solve_nested(1000, triples(instance), FEW)
    assert found.total == Schedule((0, 0, 500)).total_latency(instance) == 2000
    assert Schedule(found.start).is_feasible(instance)


def test_what_is_too_much_is_refused(monkeypatch):
    requests = [(0, 0, 4)] * 6
    nodes = solve_nested(12, requests, FEW).nodes
    assert solve_nested(12, requests, nodes).nodes == nodes
    with pytest.raises(NodeLimitError, match=f"more than {nodes - 1} nodes"):
        solve_nested(12, requests, nodes - 1)
    monkeypatch.setattr(checker, "MAX_STATES", 20)
    with pytest.raises(NodeLimitError, match="more than 20 states"):
        solve_nested(12, requests, FEW)
    with pytest.raises(NodeLimitError, match="more than 200000 parts"):
        solve_nested(100, [(0, s, 1) for s in range(20)], FEW)
    with pytest.raises(NodeLimitError, match="too long"):
        solve_nested(10**7, [(0, 0, 10**7)] * 2, FEW)
    with pytest.raises(ValueError, match="not all requests arrive at once"):
        solve_nested(10, [(0, 0, 1), (1, 0, 1)], FEW)


def test_parts_are_counted():
    assert number_of_parts([(0, 0, 4)] * 6) == 7
    assert number_of_parts([(0, 0, 4), (0, 1, 4)] * 3) == 32
    assert number_of_parts([(0, s, 1) for s in range(1000)]) > checker.MAX_PARTS


def test_few_sizes_in_a_burst_are_worth_it():
    assert has_few_parts(Instance.burst(12, [(0, 4)] * 6))
    assert not has_few_parts(Instance.burst(12, [(0, 4), (0, 3), (1, 3)]))
    assert not has_few_parts(Instance.from_triples(12, [(0, 0, 4), (1, 0, 4)] * 2))
    assert not has_few_parts(Instance.burst(40, [(s, 1) for s in range(8)] * 2))


def test_the_engine_knows_its_limits():
    late = Instance.from_triples(5, [(0, 0, 5), (2, 1, 2)])
    answer = ENGINES["nested"](Task(late, 20, {}, time.monotonic() + 60))
    assert (answer.schedule, answer.proved, answer.note) == (None, False, "not all requests arrive at once")
    answer = ENGINES["nested"](Task(Instance.burst(80, [(0, 16)] * 20), 700, {}, time.monotonic() + 0.01))
    assert not answer.proved
    assert answer.note.startswith("more than")


def test_lockstep_is_certified():
    result = optimum(Instance.burst(80, [(0, 40)] * 20), seconds=60)
    assert (result.lower, result.upper, result.lower_method) == (3360, 3360, "nested")


def test_a_false_claim_is_not_repeated():
    instance = Instance.burst(12, [(0, 4)] * 6)
    _, bound = solve(instance, 60)
    claim = Claim(36, "nested", bound.certificate)
    assert claim.seconds < 1
    assert claim.repeat(instance, 60).integer == 36
    for false in (Claim(37, "nested", bound.certificate), Claim(36, "nested", {"nodes": 1})):
        with pytest.raises(ValueError, match="the optimum is 36"):
            false.repeat(instance, 60)
    with pytest.raises(NodeLimitError):
        claim.repeat(instance, 1e-9)

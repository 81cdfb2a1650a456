"""Exact engines on golden cases, and at the edge of what they take."""

import time

import pytest

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance
from lp_models.concurrency import most_running
from lp_models.engines import ENGINES, Answer, Task
from lp_models.engines.cp_sat import cp_sat
from lp_models.engines.milp import milp
from lp_models.engines.search import search
from lp_models.horizon import latest_starts
from lp_models.programme import IntegerProgramme, available_solvers

DELAY = Instance.burst(11, [(0, 10), (4, 3), (3, 3)])
IDENTICAL = Instance.burst(6, [(0, 3)] * 5)
LOCKSTEP = Instance.burst(12, [(0, 4)] * 6)
GOLDEN = [(DELAY, 20), (IDENTICAL, 25), (LOCKSTEP, 36), (Instance.from_triples(5, [(0, 0, 5), (2, 1, 2)]), 9)]


def soon(seconds: float = 120.0) -> float:
    # Long enough to compile what is not compiled yet.
    return time.monotonic() + seconds


def test_the_engines_are_registered():
    assert ENGINES.names() == ("branching", "cp-sat", "enumeration", "milp", "nested", "search")


@pytest.mark.parametrize("engine", ["branching", "cp-sat", "enumeration", "milp", "search"])
@pytest.mark.parametrize(("instance", "cost"), GOLDEN)
def test_golden_optima(engine, instance, cost):
    answer = ENGINES[engine](Task(instance, cost + 3, {}, soon()))
    assert answer.proved
    assert answer.schedule is not None
    assert answer.schedule.is_feasible(instance)
    assert answer.schedule.total_latency(instance) == cost
    again = ENGINES[engine](Task(instance, cost, {}, soon()))
    assert (again.schedule, again.proved) == (None, True)


@pytest.mark.parametrize(("instance", "cost"), GOLDEN[:3])
def test_golden_optima_of_bursts(instance, cost):
    answer = ENGINES["nested"](Task(instance, cost + 3, {}, soon()))
    assert answer.proved
    assert answer.schedule is not None
    assert answer.schedule.total_latency(instance) == cost
    again = ENGINES["nested"](Task(instance, cost, {}, soon()))
    assert (again.schedule, again.proved) == (None, True)


@pytest.mark.parametrize("engine", [cp_sat, milp, search])
def test_no_time_means_no_proof(engine):
    instance = Instance.burst(16, [(i % 5, 3 + i % 5) for i in range(14)])
    answer = engine(Task(instance, 10**4, {}, time.monotonic() - 1))
    assert not answer.proved
    assert answer.note


def test_the_search_refuses_what_its_integers_cannot_hold():
    top = 2**53 - 1
    assert "64 bits" in search(Task(Instance.burst(top, [(0, top), (0, top)]), 3 * top, {}, soon())).note
    many = Instance.burst(1000, [(s, 1) for s in range(70)])
    assert "sets of requests" in search(Task(many, 10**4, {}, soon())).note
    late = Instance.from_triples(100, [(10**6 * i, i, 9) for i in range(30)])
    assert "too large for the search" in search(Task(late, 10**4, {}, soon())).note


def test_the_milp_refuses_large_programmes():
    late = Instance.from_triples(100, [(10**6 * i, i, 9) for i in range(30)])
    assert "too large" in milp(Task(late, 10**4, {}, soon())).note
    wide = Instance.burst(4000, [(i, 1000) for i in range(20)])
    assert "too large" in milp(Task(wide, 10**6, {}, soon())).note


def test_programmes_tell_optimal_from_infeasible():
    programme = IntegerProgramme()
    x = programme.add_variable(9, 2)
    programme.add_row([(x, 3)], 6, equal=True)
    solution = programme.solve(5)
    assert solution.proved
    assert solution.values == (2.0,)
    programme.add_row([(x, 1)], 1)
    assert programme.solve(5).values is None
    with pytest.raises(InputError, match=r"not an available solver; available: .*HiGHS"):
        programme.solve(5, "nonesuch")


@pytest.mark.filterwarnings("ignore:PULP_CBC_CMD is deprecated")
@pytest.mark.parametrize("solver", available_solvers())
def test_every_available_solver_is_told_to_prove_optimality(solver):
    for instance, cost in GOLDEN:
        answer = milp(Task(instance, cost + 3, {}, soon(), solver))
        assert answer.proved
        assert answer.schedule is not None
        assert answer.schedule.total_latency(instance) == cost
        assert milp(Task(instance, cost, {}, soon(), solver)) == Answer(None, True)


def test_latest_starts_follow_from_the_horizon_and_from_the_cost():
    assert latest_starts(DELAY, 10**6) == (6, 13, 13)
    assert latest_starts(DELAY, 20) == (3, 3, 3)
    assert latest_starts(Instance.from_triples(9, [(4, 0, 5)]), 5) == (4,)


def test_how_many_can_run_at_once():
    assert most_running(IDENTICAL) == 5
    assert most_running(DELAY) == 3
    assert most_running(Instance.burst(7, [(3, 1)] * 9)) == 1

"""Small universes are enumerated completely, and their worst ratio is exact."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given

from adversaries.universe import Universe, enumerate_universe, witness_of
from adversaries.universe_kernel import least_start_sum
from adversaries.witness import UnsoundWitnessError
from cr_toolkit.checker import check_data, check_file
from cr_toolkit.cli.main import run
from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance
from cr_toolkit.model.formats import read_witness, to_json
from cr_toolkit.policies import Admission, IntervalPolicy, IntervalView, Premise, PriorityPolicy, PromptView, Queue
from cr_toolkit.policies.information import Information
from cr_toolkit.simulation import simulate
from tests.brute_force import brute_force_optimum
from tests.strategies import instances


class WidestFirst(PriorityPolicy):
    information = Information.NONE

    def priority(self, request: PromptView) -> int:
        return -request.prompt


def every_list(requests, memory, alpha):
    """All lists of requests of a universe, without any thought of symmetry."""
    for budget in range(1, memory + 1):
        cap = int(alpha * budget)
        sizes = [(s, o) for o in range(1, cap + 1) for s in range(cap - o + 1)]
        for n in range(1, requests + 1):
            for chosen in product(sizes, repeat=n):
                yield Instance.burst(budget, chosen)


@pytest.mark.parametrize(
    ("policy", "admission", "queue", "requests", "memory", "alpha"),
    [
        ("svf", "lookahead", "head-of-line", 3, 6, "2/3"),
        ("svf", "peak", "skipping", 3, 5, "1"),
        ("sjf", "lookahead", "skipping", 3, 5, "1"),
        ("fcfs", "lookahead", "head-of-line", 3, 5, "1"),
        ("svf-1bit", "peak", "head-of-line", 3, 6, "2/3"),
        (WidestFirst, "lookahead", "head-of-line", 3, 5, "1"),
    ],
)
def test_an_independent_enumeration_agrees(policy, admission, queue, requests, memory, alpha):
    universe = Universe(policy, requests, memory, Fraction(alpha), Admission(admission), Queue(queue))
    last = list(enumerate_universe(universe))[-1]
    optima: dict[tuple, int] = {}
    served, lists, worst = set(), 0, Fraction(1)
    for instance in every_list(requests, memory, universe.alpha):
        lists += 1
        done = simulate(instance, policy, admission=admission, queue=queue)
        sizes = [(request.prompt, request.output) for request in instance.requests]
        served.add((instance.memory, tuple(sizes[index] for index in done.order)))
        key = (instance.memory, *sorted(sizes))
        if key not in optima:
            optima[key] = brute_force_optimum(instance)[0]
        worst = max(worst, Fraction(done.cost, optima[key]))
    assert (last.requests, last.memory) == (requests, memory)
    assert last.lists == lists
    assert last.instances == len(served)
    assert last.ratio == worst > 1


def test_a_cell_keeps_the_first_of_the_worst_and_its_certificate_is_accepted():
    universe = Universe("svf", 4, 8)
    cells = list(enumerate_universe(universe))
    assert [(cell.requests, cell.memory) for cell in cells] == [(n, m) for n in range(1, 5) for m in range(1, 9)]
    ratios = {(cell.requests, cell.memory): cell.ratio for cell in cells}
    for (requests, memory), ratio in ratios.items():
        assert ratio >= ratios.get((requests - 1, memory), 1)
        assert ratio >= ratios.get((requests, memory - 1), 1)
    worst = cells[-1]
    assert worst.ratio == Fraction(6, 5)
    assert worst.solved < worst.instances < worst.lists
    witness = witness_of(universe, worst)
    assert witness.ratio.lower == witness.ratio.upper == "6/5"
    assert check_data(to_json(witness).encode()).accepted
    with pytest.raises(UnsoundWitnessError, match="the enumeration says 5/4"):
        witness_of(universe, worst._replace(ratio=Fraction(5, 4)))
    assert cells[0].worst is None
    with pytest.raises(ValueError, match="no instance"):
        witness_of(universe, cells[0])


@given(instances(max_memory=9, max_requests=5, max_arrival=0))
def test_the_optimum_of_tiny_bursts_is_that_of_brute_force(instance):
    _, prompt, output = instance.arrays
    best = brute_force_optimum(instance)[0] - int(output.sum())
    columns = np.array(prompt), np.array(output)
    assert least_start_sum(instance.memory, *columns, best + 3) == best
    assert least_start_sum(instance.memory, *columns, best) == best
    assert least_start_sum(instance.memory, *columns, best - 1) == -1


@pytest.mark.parametrize(
    ("numbers", "field"),
    [((0, 4), "requests"), ((11, 4), "requests"), ((2, 65), "memory"), ((2, 4, Fraction(0)), "alpha")],
)
def test_a_universe_out_of_reach_is_refused(numbers, field):
    with pytest.raises(InputError, match=field):
        Universe("svf", *numbers)


@pytest.mark.parametrize("premise", [Premise.COMMON_PROMPT, Premise.COMMON_OUTPUT])
def test_a_policy_that_is_not_defined_on_every_burst_is_refused(premise):
    class Particular(WidestFirst):
        premises = frozenset({Premise.BURST, premise})

    with pytest.raises(InputError, match=f"needs one {premise}, which a universe does not have"):
        next(enumerate_universe(Universe(Particular, 2, 4)))


def test_a_policy_for_bursts_is_enumerated():
    class ForBursts(WidestFirst):
        premises = frozenset({Premise.BURST})

    cells = [list(enumerate_universe(Universe(policy, 2, 4))) for policy in (ForBursts, WidestFirst)]
    assert cells[0] == cells[1]


class LongestFirst(IntervalPolicy, PriorityPolicy):
    def __init__(self, lower: int = 1, upper: int | None = None) -> None:
        self.lower, self.upper = lower, upper

    def priority(self, request: IntervalView) -> int:
        return -request.high - request.prompt


def test_outputs_outside_a_stated_interval_are_left_out():
    limits = {"lower": 2, "upper": 3}
    cells = list(enumerate_universe(Universe(LongestFirst, 3, 6, Fraction(1), parameters=limits)))
    lists = [every for every in every_list(3, 6, 1) if {request.output for request in every.requests} <= {2, 3}]
    ratios = [
        Fraction(simulate(one, LongestFirst, parameters=limits).cost, brute_force_optimum(one)[0]) for one in lists
    ]
    assert cells[-1].lists == len(lists)
    assert cells[-1].ratio == max(ratios) > 1
    [nothing] = enumerate_universe(Universe(LongestFirst, 1, 1, Fraction(1), parameters=limits))
    assert (nothing.instances, nothing.lists, nothing.worst) == (0, 0, None)


@pytest.mark.slow
@pytest.mark.parametrize(("admission", "worst"), [("lookahead", "31/22"), ("peak", "61/35")])
def test_the_documented_universe_of_seven_requests(admission, worst):
    universe = Universe("svf", 7, 16, admission=Admission(admission))
    *_, last = enumerate_universe(universe)
    assert (last.instances, last.ratio) == (65_242_561, Fraction(worst))
    assert witness_of(universe, last).ratio.lower == worst


def test_the_command_prints_a_row_per_number_of_requests_and_saves_checked_witnesses(tmp_path, capsys):
    fixed = ("enumerate", "--policy", "svf", "--max-requests", "3", "--max-memory", "10", "--out", str(tmp_path))
    assert run(fixed) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[1].split()[-1] == "-"
    assert run([*fixed, "--format", "json"]) == 0
    cells = json.loads(capsys.readouterr().out)["cells"]
    assert [cell["requests"] for cell in cells] == [1, 2, 3]
    saved = cells[-1]["witness"]
    assert check_file(saved).accepted
    assert read_witness(saved).ratio.lower == cells[-1]["ratio"]

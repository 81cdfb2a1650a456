"""The search: arguments, budgets, witnesses and saved files."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

import adversaries.tasks as tasks
from adversaries import FAMILIES, SEARCHERS, SearchResult, search
from adversaries.evaluation import Evaluation
from adversaries.pattern import Block, Pattern
from adversaries.searchers import Scored, Searcher
from adversaries.space import Space
from adversaries.workforce.base import ThisProcess
from cr_toolkit.checker import check_data
from cr_toolkit.errors import InputError
from cr_toolkit.model import Schedule
from cr_toolkit.model.formats import WitnessRecord, read_witness, to_json
from cr_toolkit.policies import Admission, FullView, PriorityPolicy, Queue, make_policy
from cr_toolkit.simulation import simulate


class LargestFirst(PriorityPolicy):
    def priority(self, request: FullView) -> int:
        return -request.volume


def assert_certified(result: SearchResult) -> None:
    witness: WitnessRecord = result.best
    instance = witness.instance.to_instance()
    own, upper = Schedule(witness.policy_schedule.start), Schedule(witness.optimum.upper.start)
    for schedule, cost in ((own, witness.policy_schedule.cost), (upper, witness.optimum.upper.cost)):
        assert schedule.violation(instance) is None
        assert schedule.total_latency(instance) == cost
    assert instance.alpha <= result.alpha
    assert witness.optimum.lower.value <= witness.optimum.upper.cost
    assert result.ratio[0] == Fraction(own.total_latency(instance), upper.total_latency(instance))
    assert result.ratio[0] <= result.ratio[1]
    assert result.history[-1].ratio == result.ratio[0]
    assert result.history[-1].requests == len(instance)


@pytest.mark.parametrize("searcher", [*SEARCHERS.names(), "auto"])
@pytest.mark.parametrize("admission", ["lookahead", "peak"])
def test_every_searcher_returns_a_certified_witness(searcher: str, admission: str) -> None:
    burst = searcher == "auto" or SEARCHERS[searcher].serves_bursts
    traffic = "burst" if burst else "arbitrary"
    result = search(admission=admission, searcher=searcher, traffic=traffic, evaluations=150, max_requests=60, seed=3)
    assert_certified(result)
    assert result.evaluations == 150
    assert result.stopped_by == "evaluations"
    assert result.searcher == searcher
    run = simulate(result.best.instance.to_instance(), "svf", admission=admission)
    assert run.schedule.start == result.best.policy_schedule.start
    assert result.best.policy.parameters == {"admission": admission, "queue": "head-of-line"}
    assert result.best.policy.order is None


@pytest.mark.parametrize("alpha", ["1", "3/4", "1/3", "1/50"])
def test_alpha_is_respected(alpha: str) -> None:
    result = search(alpha=alpha, evaluations=600, max_requests=50)
    assert_certified(result)
    assert result.best.instance.to_instance().alpha <= Fraction(alpha)


def test_arrivals_only_when_asked_for() -> None:
    burst = search("fcfs", evaluations=800, max_requests=40)
    free = search("fcfs", evaluations=800, max_requests=40, traffic="arbitrary", searcher="hill")
    assert burst.best.instance.to_instance().is_burst
    assert not free.best.instance.to_instance().is_burst
    assert_certified(free)


def test_policy_objects_and_parameters() -> None:
    own = search(LargestFirst(), evaluations=300, max_requests=40)
    assert_certified(own)
    assert own.best.policy.name == "LargestFirst"
    assert sorted(own.best.policy.order or ()) == list(range(len(own.best.instance.to_instance())))
    one_bit = search("svf-1bit", parameters={"threshold": 3}, evaluations=300, max_requests=40)
    assert one_bit.best.policy.parameters["threshold"] == 3
    assert {"short", "long"} <= set(one_bit.best.policy.parameters)


def test_a_search_without_families_starts_from_nothing() -> None:
    result = search(evaluations=600, max_requests=60, families=False)
    assert_certified(result)
    assert result.ratio[0] < search(evaluations=60).ratio[0]
    with pytest.raises(InputError, match="searcher must not be family"):
        search(searcher="family", families=False, evaluations=10)


def test_a_search_may_begin_at_given_candidates() -> None:
    start = FAMILIES["F2"]().pattern(height=16, rounds=16)
    too_wide = FAMILIES["F5"]().pattern(prompt=50, length=8, memory=480, rounds=10)
    result = search(evaluations=1, starts=[start, too_wide], searcher="random", max_requests=300)
    assert_certified(result)
    assert result.ratio[0] >= Fraction("1.86")
    assert result.history[0].evaluations == 0


def test_skipping() -> None:
    result = search(queue="skipping", evaluations=300, max_requests=40)
    assert_certified(result)
    assert result.best.policy.parameters["queue"] == "skipping"


def test_saved_witness_is_the_best(tmp_path: Path) -> None:
    seen = []
    result = search(evaluations=900, max_requests=40, out=tmp_path, progress=seen.append)
    assert result.path == tmp_path / "best.json"
    assert to_json(read_witness(result.path)) == to_json(result.best)
    assert [p.name for p in tmp_path.iterdir()] == ["best.json"]
    assert seen[-1].evaluations == 900
    assert all(a.evaluations <= b.evaluations for a, b in pairwise(seen))
    assert all(a.ratio < b.ratio for a, b in pairwise(result.history))


def test_seconds_stop_a_search() -> None:
    result = search(seconds=0.5, max_requests=40)
    assert result.stopped_by == "seconds"
    assert 0 < result.seconds < 20
    assert_certified(result)


def test_a_budget_too_small_for_anything_still_gives_a_witness() -> None:
    result = search(seconds=1e-9)
    assert (result.stopped_by, result.evaluations, result.ratio) == ("seconds", 0, (1, 1))
    assert_certified(result)


def test_interruption_keeps_the_best() -> None:
    def interrupt(progress: object) -> None:
        raise KeyboardInterrupt

    result = search(evaluations=10**6, max_requests=40, progress=interrupt)
    assert result.stopped_by == "interrupted"
    assert 0 < result.evaluations < 10**6
    assert_certified(result)


def test_ctrl_c_while_the_workers_end_keeps_the_best_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(ThisProcess, "close", interrupt)
    result = search(evaluations=50, max_requests=40)
    assert (result.stopped_by, result.evaluations) == ("interrupted", 50)
    assert_certified(result)


class Broken(PriorityPolicy):
    def priority(self, request: FullView) -> int:
        return 1 // (request.output - 1)


def test_a_policy_that_fails_is_named() -> None:
    with pytest.raises(InputError, match="the priority of policy Broken failed: ZeroDivisionError"):
        search(Broken, evaluations=2000)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"alpha": "0"}, "alpha must be above 0"),
        ({"alpha": "3/2"}, "at most 1"),
        ({"alpha": "half"}, "alpha must be a rational"),
        ({"alpha": Fraction(1, 10**9)}, "alpha must be at least"),
        ({"evaluations": 0}, "evaluations must be >= 1"),
        ({"seconds": 0}, "seconds must be a positive number"),
        ({"seconds": float("inf")}, "seconds must be a positive number"),
        ({"seed": -1}, "seed must be >= 0"),
        ({"jobs": 0}, "jobs must be >= 1"),
        ({"max_requests": 0}, "max_requests must be >= 1"),
        ({"traffic": "poisson"}, "traffic must be burst or arbitrary"),
        ({"searcher": "patern"}, "did you mean 'pattern'"),
        ({"policy": "svff"}, "did you mean 'svf'"),
        ({"searcher": "family", "families": False}, "searcher must not be family"),
        ({"policy": "a-min", "parameters": {"lower": 5_001}}, "parameter lower must be at most 5000, the most steps"),
        ({"parameters": {"depth": 1}}, "depth is not a parameter of svf"),
    ],
)
def test_bad_arguments_are_explained(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        search(**{"evaluations": 10, **arguments})  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["sorted-f", "sps", "gba", "gsa", "mc-sf", "a-max", "a-min", "svf-predicted"])
def test_policies_of_every_kind_are_attacked_within_their_premises(name: str) -> None:
    result = search(name, evaluations=30, max_requests=20, seed=3, alpha="3/4")
    assert check_data(to_json(result.best).encode()).accepted
    instance = result.best.instance.to_instance()
    assert make_policy(name).unmet_premise(instance) is None
    assert result.ratio[0] > 1
    assert instance.alpha <= Fraction(3, 4)


def test_a_stated_interval_holds_the_outputs_of_every_candidate() -> None:
    result = search("a-min", parameters={"lower": 3}, evaluations=30, max_requests=20)
    assert all(request.output >= 3 for request in result.best.instance.to_instance().requests)


def test_a_policy_for_bursts_is_not_attacked_by_arrivals() -> None:
    with pytest.raises(InputError, match="traffic must be burst, which the policy needs"):
        search("gsa", traffic="arbitrary", evaluations=1)


def test_a_task_keeps_the_better_of_two_looks_at_one_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    pattern, starts = Pattern(4, (Block(0, 2, 2),)), np.zeros(2, np.int64)

    class Repeating(Searcher):
        def ask(self) -> Pattern:
            return pattern

        def tell(self, pattern: Pattern, ratio: Fraction) -> None:
            pass

    class Forgetful:
        uppers: ClassVar = [5, 4, 6]

        def evaluate_above(self, *_: object) -> Evaluation:
            return Evaluation(8, self.uppers.pop(0), starts)

    monkeypatch.setattr(tasks, "SEARCHERS", {"repeating": Repeating})
    setting = tasks.Setting("svf", {}, Admission.LOOKAHEAD, Queue.HEAD_OF_LINE, Space(Fraction(1), True, 9), 0)
    task = tasks.Task(0, "repeating", 3, Fraction(1), 9, ())
    outcome = tasks.run_task(setting, Forgetful(), task)  # type: ignore[arg-type]
    assert outcome.found == (Scored(pattern, Fraction(2)),)

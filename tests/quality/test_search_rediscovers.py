"""The search must find bad instances that are known to exist, within small counted budgets."""

from fractions import Fraction
from statistics import median

import pytest

from adversaries import FAMILIES, search
from adversaries.pattern import Pattern
from cr_toolkit.policies import FullView, Information, PriorityPolicy, PromptView, Queue


class LargestVolumeFirst(PriorityPolicy):
    def priority(self, request: FullView) -> int:
        return -request.volume


class LongestFirst(PriorityPolicy):
    def priority(self, request: FullView) -> int:
        return -request.output


class LastComeFirstServed(PriorityPolicy):
    information = Information.NONE

    def priority(self, request: PromptView) -> int:
        return -request.arrival


class Scrambled(PriorityPolicy):
    def priority(self, request: FullView) -> int:
        return (request.prompt * 7919 + request.output * 104729) % 1009


@pytest.mark.parametrize("policy", [LargestVolumeFirst, LongestFirst, LastComeFirstServed, Scrambled, "fcfs"])
@pytest.mark.parametrize("alpha", ["1/2", "1/4"])
def test_bad_policies_are_caught_without_families(policy: type[PriorityPolicy] | str, alpha: str) -> None:
    result = search(policy, alpha=alpha, searcher="blocks", evaluations=1500, max_requests=60)
    assert result.ratio[0] > 5


@pytest.mark.parametrize("policy", [LargestVolumeFirst, LongestFirst, LastComeFirstServed, Scrambled, "fcfs", "sjf"])
def test_bad_policies_are_caught_by_default(policy: type[PriorityPolicy] | str) -> None:
    assert search(policy, evaluations=200).ratio[0] > 20


def test_largest_first_is_caught_on_short_lists() -> None:
    assert search(LargestVolumeFirst, searcher="hill", evaluations=2000).ratio[0] > 5


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_default_search_for_svf(seed: int) -> None:
    assert search(evaluations=60, seed=seed).ratio[0] > Fraction("1.93")


@pytest.mark.parametrize("seed", [0, 1])
def test_patterns_alone_rediscover_thin_blocks_wide(seed: int) -> None:
    result = search(searcher="pattern", evaluations=4000, max_requests=80, seed=seed)
    assert result.ratio[0] > Fraction("1.7")


def test_patterns_alone_rediscover_the_comb() -> None:
    result = search(admission="peak", searcher="pattern", evaluations=5000, max_requests=140)
    assert result.ratio[0] > Fraction("2.3")


@pytest.mark.parametrize(
    ("policy", "small", "goal"),
    [
        ("sjf", FAMILIES["F7"]().pattern(memory=64, peak=32), 7),
        ("fcfs", FAMILIES["F8"]().pattern(memory=32, peak=16), 50),
    ],
)
def test_scaling_follows_a_small_instance(policy: str, small: Pattern, goal: int) -> None:
    result = search(policy, searcher="scaling", starts=[small], evaluations=400, max_requests=1000)
    assert 2 * result.history[0].ratio < goal
    assert result.ratio[0] > goal


def test_annealing_rediscovers_thin_blocks_wide() -> None:
    assert search(searcher="anneal-pattern", evaluations=3000, max_requests=80).ratio[0] > Fraction("1.75")


def test_annealing_lists_rediscovers_unfair_orders() -> None:
    assert search(LargestVolumeFirst, searcher="anneal-lists", evaluations=2000).ratio[0] > 5


def test_bilevel_needs_few_evaluations() -> None:
    result = search(searcher="bilevel", evaluations=150, max_requests=24)
    assert result.ratio[0] > Fraction("1.35")


def test_map_elites_finds_exclusive_requests() -> None:
    result = search(alpha="9/10", searcher="map-elites", evaluations=2500, max_requests=80)
    assert result.ratio[0] > Fraction("2.5")


UNBOUNDED = [
    ("sjf", "1/2", Queue.HEAD_OF_LINE),
    ("fcfs", "1/2", Queue.HEAD_OF_LINE),
    ("svf", "51/100", Queue.SKIPPING),
    ("svf-1bit", "1/2", Queue.HEAD_OF_LINE),
]


def test_ratio_grows_with_the_limit_from_nothing() -> None:
    small, large = (search("fcfs", families=False, evaluations=4000, max_requests=most) for most in (30, 300))
    assert large.ratio[0] > 1.5 * small.ratio[0]


@pytest.mark.slow
@pytest.mark.parametrize(("policy", "alpha", "queue"), UNBOUNDED)
def test_ratios_grow_with_the_limit_from_nothing(policy: str, alpha: str, queue: Queue) -> None:
    def typical(most: int) -> Fraction:
        return median(
            search(
                policy, alpha=alpha, queue=queue, families=False, evaluations=20_000, max_requests=most, seed=seed
            ).ratio[0]
            for seed in range(3)
        )

    small, medium, large = typical(30), typical(100), typical(400)
    assert small < medium < large
    assert large > Fraction(3, 2) * small


@pytest.mark.slow
def test_svf_from_nothing() -> None:
    assert median(search(families=False, evaluations=15_000, seed=seed).ratio[0] for seed in range(3)) > Fraction(7, 4)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("alpha", "admission", "most", "goal"),
    [
        ("1/2", "lookahead", 80, "1.80"),
        ("1/2", "lookahead", None, "1.93"),
        ("3/4", "lookahead", 80, "2.5"),
        ("9/10", "lookahead", None, "4.4"),
        ("1/2", "peak", 140, "2.7"),
        ("1/2", "peak", None, "3.3"),
        ("1/8", "lookahead", 140, "1.65"),
        ("1/2", "lookahead", 8, "1.30"),
        ("1/2", "peak", 8, "1.62"),
    ],
)
def test_search_table(alpha: str, admission: str, most: int | None, goal: str) -> None:
    result = search(alpha=alpha, admission=admission, max_requests=most, evaluations=15_000, jobs=2)
    assert result.ratio[0] >= Fraction(goal)

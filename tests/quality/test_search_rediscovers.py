"""The search must find bad instances that are known to exist, within small counted budgets."""

from fractions import Fraction

import pytest

from adversaries import search
from cr_toolkit.policies import FullView, Information, PriorityPolicy, PromptView


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
    ],
)
def test_search_table(alpha: str, admission: str, most: int | None, goal: str) -> None:
    result = search(alpha=alpha, admission=admission, max_requests=most, evaluations=40_000, jobs=2)
    assert result.ratio[0] >= Fraction(goal)

"""Requests, instances and schedules against hand-computed values."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cr_toolkit.errors import InputError
from cr_toolkit.model import MAX_INTEGER, Attempt, Instance, MemoryStep, Request, Schedule

GOLDEN = Instance.burst(11, [(0, 10), (4, 3), (3, 3)])


@pytest.mark.parametrize(
    ("prompt", "output", "peak", "volume"),
    [
        (0, 1, 1, 1),
        (5, 1, 6, 6),
        (0, 4, 4, 1 + 2 + 3 + 4),
        (3, 5, 8, 4 + 5 + 6 + 7 + 8),
        (7, 2, 9, 8 + 9),
        (10**9, 10**9, 2 * 10**9, 10**18 + 10**9 * (10**9 + 1) // 2),
    ],
)
def test_peak_and_volume_by_hand(prompt: int, output: int, peak: int, volume: int) -> None:
    request = Request(0, prompt, output)
    assert (request.peak, request.volume) == (peak, volume)


def test_values_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        GOLDEN.requests[0].prompt = 1  # type: ignore[misc]
    with pytest.raises(AttributeError):
        GOLDEN.memory = 1  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        GOLDEN.arrays.prompt[0] = 7


def test_summaries_of_an_instance() -> None:
    instance = Instance.from_triples(20, [(0, 3, 5), (4, 0, 7), (2, 9, 1)])
    assert instance.max_peak == 10
    assert instance.alpha == Fraction(1, 2)
    assert instance.longest_output == 7
    assert instance.total_volume == 30 + 28 + 10
    assert instance.horizon == 4 + 13
    assert not instance.is_burst
    assert GOLDEN.is_burst
    assert instance.arrays.arrival.tolist() == [0, 4, 2]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Request(-1, 0, 1), "arrival must be >= 0, got -1"),
        (lambda: Request(0, -2, 1), "prompt must be >= 0, got -2"),
        (lambda: Request(0, 0, 0), "output must be >= 1, got 0"),
        (lambda: Request(0, 0, 1.0), "output must be an integer, got 1.0"),
        (lambda: Request(0, True, 1), "prompt must be an integer, got True"),
        (lambda: Request(0, MAX_INTEGER + 1, 1), "prompt must be at most 2^53 - 1, got 9007199254740992"),
        (lambda: Instance(0, (Request(0, 0, 1),)), "memory must be >= 1, got 0"),
        (lambda: Instance(5, ()), "requests must hold at least one request"),
        (
            lambda: Instance.burst(5, [(1, 1), (3, 3)]),
            "requests[1] needs prompt + output = 6 tokens, more than the memory 5",
        ),
        (lambda: Schedule((0, -1)), "start[1] must be >= 0, got -1"),
        (lambda: Schedule((0,)).total_latency(GOLDEN), "start has 1 starts for 3 requests"),
    ],
)
def test_a_broken_rule_is_one_clear_sentence(build, message: str) -> None:
    with pytest.raises(InputError) as caught:
        build()
    assert str(caught.value) == message


def test_golden_schedule_with_a_deliberate_delay() -> None:
    schedule = Schedule((1, 0, 3))
    assert schedule.total_latency(GOLDEN) == 20
    assert list(schedule.memory_steps(GOLDEN)) == [
        MemoryStep(1, 1, 5, 5),
        MemoryStep(2, 3, 7, 9),
        MemoryStep(4, 6, 7, 11),
        MemoryStep(7, 11, 6, 10),
    ]
    assert schedule.peak_memory(GOLDEN) == 11
    assert schedule.is_feasible(GOLDEN)


def test_violations_say_what_and_where() -> None:
    overflow = Schedule((0, 0, 3)).violation(GOLDEN)
    assert overflow is not None
    assert (overflow.step, overflow.request) == (6, None)
    assert overflow.reason == "step 6 holds 12 tokens, more than 11"
    early = Schedule((0, 0)).violation(Instance.from_triples(9, [(0, 1, 1), (2, 1, 1)]))
    assert early is not None
    assert early.request == 1
    assert early.reason == "request 1 starts at 0, before its arrival 2"


def test_idle_time_is_a_stretch_without_memory() -> None:
    instance = Instance.from_triples(9, [(0, 1, 1), (4, 2, 2)])
    assert list(Schedule((0, 4)).memory_steps(instance)) == [
        MemoryStep(1, 1, 2, 2),
        MemoryStep(2, 4, 0, 0),
        MemoryStep(5, 6, 3, 4),
    ]


ATTEMPTED = Instance.burst(6, [(1, 3), (0, 4)])


def test_stopped_attempts_hold_memory_and_cost_nothing_of_their_own():
    # Request 0 holds 2, 3 tokens in steps 1 and 2 and is stopped; request 1 runs from 0; then 0 again from 4 on.
    schedule = Schedule((4, 0), (Attempt(0, 0, 2),))
    held = [(step.memory_first, step.memory_last) for step in schedule.memory_steps(ATTEMPTED)]
    assert held == [(3, 5), (3, 4), (2, 4)]
    assert schedule.total_latency(ATTEMPTED) == 7 + 4
    assert schedule.violation(ATTEMPTED) is None
    assert schedule.without_stops() == Schedule((4, 0))


@pytest.mark.parametrize(
    ("attempt", "reason"),
    [
        (Attempt(0, 0, 3), "request 0 cannot have been stopped at 3, started at 0"),
        (Attempt(0, 2, 2), "request 0 cannot have been stopped at 2, started at 2"),
        (Attempt(0, 3, 5), "request 0 starts again before its attempt ends at 5"),
        (Attempt(1, 0, 1), "request 1 starts again before its attempt ends at 1"),
        (Attempt(0, 1, 3), "step 3 holds 6 tokens, more than 5"),
    ],
)
def test_impossible_attempts_are_no_schedule(attempt: Attempt, reason: str):
    instance = Instance(5, ATTEMPTED.requests)
    violation = Schedule((4, 0), (attempt,)).violation(instance)
    assert violation is not None
    assert violation.reason == reason


def test_attempts_before_the_arrival_or_of_nobody_are_refused():
    late = Instance.from_triples(6, [(1, 1, 3), (0, 0, 4)])
    violation = Schedule((4, 0), (Attempt(0, 0, 2),)).violation(late)
    assert violation is not None
    assert violation.reason == "request 0 starts at 0, before its arrival 1"
    with pytest.raises(InputError, match=r"stopped\[0\].request is 7, and there are 2 requests"):
        Schedule((4, 0), (Attempt(7, 0, 2),)).violation(ATTEMPTED)
    with pytest.raises(InputError, match=r"stopped\[0\].end must be >= 0, got -1"):
        Schedule((4, 0), (Attempt(0, 0, -1),))

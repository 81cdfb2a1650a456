"""The enumeration engine gives up cleanly: too many requests, no time left, nobody waiting."""

import threading
import time

import pytest

from cr_toolkit.model import Instance
from lp_models.engines import Task, enumeration

SIX = Instance.burst(14, [(0, 7), (2, 5), (4, 3), (1, 6), (3, 2), (5, 4)])


class StopAfter(threading.Event):
    """Is set from the given look at it on."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def is_set(self) -> bool:
        self.looks -= 1
        return self.looks < 0


def task(instance: Instance, upper: int, stop: threading.Event | None = None) -> Task:
    return Task(instance, upper, {}, time.monotonic() + 60, stop=stop or threading.Event())


def test_eight_requests_are_taken_and_nine_are_not():
    alone = Instance.burst(4, [(3, 1)] * 9)
    answer = enumeration.enumeration(task(alone, 100))
    assert (answer.schedule, answer.proved) == (None, False)
    assert answer.note == "too large to be enumerated: more than 8 requests"
    answer = enumeration.enumeration(task(Instance.burst(4, [(3, 1)] * 8), 100))
    assert answer.proved
    assert answer.schedule is not None
    assert sorted(answer.schedule.start) == list(range(8))


def test_it_stops_when_nobody_waits_any_more():
    stop = threading.Event()
    stop.set()
    answer = enumeration.enumeration(task(SIX, 100, stop))
    assert (answer.schedule, answer.proved, answer.note) == (None, False, "out of time")


def test_what_was_found_before_the_stop_is_kept_and_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch):
    best = enumeration.enumeration(task(SIX, 100)).schedule
    assert best is not None
    monkeypatch.setattr(enumeration, "_TESTS", 1)
    costs = set()
    for looks in range(0, 400, 40):
        answer = enumeration.enumeration(task(SIX, 100, StopAfter(looks)))
        assert (answer.proved, answer.note) == (False, "out of time")
        if answer.schedule is not None:
            assert answer.schedule.is_feasible(SIX)
            costs.add(answer.schedule.total_latency(SIX))
    assert costs
    assert min(costs) >= best.total_latency(SIX)

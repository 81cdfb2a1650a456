"""Branching as a search, and its race with the enumeration: limits, what is continued, who is asked."""

import itertools
import threading
import time

import pytest

from cr_toolkit.model import Instance
from lp_models import branching, race
from lp_models.branching import Branching, branching_seconds, repeat_branching
from lp_models.claims import Claim
from lp_models.prices import raised_prices
from lp_models.race import Attempt, Race

HARD = Instance.burst(16, [(2, 5), (0, 8), (1, 4), (3, 3), (0, 6), (4, 4), (1, 7), (2, 2), (0, 5), (3, 5)])
WIDE = Instance.burst(300, [(90, 60), (0, 150), (40, 100), (70, 31), (10, 120), (110, 17)])


def soon() -> float:
    return time.monotonic() + 60


@pytest.fixture(scope="module")
def wide() -> Race:
    return Race(WIDE, raised_prices(WIDE, 700, 400, 300), 400)


def optimum_of(contest: Race, target: int) -> int:
    # An attempt may end undecided when branching takes longer than it promised; the next one goes on.
    for _ in range(100):
        attempt = contest.prove(target, time.monotonic() + 5)
        if attempt.schedule is not None:
            target = attempt.schedule.total_latency(WIDE)
        elif attempt.claim is not None:
            assert attempt.claim.repeat(WIDE, 60).integer == target
            return target
    raise AssertionError("nothing was decided")


def test_the_race_ends_with_the_optimum(wide):
    best = optimum_of(wide, 2000)
    assert optimum_of(wide, best + 1) == best


def test_a_tree_is_continued_where_it_was_left():
    prices = raised_prices(HARD, 100, 30, 300)
    whole = Branching(HARD, 95, prices)
    whole.run(soon())
    parts = Branching(HARD, 95, prices)
    assert parts.left == float("inf")
    for _ in range(10**6):
        parts.run(time.monotonic() + 1e-3)
        if parts.done or parts.schedule is not None:
            break
    assert (parts.done, parts.closed, parts.schedule) == (whole.done, whole.closed, whole.schedule)
    assert parts.certificate() == whole.certificate()


def test_nobody_waiting_ends_it():
    tree = Branching(HARD, 95, {})
    stop = threading.Event()
    stop.set()
    tree.run(soon(), stop)
    assert (tree.done, tree.closed, tree.schedule) == (False, 0.0, None)


@pytest.mark.parametrize(
    ("limit", "value", "reason"),
    [
        ("MAX_STARTS", 10, "10 requests may start in"),
        ("MAX_STEPS", 3, "prices for"),
        ("MAX_CERTIFICATE", 10, "too large to be useful"),
        ("MAX_OPEN_BYTES", 10, "out of memory"),
    ],
)
def test_limits_leave_a_note(limit, value, reason, monkeypatch):
    monkeypatch.setattr(branching, limit, value)
    tree = Branching(HARD, 95, raised_prices(HARD, 100, 30, 300))
    tree.run(soon())
    assert not tree.done
    assert tree.left == float("inf")
    assert reason in tree.note


def test_what_the_outputs_prove_takes_no_entries():
    tree = Branching(WIDE, 478, {})
    assert tree.done
    assert tree.certificate() == {"scale": tree.certificate()["scale"], "pool": [], "tree": []}
    assert repeat_branching(WIDE, 478, tree.certificate()) == 0
    assert branching_seconds(tree.certificate()) == 0


def test_where_branching_promises_nothing_the_enumeration_has_all_the_time(monkeypatch):
    monkeypatch.setattr(branching, "MAX_STARTS", 0)
    contest = Race(HARD, raised_prices(HARD, 100, 30, 300), 30)
    attempt = contest.prove(60, soon())
    assert attempt.claim is not None
    assert attempt.claim.method == "enumeration"
    assert not contest.worth_branching(61, 60)


@pytest.mark.parametrize(("left", "asked"), [(1.0, ["enumeration", "tree"]), (1e6, ["enumeration"])])
def test_the_enumeration_is_asked_first_and_the_tree_goes_on_while_it_promises(left, asked, monkeypatch):
    calls = []
    contest = Race(HARD, {1: 1}, 30)
    grown = []

    class Tree:
        target, done, schedule, note, spent = 60, False, None, "", 0.0

        @property
        def left(self):
            return left if len(grown) < 3 else float("inf")

    def grow(target, deadline):
        contest._trees[target] = Tree()
        grown.append(target)
        if len(grown) > 1:
            calls.append("tree")
        return Attempt(claim=Claim(60, "branching", {})) if len(grown) > 1 else Attempt()

    monkeypatch.setattr(contest, "_grow", grow)
    monkeypatch.setattr(contest, "_enumerate", lambda *_: calls.append("enumeration") or Attempt())
    monkeypatch.setattr(race, "_CONTESTED", 10.0)
    contest.prove(60, time.monotonic() + 5)
    assert calls == asked


def test_where_branching_is_futile_lower_targets_are_for_the_enumeration(monkeypatch):
    contest = Race(HARD, raised_prices(HARD, 100, 30, 300), 30)
    monkeypatch.setattr(race, "_SLICE", 1e-6)
    attempt = contest.branch(83, soon(), 60.0)
    assert not attempt.decided
    assert contest.left(83) == float("inf")
    claim = contest.prove(80, soon()).claim
    assert claim is not None
    assert claim.method == "enumeration"
    assert contest.left(80) == float("inf")


@pytest.mark.parametrize(("fitting", "patience"), [(0.0, 0.5), (1e9, 8.0)])
def test_both_take_turns_until_one_decides(fitting, patience, monkeypatch):
    contest, now = Race(HARD, {1: 1}, 30), [0.0]
    turns = []

    class Tree:
        target, done, schedule, note, spent, left = 60, False, None, "", 0.0, 5.0

    def grow(target, deadline):
        turns.append(("tree", now[0]))
        now[0] += 0.05 if len(turns) < 40 else 1e3
        return Attempt()

    def enumerate_(target, deadline, repeated, pause):
        turns.append(("enumeration", now[0]))
        now[0] = min(pause, deadline)
        return Attempt(paused=True)

    contest._trees[60] = Tree()
    monkeypatch.setattr(race.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(type(contest.prover), "fitting_seconds", fitting)
    monkeypatch.setattr(contest, "_grow", grow)
    monkeypatch.setattr(contest, "_enumerate", enumerate_)
    assert not contest._contest(60, 100.0, repeated=False).decided
    spent = {"tree": 0.0, "enumeration": 0.0}
    assert turns[0] == ("enumeration", 0.0)
    for (who, begin), (_, end) in itertools.pairwise(turns):
        if who == "tree":
            assert spent["tree"] < patience * spent["enumeration"]
        else:
            assert spent["tree"] >= patience * spent["enumeration"]
        spent[who] += end - begin
    assert min(spent.values()) > 0.0


def test_a_leap_goes_on_when_it_is_tried_again(monkeypatch):
    monkeypatch.setattr(branching, "MAX_STARTS", 0)
    contest = Race(HARD, raised_prices(HARD, 83, 30, 300), 30)
    assert not contest.fits_within(60.0)
    assert contest.leap(83, soon(), 0.0).paused
    claim = contest.prove(83, soon()).claim
    assert claim is not None
    assert claim.repeat(HARD, 60).integer == 83
    assert contest.leap(83, soon(), 0.0).paused
    contest.stop()
    assert not contest.prover._paused

"""The adaptive adversary hurts every policy, more with more memory, and notices who looks into the future."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

import pytest

from adversaries import FAMILIES, search
from adversaries.adaptive import Blocking, NotOnlineError, play
from adversaries.adaptive import game as module
from adversaries.adaptive.game import History, Move
from adversaries.folding import pattern_of
from adversaries.subject import Subject
from cr_toolkit.checker import check_data
from cr_toolkit.errors import InputError
from cr_toolkit.model import Request
from cr_toolkit.model.formats import to_json
from cr_toolkit.policies import POLICIES, Admission, Premise, Queue
from tests.unit.test_shrinking import subject

RULES = [("lookahead", "head-of-line"), ("lookahead", "skipping"), ("peak", "head-of-line")]
GAMES = [
    pytest.param(name, rules, id=f"{name}-{'-'.join(rules)}")
    for name, policy in POLICIES.items()
    if Premise.BURST not in policy.premises
    for rules in (RULES if policy.rules_apply else RULES[:1])
]


@pytest.mark.parametrize(("policy", "rules"), GAMES)
def test_the_ratio_is_about_root_n_against_every_policy(policy, rules):
    against = Subject(policy, {}, Admission(rules[0]), Queue(rules[1]))
    ratios = []
    for memory in (16, 32, 64):
        pattern = pattern_of(play(Blocking(memory), against))
        ratios.append(against.evaluator().evaluate(pattern).ratio)
        assert pattern.size == memory**2 // 4 + 1
        assert ratios[-1] >= Fraction(1, 2) * isqrt(pattern.size)
    assert ratios[2] > Fraction(19, 10) * ratios[1] > Fraction(36, 10) * ratios[0]


def test_a_small_game_is_certified_by_the_checker():
    against = subject("svf")
    witness = against.witness(pattern_of(play(Blocking(16), against)), {})
    assert Fraction(witness.ratio.lower) > 4
    assert check_data(to_json(witness).encode()).accepted


@pytest.mark.parametrize("width", [1, 2, 3])
def test_the_family_is_what_the_adversary_does(width):
    for policy in ("svf", "fcfs"):
        played = play(Blocking(24 * width, width), subject(policy))
        assert FAMILIES["F11"]().pattern(memory=24 * width, width=width).instance() == played
        assert played.max_peak * width <= played.memory


class Scripted:
    def __init__(self, *moves, memory=8):
        self.memory = memory
        self.seen = []
        self._moves = list(moves)

    def move(self, history: History) -> Move | None:
        self.seen.append(history)
        return self._moves.pop(0) if self._moves else None


def test_a_policy_that_looks_ahead_is_caught(monkeypatch):
    moves = (Move((Request(0, 0, 4), Request(0, 0, 3)), 5), Move((Request(6, 0, 1),), 7))
    assert len(play(Scripted(*moves), subject())) == 3
    honest = module.simulate

    def clairvoyant(instance, *args, **kwargs):
        run = honest(instance, *args, **kwargs)
        if len(instance) == 3:
            # It waits for the request that it should not know of.
            object.__setattr__(run.schedule, "start", (6, *run.schedule.start[1:]))
        return run

    monkeypatch.setattr(module, "simulate", clairvoyant)
    with pytest.raises(
        NotOnlineError, match="by step 5 the policy starts request 0 at 0, and at no step when others arrive after it"
    ):
        play(Scripted(*moves), subject())


def test_starts_after_now_may_still_change():
    # The second long request would start at 4; short ones that arrive before pass it under SVF.
    moves = (Move((Request(0, 4, 4), Request(0, 4, 4)), 2), Move((Request(3, 0, 8),) + (Request(4, 7, 1),) * 2, 9))
    adversary = Scripted(*moves)
    play(adversary, subject())
    assert adversary.seen[1].start[1] > 2
    assert adversary.seen[2].start[1] > adversary.seen[1].start[1]


def test_a_later_stop_is_no_look_into_the_future():
    # A_min takes every output for 1 and stops a request when memory runs out, here because of a later arrival.
    moves = (Move((Request(0, 1, 7),), 2), Move((Request(3, 1, 7),), 9))
    adversary = Scripted(*moves)
    play(adversary, Subject("a-min", {"lower": 1}, Admission.LOOKAHEAD, Queue.HEAD_OF_LINE))
    assert adversary.seen[1].stopped == ()
    assert {attempt.start for attempt in adversary.seen[2].stopped} & {0, 3}


def test_adversaries_must_play_by_the_rules(monkeypatch):
    with pytest.raises(InputError, match="past"):
        play(Scripted(Move((Request(0, 0, 1),), 3), Move((Request(3, 0, 1),), 5)), subject())
    with pytest.raises(InputError, match="past"):
        play(Scripted(Move((Request(0, 0, 1),), 3), Move((), 3)), subject())
    with pytest.raises(InputError, match="at least one request"):
        play(Scripted(), subject())
    monkeypatch.setattr(module, "_MOST_ROUNDS", 2)
    with pytest.raises(InputError, match="not done after 2 moves"):
        play(Scripted(*(Move((Request(t, 0, 1),), t) for t in range(3))), subject())


def test_blocking_waits_for_a_policy_that_waits_but_not_for_ever():
    adversary = Blocking(16)
    started = Request(0, 1, 15)
    assert adversary.move(History((started,), (3,), 0)) == Move((), 3)
    flood = adversary.move(History((started,), (3,), 3))
    assert min(request.arrival for request in flood.requests) == 3 + 8
    assert adversary.move(History((started,), (1000,), 0)) is None


@pytest.mark.parametrize("numbers", [{"memory": 3}, {"memory": 16, "width": 0}, {"memory": 16, "rate": 0}])
def test_impossible_adversaries_are_refused(numbers):
    with pytest.raises(InputError):
        Blocking(**numbers)


@pytest.mark.parametrize("policy", ["svf", "fcfs", "sjf"])
def test_the_searcher_plays_within_the_space(policy):
    settings = {"traffic": "arbitrary", "searcher": "adaptive", "evaluations": 60}
    small = search(policy, alpha=1, max_requests=80, **settings)
    large = search(policy, alpha=1, max_requests=320, **settings)
    assert large.ratio[0] > Fraction(3, 2) * small.ratio[0] > 6
    half = search(policy, alpha="1/2", max_requests=320, **settings)
    assert half.best.instance.to_instance().alpha <= Fraction(1, 2)
    assert half.ratio[0] > 4
    with pytest.raises(InputError, match="searcher adaptive needs --traffic arbitrary"):
        search(policy, searcher="adaptive", evaluations=5)


@pytest.mark.parametrize("seed", [0, 1])
def test_auto_plays_where_arrivals_are_arbitrary(seed):
    def found(traffic):
        what = {"traffic": traffic, "families": False, "max_requests": 300, "evaluations": 800, "seed": seed}
        return search("svf", **what).ratio[0]

    # The game at memory 32 releases 257 requests; without it, searches of this size end near 2.
    assert found("arbitrary") > 5 > found("burst")

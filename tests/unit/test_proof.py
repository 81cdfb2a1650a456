"""Proofs by compiled code: the checker repeats them, limits are kept, and lies are found out."""

import copy
import gc
import json
import random
import time
import weakref
from typing import Any

import pytest

from cr_toolkit.checker import check_data
from cr_toolkit.checker.digest import digest_of
from cr_toolkit.checker.enumeration import NodeLimitError
from cr_toolkit.model import Instance
from lp_models import OptimumBracket, branching, optimum, proof, solving
from lp_models.kernels import run
from lp_models.prices import raised_prices
from lp_models.proof import Prover, repeat
from lp_models.smoothing import smoothed_path_prices

HARD = Instance.burst(16, [(2, 5), (0, 8), (1, 4), (3, 3), (0, 6), (4, 4), (1, 7), (2, 2), (0, 5), (3, 5)])
WIDE = Instance.burst(300, [(90, 60), (0, 150), (40, 100), (70, 31), (10, 120), (110, 17)])


def soon() -> float:
    return time.monotonic() + 60


def judge(tree):
    """Return the checker's verdict on a certificate whose digest is made right first."""
    return check_data(json.dumps(tree | {"digest": digest_of(tree)}).encode())


@pytest.fixture(scope="module")
def certified() -> OptimumBracket:
    return optimum(HARD, engine="search", seconds=30)


@pytest.fixture(scope="module")
def prover(certified) -> Prover:
    return Prover(HARD, raised_prices(HARD, certified.upper, 30, 300), 30)


@pytest.mark.parametrize("instance", [HARD, WIDE])
def test_the_bracket_closes_and_the_checker_repeats_the_proof(instance):
    result = optimum(instance, engine="search", seconds=30)
    assert result.status == "optimal"
    certificate = result.lower_certificate
    assert len(certificate["pool"]) > 10
    assert len(certificate["choices"]) > 10
    assert certificate["nodes"] == repeat(instance, result.upper, certificate)
    assert check_data(json.dumps(result.to_certificate()).encode()).accepted
    # Without the vectors the same proof takes more nodes.
    with pytest.raises(NodeLimitError):
        repeat(
            instance, result.upper, certificate | {"pool": certificate["pool"][:1], "choices": []}, certificate["nodes"]
        )


def test_lies_about_the_optimum_are_rejected_whatever_the_certificate_says(certified):
    tree = certified.to_certificate()
    stream = random.Random(5)
    for _ in range(40):
        lie = copy.deepcopy(tree)
        lie["status"] = "bracketed"
        lie["lower"]["value"] += stream.choice([1, 2, 50])
        lie["upper"]["start"] = [sum(r.output for r in HARD.requests[:i]) for i in range(len(HARD))]
        lie["upper"]["cost"] = sum(lie["upper"]["start"]) + sum(r.output for r in HARD.requests)
        fields = lie["lower"]["certificate"]
        for _ in range(stream.randrange(20)):
            vector = stream.choice(fields["pool"])
            vector[stream.randrange(len(vector))] = stream.choice([0, 7, 10**6])
            fields["choices"][stream.randrange(len(fields["choices"]))] = stream.choice([0, 3, 9, -1, -4])
        verdict = judge(lie)
        assert not verdict.accepted
        assert "the lower bound" in verdict.reason


def test_a_target_that_is_too_high_meets_a_better_schedule(certified, prover):
    outcome = prover.prove(certified.upper + 1, soon())
    assert outcome.certificate is None
    assert outcome.schedule is not None
    assert outcome.schedule.total_latency(HARD) == certified.upper


def test_lower_targets_take_less(certified, prover):
    certificates = [prover.prove(certified.upper - less, soon()).certificate for less in (0, 4)]
    nodes = [repeat(HARD, certified.upper - less, c) for less, c in zip((0, 4), certificates, strict=True) if c]
    assert len(nodes) == 2
    assert nodes[1] < nodes[0]


def test_a_beam_finds_schedules_and_proves_nothing_when_it_drops_states(certified, prover):
    found = prover.prove(certified.upper + 20, soon(), beam=5)
    assert found.schedule is not None
    assert found.schedule.is_feasible(HARD)
    assert found.schedule.total_latency(HARD) < certified.upper + 20
    dropped = prover.prove(certified.upper, soon(), beam=1)
    assert dropped.certificate is None
    assert dropped.schedule is None


def test_time_space_and_length_are_limited(certified, prover, monkeypatch):
    assert "out of time" in prover.prove(certified.upper, 0).note
    monkeypatch.setattr(run, "STATE_BYTES", 1000)
    monkeypatch.setattr(run, "FIRST_ROWS", 1)
    assert "out of memory" in prover.prove(certified.upper, soon()).note
    monkeypatch.undo()
    monkeypatch.setattr(proof, "MAX_CERTIFICATE", 100)
    assert "too large to be useful" in prover.prove(certified.upper, soon()).note


def test_an_attempt_that_paused_goes_on_to_the_same_certificate(certified):
    prices = raised_prices(HARD, certified.upper, 30, 300)
    whole = Prover(HARD, prices, 30).prove(certified.upper, soon())
    prover, pauses = Prover(HARD, prices, 30), 0
    while (outcome := prover.prove(certified.upper, soon(), pause=0)).paused:
        assert "out of time" in outcome.note
        pauses += 1
    assert pauses > 5
    assert (outcome.certificate, outcome.note, outcome.states) == (whole.certificate, "", whole.states)


def test_besides_the_latest_only_the_highest_attempt_stays_paused(certified, monkeypatch):
    prover = Prover(HARD, raised_prices(HARD, certified.upper, 30, 300), 30)
    targets = [certified.upper - less for less in (3, 0, 2, 1)]
    for target in targets:
        assert prover.prove(target, soon(), pause=0).paused
    assert sorted(prover._paused) == [certified.upper - 1, certified.upper]
    prover.keep(0, certified.upper - 1)
    assert list(prover._paused) == [certified.upper - 1]
    monkeypatch.setattr(proof, "_PAUSED_BYTES", -1)
    assert prover.prove(certified.upper - 1, soon(), pause=0).paused
    assert prover.prove(certified.upper - 2, soon(), pause=0).paused
    assert list(prover._paused) == [certified.upper - 2]


def test_what_is_given_up_is_freed_at_once(certified):
    prover = Prover(HARD, raised_prices(HARD, certified.upper, 30, 300), 30)
    gc.collect()
    gc.disable()
    try:
        assert prover.prove(certified.upper, soon(), pause=0).paused
        gone = weakref.ref(prover._paused[certified.upper][0])
        prover.stop()
        assert gone() is None
    finally:
        gc.enable()


def test_attempts_that_take_turns_on_one_pool_are_all_repeated(certified):
    prices = raised_prices(HARD, certified.upper, 30, 300)
    prover = Prover(HARD, prices, 30)
    prover.use(smoothed_path_prices(HARD, certified.upper, prices, 30, soon()))
    targets = [certified.upper, certified.upper - 1]
    found: dict[int, Any] = {}
    while len(found) < len(targets):
        for target in targets:
            if target not in found and not (outcome := prover.prove(target, soon(), pause=0)).paused:
                found[target] = outcome.certificate
    for target, certificate in found.items():
        assert len(certificate["events"]) > 0
        assert repeat(HARD, target, certificate) > 0


def test_an_attempt_that_is_interrupted_is_given_up(certified, monkeypatch):
    prover = Prover(HARD, raised_prices(HARD, certified.upper, 30, 300), 30)
    assert prover.prove(certified.upper, soon(), pause=0, repeated=True).paused
    _, record = prover._paused[certified.upper]

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(record, "chose", interrupt)
    with pytest.raises(KeyboardInterrupt):
        prover.prove(certified.upper, soon())
    assert not prover._paused
    assert record.repetition._stop.is_set()


def test_a_full_pool_only_makes_the_search_longer(certified, monkeypatch):
    monkeypatch.setattr(run, "POOL_ROWS", 3)
    prices = raised_prices(HARD, certified.upper, 30, 300)
    certificate = Prover(HARD, prices, 30).prove(certified.upper - 3, soon()).certificate
    assert certificate is not None
    assert len(certificate["pool"]) <= 3
    assert repeat(HARD, certified.upper - 3, certificate) > 0


def test_what_cannot_be_closed_is_raised(certified, monkeypatch):
    monkeypatch.setattr(solving, "is_small", lambda *_: False)
    monkeypatch.setattr(solving, "can_smooth", lambda *_: False)
    without = optimum(HARD, engine="bounds")
    hardest = certified.upper - 2
    whole = Prover.prove

    def up_to(self, target, deadline, beam=None, **options):
        outcome = whole(self, target, deadline, beam, **options)
        return outcome if target <= hardest else proof.Outcome(schedule=outcome.schedule, note="too hard")

    monkeypatch.setattr(Prover, "prove", up_to)
    monkeypatch.setattr(solving.cp_sat, "available", lambda: False)
    monkeypatch.setattr(branching, "MAX_STARTS", 0)
    result = optimum(HARD, seconds=3)
    assert result.status == "bracketed"
    assert without.lower < result.lower == hardest < result.upper
    assert result.lower_method == "enumeration"
    assert check_data(json.dumps(result.to_certificate()).encode()).accepted


def test_a_proof_that_is_wrong_is_dropped_for_a_lower_one(certified, monkeypatch):
    whole = Prover.prove

    def spoilt(self, target, deadline, beam=None, **options):
        outcome = whole(self, target, deadline, beam, **options)
        if outcome.certificate is not None and target > certified.upper - 2:
            return proof.Outcome(outcome.certificate | {"choices": [0, -7, 0]})
        return outcome

    monkeypatch.setattr(solving, "is_small", lambda *_: False)
    monkeypatch.setattr(solving, "can_smooth", lambda *_: False)
    monkeypatch.setattr(Prover, "prove", spoilt)
    monkeypatch.setattr(solving.cp_sat, "available", lambda: False)
    monkeypatch.setattr(branching, "MAX_STARTS", 0)
    result = optimum(HARD, seconds=10)
    assert result.status == "bracketed"
    assert result.lower < certified.upper
    assert any("was not repeated" in note for note in result.notes)
    assert check_data(json.dumps(result.to_certificate()).encode()).accepted

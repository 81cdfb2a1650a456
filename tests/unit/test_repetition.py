"""Proofs repeated while they are made: what the checker's code says in its thread is what it says afterwards."""

import json
import queue
import sys
import time
from collections.abc import Iterator

import pytest

from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError
from cr_toolkit.model import Instance
from lp_models import branching, claims, optimum, proof, repetition
from lp_models.prices import raised_prices
from lp_models.proof import Prover, repeat
from lp_models.repetition import Repetition
from lp_models.repetition_process import answer
from lp_models.worker import Kept, WorkerError

HARD = Instance.burst(16, [(2, 5), (0, 8), (1, 4), (3, 3), (0, 6), (4, 4), (1, 7), (2, 2), (0, 5), (3, 5)])
UPPER = 83


def soon() -> float:
    return time.monotonic() + 60


@pytest.fixture
def prover() -> Iterator[Prover]:
    one = Prover(HARD, raised_prices(HARD, UPPER, 30, 300), 30)
    yield one
    one.stop()


def test_the_repetition_takes_the_nodes_that_the_certificate_takes(prover):
    outcome = prover.prove(UPPER, soon(), repeated=True)
    assert outcome.certificate is not None
    assert outcome.repetition is not None
    assert outcome.repetition.finish(60) == repeat(HARD, UPPER, outcome.certificate)


def test_without_a_proof_nothing_is_left_to_repeat(prover):
    assert prover.prove(UPPER + 1, soon(), repeated=True).repetition is None
    assert prover.prove(UPPER, 0, repeated=True).repetition is None


def test_a_proof_that_pauses_is_repeated_as_a_whole(prover):
    while (outcome := prover.prove(UPPER, soon(), pause=0, repeated=True)).paused:
        pass
    assert outcome.certificate is not None
    assert outcome.repetition is not None
    assert outcome.repetition.finish(60) == repeat(HARD, UPPER, outcome.certificate)


def test_a_proof_may_be_repeated_from_a_pause_on(prover):
    assert prover.prove(UPPER, soon(), pause=0).paused
    outcome = prover.prove(UPPER, soon(), repeated=True)
    assert outcome.certificate is not None
    assert outcome.repetition is not None
    assert outcome.repetition.finish(60) == repeat(HARD, UPPER, outcome.certificate)


def test_what_is_to_be_repeated_does_not_get_less_in_a_pause(prover):
    assert prover.prove(UPPER, soon(), pause=0, repeated=True).paused
    time.sleep(1.0)
    begin = time.monotonic()
    repetition = prover.prove(UPPER, soon(), repeated=True).repetition
    # What was chosen before the pause takes far less than that to repeat.
    assert repetition.begin > begin - 0.5
    repetition.stop()


def test_an_answer_that_is_ready_is_taken_though_there_is_no_time():
    one = Repetition(HARD, UPPER, 1, 1)
    one.feed([], [[0]])
    one.end()
    one._thread.join(60)
    assert one.finish(0) > 0


def test_a_certificate_that_is_too_long_is_not_repeated(prover, monkeypatch):
    monkeypatch.setattr(proof, "MAX_CERTIFICATE", 100)
    outcome = prover.prove(UPPER, soon(), repeated=True)
    assert (outcome.certificate, outcome.repetition) == (None, None)


def test_lies_are_found_out():
    for choices, error in (([7], ValueError), ([0] * 5000, BetterScheduleError)):
        one = Repetition(HARD, UPPER + 1, 1, 1)
        one.feed(choices, [[0]])
        with pytest.raises(error):
            one.finish(60)


def test_a_repetition_without_time_proves_nothing():
    one = Repetition(HARD, UPPER, 1, 1)
    one.feed([0] * 10**6, [[0]])
    with pytest.raises(NodeLimitError, match="no time"):
        one.finish(0)


def test_with_a_second_core_the_optimum_is_certified_by_the_repetition(monkeypatch):
    calls = []
    monkeypatch.setattr(claims, "repeat", lambda *arguments: calls.append(arguments))
    monkeypatch.setattr(branching, "MAX_STARTS", 0)
    result = optimum(HARD, seconds=30, jobs=2)
    assert result.is_optimal
    assert result.upper == UPPER
    assert not calls
    assert result.lower_certificate["nodes"] == repeat(HARD, UPPER, result.lower_certificate)


def answer_to(*parts, **changes):
    lines = queue.SimpleQueue()
    for part in (*parts, None):
        lines.put(json.dumps(part))
    question = {"memory": 11, "requests": [[0, 0, 10], [0, 4, 3], [0, 3, 3]], "target": 20, "scale": 1, "width": 1}
    found = answer(question | {"events": False, "limit": 10**5} | changes, lines)
    assert lines.empty()
    return found


def test_the_process_answers_a_question_and_reads_all_of_it():
    part = {"pool": [[0]], "events": [], "choices": []}
    assert answer_to(part)["nodes"] > 0
    assert answer_to(part, target=21)["cost"] == 20
    assert answer_to(part, part, limit=2) == {"limit": "more than 2 nodes"}
    assert answer_to(part | {"choices": [3]}, part) == {"fault": "there is no price vector 3"}
    assert answer_to() == {"fault": "there is no price vector 0"}
    rows = [[[0, -1], [2], []], [[0, 3], [1], []]]
    assert answer_to(part | {"events": [rows], "choices": [1]}, events=True)["nodes"] > 0
    assert "left over" in answer_to(part | {"events": [rows], "choices": [0]}, events=True)["fault"]


def test_without_a_process_the_proof_is_repeated_when_it_is_made(monkeypatch):
    monkeypatch.setattr(repetition, "_processes", Kept([sys.executable, "-c", "input(); raise SystemExit(7)"]))
    one = Repetition(HARD, UPPER, 1, 1)
    one.feed([], [[0]])
    with pytest.raises(WorkerError, match="exit code 7"):
        one.finish(60)
    monkeypatch.setattr(repetition, "_processes", Kept(["/nonexistent/python"]))
    repetition.prepare()
    with pytest.raises(WorkerError, match="could not be started"):
        Repetition(HARD, UPPER, 1, 1).finish(60)
    monkeypatch.setattr(branching, "MAX_STARTS", 0)
    result = optimum(HARD, seconds=30, jobs=2)
    assert result.is_optimal
    assert result.lower_certificate["nodes"] == repeat(HARD, UPPER, result.lower_certificate)

"""Proofs repeated while they are made: what the checker's code says in its thread is what it says afterwards."""

import time

import pytest

from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError
from cr_toolkit.model import Instance
from lp_models import branching, claims, optimum, proof
from lp_models.prices import raised_prices
from lp_models.proof import Prover, repeat
from lp_models.repetition import Repetition

HARD = Instance.burst(16, [(2, 5), (0, 8), (1, 4), (3, 3), (0, 6), (4, 4), (1, 7), (2, 2), (0, 5), (3, 5)])
UPPER = 83


def soon() -> float:
    return time.monotonic() + 60


@pytest.fixture(scope="module")
def prover() -> Prover:
    return Prover(HARD, raised_prices(HARD, UPPER, 30, 300), 30)


def test_the_repetition_takes_the_nodes_that_the_certificate_takes(prover):
    outcome = prover.prove(UPPER, soon(), repeated=True)
    assert outcome.certificate is not None
    assert outcome.repetition is not None
    assert outcome.repetition.finish(60) == repeat(HARD, UPPER, outcome.certificate)


def test_without_a_proof_nothing_is_left_to_repeat(prover):
    assert prover.prove(UPPER + 1, soon(), repeated=True).repetition is None
    assert prover.prove(UPPER, 0, repeated=True).repetition is None


def test_a_certificate_that_is_too_long_is_not_repeated(prover, monkeypatch):
    monkeypatch.setattr(proof, "MAX_CERTIFICATE", 100)
    outcome = prover.prove(UPPER, soon(), repeated=True)
    assert (outcome.certificate, outcome.repetition) == (None, None)


def test_lies_are_found_out():
    for choices, error in (([7], ValueError), ([0] * 5000, BetterScheduleError)):
        repetition = Repetition(HARD, UPPER + 1, 1, 1)
        repetition.feed(choices, [[0]])
        with pytest.raises(error):
            repetition.finish(60)


def test_a_repetition_without_time_proves_nothing():
    repetition = Repetition(HARD, UPPER, 1, 1)
    repetition.feed([0] * 10**6, [[0]])
    with pytest.raises(NodeLimitError, match="no time"):
        repetition.finish(0)


def test_with_a_second_core_the_optimum_is_certified_by_the_repetition(monkeypatch):
    calls = []
    monkeypatch.setattr(claims, "repeat", lambda *arguments: calls.append(arguments))
    monkeypatch.setattr(branching, "MAX_STARTS", 0)
    result = optimum(HARD, seconds=30, jobs=2)
    assert result.is_optimal
    assert result.upper == UPPER
    assert not calls
    assert result.lower_certificate["nodes"] == repeat(HARD, UPPER, result.lower_certificate)

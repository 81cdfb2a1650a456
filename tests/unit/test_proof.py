"""Guided proofs: the certificate repeats without a guide, and limits are kept."""

import copy
import json
import random
import time

import pytest

from cr_toolkit.checker import check_data
from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError, prove_no_better
from cr_toolkit.model import Instance
from lp_models import bracket, optimum, proof
from lp_models.prices import raised_prices

HARD = Instance.burst(16, [(2, 5), (0, 8), (1, 4), (3, 3), (0, 6), (4, 4), (1, 7), (2, 2), (0, 5), (3, 5)])


def soon() -> float:
    return time.monotonic() + 60


@pytest.fixture(scope="module")
def certified() -> bracket.OptimumBracket:
    return optimum(HARD, seconds=30)


def test_a_guided_proof_closes_the_bracket_and_the_checker_repeats_it(certified):
    assert certified.status == "optimal"
    certificate = certified.lower_certificate
    assert certificate["pool"]
    assert certificate["choices"]
    assert check_data(json.dumps(certified.to_certificate()).encode()).accepted
    plain = {key: certificate[key] for key in ("scale", "prices", "nodes")}
    requests = [(r.arrival, r.prompt, r.output) for r in HARD.requests]
    # Without the pool the same proof takes more nodes.
    with pytest.raises(NodeLimitError):
        prove_no_better(16, requests, certified.upper, dict(plain["prices"]), plain["scale"], plain["nodes"])


def test_lies_about_the_optimum_are_rejected_whatever_the_certificate_says(certified):
    tree = certified.to_certificate()
    stream = random.Random(5)
    for _ in range(40):
        lie = copy.deepcopy(tree)
        lie["status"] = "bracketed"
        lie["lower"]["value"] += stream.choice([1, 2, 50])
        lie["upper"]["start"] = [sum(r.output for r in HARD.requests[:i]) for i in range(len(HARD))]
        lie["upper"]["cost"] = sum(lie["upper"]["start"]) + sum(r.output for r in HARD.requests)
        proof_fields = lie["lower"]["certificate"]
        for _ in range(stream.randrange(20)):
            vector = stream.choice(proof_fields["pool"])
            vector[stream.randrange(1, len(vector))] = stream.choice([0, 7, 10**6])
            proof_fields["choices"][stream.randrange(len(proof_fields["choices"]))] = stream.randrange(9)
        verdict = check_data(json.dumps(lie).encode())
        assert not verdict.accepted
        assert "the lower bound" in verdict.reason


def test_malformed_pools_are_rejected(certified):
    tree = certified.to_certificate()
    count = len(tree["lower"]["certificate"]["pool"])
    changes = [
        *(("pool", index, junk) for index in range(0, count, 1 + count // 20) for junk in (None, [], [0, -1], [0.5])),
        *(("choices", index, junk) for index in range(20) for junk in (None, -1, count + 1, 0.5, True, "1")),
    ]
    for field, index, junk in changes:
        broken = copy.deepcopy(tree)
        entries = broken["lower"]["certificate"][field]
        entries[index % len(entries)] = junk
        assert not check_data(json.dumps(broken).encode()).accepted, (field, index, junk)


def test_lower_targets_are_proved_with_fewer_nodes_and_higher_ones_refuted(certified):
    prices = raised_prices(HARD, certified.upper, 30, 300)
    nodes = [
        proof.prove(HARD, certified.upper - less, prices, 30, 10**6, soon(), guided=True)["nodes"] for less in (0, 3)
    ]
    assert nodes[1] < nodes[0]
    with pytest.raises(BetterScheduleError) as caught:
        proof.prove(HARD, certified.upper + 1, prices, 30, 10**6, soon(), guided=True)
    assert caught.value.cost == certified.upper


def test_time_space_and_nodes_are_limited(certified, monkeypatch):
    with pytest.raises(NodeLimitError, match="out of time"):
        proof.prove(HARD, certified.upper, {}, 30, 10**6, 0, guided=True)
    with pytest.raises(NodeLimitError, match="more than 50 nodes"):
        proof.prove(HARD, certified.upper, {}, 30, 50, soon(), guided=True)
    monkeypatch.setattr(proof, "MAX_CERTIFICATE", 100)
    with pytest.raises(NodeLimitError, match="too large"):
        proof.prove(HARD, certified.upper, {}, 30, 10**6, soon(), guided=True)


def test_what_cannot_be_closed_is_raised(monkeypatch):
    without = optimum(HARD, engine="bounds")
    monkeypatch.setattr(bracket, "_NODES", 400)
    result = optimum(HARD, seconds=3)
    assert result.status == "bracketed"
    assert without.lower < result.lower < result.upper
    assert result.lower_method == "enumeration"
    assert check_data(json.dumps(result.to_certificate()).encode()).accepted

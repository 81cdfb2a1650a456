"""Runs of every policy, computed by hand."""

from __future__ import annotations

import json

import pytest

from cr_toolkit import Instance, Schedule, simulate
from cr_toolkit.checker import check_data
from cr_toolkit.errors import InputError
from cr_toolkit.model import Attempt
from cr_toolkit.model.formats import to_json
from cr_toolkit.policies import (
    POLICIES,
    Decision,
    EstimatePolicy,
    FullView,
    Moment,
    OnlinePolicy,
    OrderingPolicy,
    PlanningPolicy,
    make_policy,
)
from cr_toolkit.policies.staggering import stagger_width
from tests.witnesses import make_witness

# Peaks 6, 3, 11, 5, 3 of 12.
MIXED = Instance.burst(12, [(2, 4), (2, 1), (2, 9), (2, 3), (2, 1)])
ALIKE = Instance.burst(12, [(2, 4)] * 7)


def test_total_size_by_hand():
    # Peaks 5, 6, 4. At 0: the last and the first, at most 7 tokens in step 3. The wide one overflows step 2 from 0
    # (11 of 9), step 4 from 1 and 2, step 5 from 3 (5 + 6) and 4 (5 + 5): it waits until 5.
    run = simulate(Instance.burst(9, [(0, 5), (4, 2), (1, 3)]), "total-size")
    assert run.order == (2, 0, 1)
    assert run.schedule == Schedule((0, 5, 0))
    assert run.cost == 5 + 7 + 3


def test_mc_sf_by_hand():
    # By output: both of 1, then 3, then 4 start at 0, 4 x 3 = 12 tokens in step 1. The long one overflows step 3 from
    # 0, 1 and 2 (5 + 5 + 3), and fits beside the 6 of step 4 from 3 on.
    run = simulate(MIXED, "mc-sf")
    assert run.schedule == Schedule((0, 0, 3, 0, 0))
    assert run.cost == simulate(MIXED, "sjf").cost == 4 + 1 + 12 + 3 + 1


def test_a_max_by_hand():
    # Under [.., 9] every request is held to need 11 tokens: they run one after the other, in request order.
    run = simulate(MIXED, "a-max", parameters={"upper": 9})
    assert run.schedule == Schedule((0, 4, 5, 14, 17))
    assert run.cost == 4 + 5 + 14 + 17 + 18
    # Upper ends 7, 1, 15, 3, 1, the third counting as 10: like mc-sf, but the first is held to hold 9 tokens in step 7,
    # so that the long one waits until its surprising end at 4.
    run = simulate(MIXED, "a-max")
    assert run.schedule == Schedule((0, 0, 4, 0, 0))


def test_a_min_by_hand():
    # 0: requests 0-3 start, 12 tokens in step 1. 1: request 1 is done; the next step fits, 12. 2: it would hold 15;
    # all estimates are 2, so the last, 3, stops. 4: request 0 is done; 4 runs beside 2 (7 + 3), 3 does not fit.
    # 5: 3 starts beside 2 (8 + 3). 6: 9 + 4 overflow, 3 stops and starts again (9 + 3). 7: 10 + 4, 3 stops; 10 + 3
    # does not fit. 9: request 2 is done, and 3 runs alone.
    run = simulate(MIXED, "a-min", parameters={"lower": 1})
    assert run.schedule == Schedule((0, 0, 0, 9, 4), (Attempt(3, 0, 2), Attempt(3, 5, 6), Attempt(3, 6, 7)))
    assert run.cost == 4 + 1 + 9 + 12 + 5


def test_gsa_by_hand():
    # Slice 1, four at a time: 0-3 at 0, 4 at 1; 1 and 4 complete. Slice 2 from 2 on, three at a time (6 + 1 + 2 + 2
    # tokens): 0 and 2 at 2, 3 at 3, nothing completes. Slice 4 from 5 on, two at a time: at 5, 7, 9; 0 and 3 complete.
    # Slice 8 from 12 on does not do for 2, slice 10 = M - s from 20 on does.
    run = simulate(MIXED, "gsa")
    lost = [(0, 0, 1), (2, 0, 1), (3, 0, 1), (0, 2, 4), (2, 2, 4), (3, 3, 5), (2, 7, 11), (2, 12, 20)]
    assert run.schedule == Schedule((5, 0, 20, 9, 1), tuple(Attempt(*attempt) for attempt in lost))
    assert run.cost == 9 + 1 + 29 + 12 + 2


def test_gba_by_hand():
    # Classes {1, 4}, {3, 0} and {2}. The first runs in step 1. The second, spaced 4/2 for length 4: 3 at 1, 0 at 3,
    # done at 7, when the third starts.
    run = simulate(MIXED, "gba")
    assert run.schedule == Schedule((3, 0, 7, 1, 0))
    assert run.cost == 7 + 1 + 16 + 4 + 1


def test_sps_by_hand():
    # Two at a time hold 2 x 2 + 2 + 4 = 10 tokens, three 3 x 2 + 2 + 3 + 4 = 15: one starts every 2 steps.
    assert simulate(ALIKE, "sps").schedule == Schedule((0, 2, 4, 6, 8, 10, 12))


def test_sorted_f_by_hand():
    # F of the wide request alone is 1, of the three others 6/9; all four overflow step 1. So the three come first,
    # and the wide one, shortest though it is, starts at 2.
    instance = Instance.burst(10, [(9, 1), (0, 2), (0, 2), (0, 2)])
    run = simulate(instance, "sorted-f")
    assert run.order == (1, 2, 3, 0)
    assert run.schedule == Schedule((2, 0, 0, 0))
    assert run.cost == 3 + 2 + 2 + 2
    assert simulate(instance, "sjf").cost == 1 + 3 + 3 + 3


def test_svf_predicted_without_error_is_svf():
    assert simulate(MIXED, "svf-predicted", parameters={"error": 1}).schedule == simulate(MIXED, "svf").schedule
    assert simulate(MIXED, "svf-predicted", parameters={"error": 9}).order != simulate(MIXED, "svf").order


def test_stagger_width_takes_no_time():
    assert stagger_width(2**53, 0, 1) == 2**53
    assert stagger_width(2**53, 2**52, 2**52) == 1


@pytest.mark.parametrize(
    ("name", "parameters", "triples", "message"),
    [
        ("sps", {}, [(0, 1, 2), (0, 1, 3)], "policy sps needs one common output, and the outputs are 2 to 3"),
        ("gba", {}, [(0, 1, 2), (0, 2, 2)], "policy gba needs one common prompt, and the prompts are 1 to 2"),
        ("gsa", {}, [(0, 1, 2), (4, 1, 2)], "policy gsa needs a burst, and some request arrives at 4"),
        ("sorted-f", {}, [(3, 1, 2)], "policy sorted-f needs a burst, and some request arrives at 3"),
        ("gba", {"growth": 1}, [(0, 1, 2)], "policy parameter growth must be at least 11/10, got 1"),
        ("gsa", {"growth": "x"}, [(0, 1, 2)], "policy parameter growth must be a rational \"p/q\", got 'x'"),
        ("gsa", {"slice": 0}, [(0, 1, 2)], "policy parameter slice must be >= 1, got 0"),
        ("mc-sf", {"error": 0}, [(0, 1, 2)], "policy parameter error must be >= 1, got 0"),
        ("svf-predicted", {"seed": -1}, [(0, 1, 2)], "policy parameter seed must be >= 0, got -1"),
        ("a-max", {"upper": 0}, [(0, 1, 2)], "policy parameter upper must be >= 1, got 0"),
        (
            "a-max",
            {"upper": 2},
            [(0, 1, 3)],
            "policy a-max needs outputs of at most upper = 2, and some output is 3",
        ),
        (
            "a-min",
            {"lower": 3},
            [(0, 1, 2)],
            "policy a-min needs outputs of at least lower = 3, and some output is 2",
        ),
    ],
)
def test_what_a_policy_is_not_defined_on_is_one_clear_sentence(name, parameters, triples, message):
    with pytest.raises(InputError) as caught:
        simulate(Instance.from_triples(9, triples), name, parameters=parameters)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", [name for name, kind in POLICIES.items() if not kind.rules_apply])
@pytest.mark.parametrize("rules", [{"admission": "peak"}, {"queue": "skipping"}])
def test_policies_that_decide_by_themselves_refuse_other_rules(name, rules):
    with pytest.raises(InputError, match=f"policy {name} decides by itself when requests start"):
        simulate(ALIKE, name, **rules)


@pytest.mark.parametrize("name", POLICIES.names())
def test_choices_are_clauses(name):
    kind = POLICIES[name]
    assert all(choice and not choice.endswith(".") for choice in kind.choices)
    assert simulate(ALIKE, name).choices == kind.choices
    assert make_policy(name).restarts == (name in ("gsa", "a-min"))


class TooShort(EstimatePolicy):
    def estimate(self, request: FullView) -> int:
        return request.output - 1


class Partial(OrderingPolicy):
    def order(self, memory: int, requests: object) -> list[int]:
        return [0, 0]


class AtOnce(PlanningPolicy):
    def plan(self, memory: int, requests: list[FullView]) -> list[int]:
        return [0] * len(requests)


class Idle(OnlinePolicy):
    def decide(self, moment: Moment) -> Decision:
        return Decision()


class Sleepless(OnlinePolicy):
    def decide(self, moment: Moment) -> Decision:
        return Decision(wake=moment.now + 1)


class Vague(OnlinePolicy):
    def decide(self, moment: Moment) -> Decision:
        return Decision(wake=moment.now + 0.5)


class Silent(OnlinePolicy):
    def decide(self, moment: Moment) -> None:
        return None


class Halves(PlanningPolicy):
    def plan(self, memory: int, requests: list[FullView]) -> list[float]:
        return [0.5] * len(requests)


class Half(EstimatePolicy):
    def estimate(self, request: FullView) -> float:
        return request.output + 0.5


class Hasty(OnlinePolicy):
    def decide(self, moment: Moment) -> Decision:
        return Decision(start=(0, 0))


class Nervous(OnlinePolicy):
    def decide(self, moment: Moment) -> Decision:
        return Decision(stop=(1,))


class Broken(PlanningPolicy):
    def plan(self, memory: int, requests: object) -> list[int]:
        raise KeyError("plan")


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (TooShort, "policy TooShort estimates 3 tokens for request 0, below its output 4"),
        (Partial, "the order of policy Partial must serve each request once"),
        (AtOnce, "policy AtOnce makes an infeasible schedule: step 4 holds 42 tokens, more than 12"),
        (Idle, "policy Idle lets request 0 wait for ever"),
        (Sleepless, "policy Sleepless lets request 0 wait for ever"),
        (Vague, "policy Vague wants to decide again at 0.5, which is no step"),
        (Silent, "policy Silent failed: TypeError: "),
        (Halves, "policy Halves plans the start 0.5 for request 0"),
        (Half, "policy Half estimates 4.5 tokens for request 0, no integer"),
        (Hasty, "policy Hasty starts request 0, which does not wait"),
        (Nervous, "policy Nervous stops request 1, which has not run"),
        (Broken, "policy Broken failed: KeyError: 'plan'"),
    ],
)
def test_a_faulty_policy_is_one_clear_sentence(policy, message):
    with pytest.raises(InputError) as caught:
        simulate(ALIKE, policy)
    assert str(caught.value).startswith(message)


class Patient(OnlinePolicy):
    """Runs one request at a time, in request order."""

    def decide(self, moment: Moment) -> Decision:
        return Decision(start=() if moment.running else (moment.waiting[0].request,))


def test_decisions_of_an_unknown_policy_are_taken_as_given():
    witness = make_witness(MIXED, Patient)
    assert witness.policy.decisions == "given"
    assert witness.policy.order is None
    document = json.loads(to_json(witness))
    accepted = check_data(json.dumps(document).encode())
    assert accepted.accepted
    assert accepted.reason.endswith("(lookahead, head-of-line; the policy's decisions were taken as given)")
    for policy, message in (
        ({"decisions": "checked"}, "policy.decisions must be 'given'"),
        ({"decisions": "given", "order": [0, 1, 2, 3, 4]}, "policy.order must be absent, the decisions being given"),
        ({}, "the file gives no order to run it by"),
    ):
        changed = {**document, "policy": {"name": "Patient", "parameters": document["policy"]["parameters"], **policy}}
        verdict = check_data(json.dumps(changed).encode())
        assert not verdict.accepted
        assert message in verdict.reason


def test_an_online_policy_meets_arrivals_and_idle_time():
    run = simulate(Instance.from_triples(9, [(5, 2, 4), (0, 1, 2), (6, 0, 1)]), Patient)
    assert run.schedule == Schedule((5, 0, 9))
    assert run.order == (1, 0, 2)
    assert not run.order_decides

"""The checker's lower bounds on values worked out by hand."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from cr_toolkit.checker import bounds, nested, state_space
from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError
from cr_toolkit.checker.instance import Instance, Request
from cr_toolkit.checker.reading import Rejected


def instance(memory, *triples):
    return Instance(memory, [Request(*triple) for triple in triples])


DELAY = instance(11, (0, 0, 10), (0, 4, 3), (0, 3, 3))
ENUMERATION = {"scale": 1, "width": 1, "pool": [[0]], "choices": [], "nodes": 1}
TWO = instance(2, (0, 0, 2), (1, 0, 1))
"""In units of 1/2 step: the long one is served in 0-2 and 3-4, the short one in 2-3."""


def test_outputs():
    assert bounds.outputs_bound(DELAY) == 16


def test_volume_of_a_burst_adds_prefix_sums():
    assert bounds.volume_bound(DELAY) == Fraction(15 + 33 + 88, 11)


def test_volume_with_arrivals_adds_completions_of_shortest_remaining_first():
    assert bounds.volume_bound(TWO) == Fraction(3 + 4, 2) - 1


def test_volume_prefers_the_remaining_and_not_the_original_volume():
    # Volumes 10 and 6; at time 5 the first has 5 left and goes on: completions 10 and 16.
    late = instance(5, (0, 0, 4), (1, 0, 3))
    assert bounds.volume_bound(late) == Fraction(10 + 16, 5) - 1


def test_mean_busy_time_of_a_burst():
    offsets = Fraction(7, 2) + Fraction(25, 18) + Fraction(41, 30)
    assert bounds.mean_busy_time_bound(DELAY) == offsets + Fraction(92, 11)


def test_mean_busy_time_with_arrivals():
    busy = Fraction((4 - 0) + (16 - 9), 2 * 3 * 2) + Fraction(9 - 4, 2 * 1 * 2)
    assert bounds.mean_busy_time_bound(TWO) == busy + Fraction(5, 6) + Fraction(1, 2) - 1


def test_mean_busy_time_serves_the_least_original_volume():
    # At time 5 the second, of volume 6, interrupts the first, of volume 10 with 5 left.
    late = instance(5, (0, 0, 4), (1, 0, 3))
    busy = Fraction((25 - 0) + (256 - 121), 2 * 10 * 5) + Fraction(121 - 25, 2 * 6 * 5)
    offsets = Fraction(5 * 9, 30) + Fraction(4 * 7, 24)
    assert bounds.mean_busy_time_bound(late) == busy + offsets - 1


def test_the_machine_idles_until_the_next_arrival():
    assert bounds.volume_bound(instance(3, (2, 0, 1), (9, 0, 1))) == Fraction(2, 3)


@pytest.mark.parametrize("count", [1000, 1001, 1500])
def test_many_denominators_are_rounded_down_a_little(count):
    many = instance(count, *((0, prompt, 1) for prompt in range(count)))
    volumes = [request.volume for request in many.requests]
    busy = sum(Fraction(2 * sum(volumes[:j]) + volume, 2 * count) for j, volume in enumerate(volumes))
    exact = Fraction(count, 2) + busy
    found = bounds.mean_busy_time_bound(many)
    assert exact - Fraction(count, 2**40) <= found <= exact
    assert count > 1000 or found == exact


def test_split_keeps_the_outputs_of_the_long():
    offsets = Fraction(25, 18) + Fraction(41, 30)
    assert bounds.split_bound(DELAY, 3) == offsets + Fraction(15, 22) * 1 + Fraction(24, 11) + 10
    assert bounds.split_bound(DELAY, 0) == 16
    assert bounds.split_bound(DELAY, 10) == bounds.mean_busy_time_bound(DELAY)


def test_one_price():
    # Two requests of one token-step each, M = 1: waiting costs as much as paying 1 for step 1.
    assert bounds.priced_bound(instance(1, (0, 0, 1), (0, 0, 1)), 1, [(1, 1)]) == 2 + 2 - 1


def test_prices_are_over_their_scale_and_starts_not_before_the_arrival():
    # (0,2) pays (1 + 2*2)/2 when it starts at 0, 2/2 more than the waiting at 1, nothing at 2.
    one = instance(2, (0, 0, 2))
    assert bounds.priced_bound(one, 2, [(1, 1), (2, 2)]) == min(
        2 + Fraction(5, 2), 3 + Fraction(2, 2), 4
    ) - 2 * Fraction(3, 2)
    late = instance(2, (2, 0, 2), (7, 0, 2))
    assert bounds.priced_bound(late, 2, [(1, 1), (2, 2)]) == 4 - 3


def test_no_prices_give_the_outputs():
    assert bounds.priced_bound(DELAY, 5, []) == 16


def test_prices_far_apart_cost_no_time():
    far = instance(2**50, (0, 0, 2**50), (2**52, 0, 1))
    assert bounds.priced_bound(far, 2**20, [(1, 1), (2**40, 1), (2**53 - 1, 0)]) < 2**50 + 1


@pytest.mark.parametrize(
    ("method", "certificate", "most"),
    [
        ("outputs", {}, 16),
        ("volume", {}, 13),
        ("mean-busy-time", {}, 15),
        ("split", {"threshold": 3}, 16),
        ("prices", {"scale": 1, "prices": []}, 16),
        ("state-space", {"scale": 1, "starts": [[], [], []], "completions": [[], [], []]}, 16),
    ],
)
def test_a_bound_may_be_weaker_but_not_stronger(method, certificate, most):
    for value in (1, most):
        bounds.check_lower_bound(DELAY, value, method, certificate)
    with pytest.raises(Rejected, match=f"the lower bound {most + 1} exceeds {most}, all that the method '{method}'"):
        bounds.check_lower_bound(DELAY, most + 1, method, certificate)


EVENTS = {"starts": [[0, -1], [2], []], "completions": [[0, 3], [1], []]}
"""For the prompts 0, 3 and 4 and the peaks 6, 7 and 10 of DELAY."""

BRANCHING = {"scale": 1, "pool": [[0]], "tree": [-3, 0, -3]}
ONE_BY_ONE = Instance(3, [Request(0, 0, 3), Request(0, 0, 3)])


def test_a_proof_by_branching_is_repeated(monkeypatch):
    bounds.check_lower_bound(ONE_BY_ONE, 9, "branching", BRANCHING)
    split = BRANCHING | {"tree": [-3, [1, 1], -3, 0]}
    bounds.check_lower_bound(ONE_BY_ONE, 9, "branching", split)
    with pytest.raises(Rejected, match="unusable: the tree ends with 1 open nodes"):
        bounds.check_lower_bound(ONE_BY_ONE, 10, "branching", BRANCHING)
    with pytest.raises(Rejected, match="unusable: entries of the tree are left over"):
        bounds.check_lower_bound(ONE_BY_ONE, 1, "branching", BRANCHING)
    monkeypatch.setattr(bounds, "MAX_BRANCHING", 10)
    with pytest.raises(Rejected, match="the lower bound 9 takes more than 10 starts to look at"):
        bounds.check_lower_bound(ONE_BY_ONE, 9, "branching", BRANCHING)


def test_a_burst_is_solved_from_its_parts(monkeypatch):
    nodes = nested.solve_nested(3, [(0, 0, 3)] * 2, 100).nodes
    for value in (1, 9):
        bounds.check_lower_bound(ONE_BY_ONE, value, "nested", {"nodes": nodes})
    with pytest.raises(Rejected, match="the lower bound 10 is wrong: the optimum is 9"):
        bounds.check_lower_bound(ONE_BY_ONE, 10, "nested", {"nodes": nodes})
    with pytest.raises(Rejected, match=f"takes {nodes} nodes, and the certificate says {nodes + 1}"):
        bounds.check_lower_bound(ONE_BY_ONE, 9, "nested", {"nodes": nodes + 1})
    with pytest.raises(Rejected, match=f"the lower bound 9 is not proved: it takes more than {nodes - 1} nodes"):
        bounds.check_lower_bound(ONE_BY_ONE, 9, "nested", {"nodes": nodes - 1})
    with pytest.raises(Rejected, match="'nested' does not apply: not all requests arrive at once"):
        bounds.check_lower_bound(Instance(3, [Request(0, 0, 3), Request(1, 0, 3)]), 9, "nested", {"nodes": nodes})
    monkeypatch.setattr(bounds, "MAX_NESTED", 1)
    with pytest.raises(Rejected, match="it takes more than 1 nodes"):
        bounds.check_lower_bound(ONE_BY_ONE, 9, "nested", {"nodes": nodes})


@pytest.mark.parametrize(
    ("method", "certificate", "reason"),
    [
        ("guess", {}, "'guess' is unknown"),
        ("volume", {"threshold": 3}, "unknown field 'threshold'"),
        ("volume", None, "must be an object"),
        ("split", {}, "lacks the field 'threshold'"),
        ("split", {"threshold": -1}, "between 0"),
        ("prices", {"scale": 0, "prices": []}, "between 1"),
        ("prices", {"scale": 1, "prices": [[1, 2, 3]]}, "must be a pair"),
        ("prices", {"scale": 1, "prices": [7]}, "must be a list"),
        ("prices", {"scale": 1, "prices": [[0, 1]]}, "a priced step must be between 1"),
        ("prices", {"scale": 1, "prices": [[1, -1]]}, "a price must be between 0"),
        ("prices", {"scale": 1, "prices": [[2, 1], [2, 1]]}, "must ascend"),
        ("enumeration", {"scale": 1, "width": 1, "pool": [], "choices": []}, "lacks the field 'nodes'"),
        ("enumeration", ENUMERATION | {"prices": []}, "unknown field 'prices'"),
        ("enumeration", ENUMERATION | {"scale": 0}, "scale must be between 1"),
        ("enumeration", ENUMERATION | {"width": 0}, "width of the prices must be between 1"),
        ("enumeration", ENUMERATION | {"pool": [7]}, "must be a list"),
        ("enumeration", ENUMERATION | {"pool": [[]]}, "must begin with"),
        ("enumeration", ENUMERATION | {"pool": [[0, -1]]}, "pool must be between 0"),
        ("enumeration", ENUMERATION | {"pool": []}, "there is no price vector 0"),
        ("enumeration", ENUMERATION | {"choices": {}}, "choices must be a list"),
        ("enumeration", ENUMERATION | {"choices": [True]}, "must be an integer"),
        ("enumeration", ENUMERATION | {"choices": [-(10**8)]}, "between -10000000"),
        ("enumeration", ENUMERATION | {"nodes": 0.5}, "the number of nodes must be an integer"),
        ("enumeration", ENUMERATION | {"pool": [[2**53 - 1, 1]]}, "end by the horizon"),
        ("enumeration", ENUMERATION | {"choices": [0]}, "are left over"),
        ("enumeration", ENUMERATION | {"events": EVENTS}, "the sets of prices of events must be a list"),
        ("enumeration", ENUMERATION | {"events": [[]]}, "events must be an object"),
        ("enumeration", ENUMERATION | {"events": [{"starts": []}]}, "lacks the field 'completions'"),
        ("enumeration", ENUMERATION | {"events": [EVENTS]}, "are left over"),
        ("nested", {}, "lacks the field 'nodes'"),
        ("nested", {"nodes": 9, "scale": 1}, "unknown field 'scale'"),
        ("nested", {"nodes": -1}, "the number of nodes must be between 0"),
        ("state-space", EVENTS, "lacks the field 'scale'"),
        ("state-space", EVENTS | {"scale": 0}, "scale must be between 1"),
        ("state-space", EVENTS | {"scale": 1, "pool": []}, "unknown field 'pool'"),
        ("state-space", EVENTS | {"scale": 1, "starts": 7}, "the prices of starts must be a list"),
        ("state-space", EVENTS | {"scale": 1, "starts": [7]}, "a row of starts must be a list"),
        ("state-space", EVENTS | {"scale": 1, "starts": [[0.5], [], []]}, "a price of starts must be an integer"),
        ("state-space", EVENTS | {"scale": 1, "completions": [[2**53], [], []]}, "a price of completions must be betw"),
        ("state-space", EVENTS | {"scale": 1, "completions": [[]]}, "unusable: there must be a row of prices"),
        ("branching", {"scale": 1, "pool": []}, "lacks the field 'tree'"),
        ("branching", BRANCHING | {"nodes": 3}, "unknown field 'nodes'"),
        ("branching", BRANCHING | {"scale": 0}, "scale must be between 1"),
        ("branching", BRANCHING | {"pool": [[0, -1]]}, "pool must be between 0"),
        ("branching", BRANCHING | {"tree": 0}, "tree must be a list"),
        ("branching", BRANCHING | {"tree": [0.5]}, "an entry of the tree must be an integer"),
        ("branching", BRANCHING | {"tree": [[0]]}, "must be a pair"),
        ("branching", BRANCHING | {"tree": [[0, 1, 2]]}, "must be a pair"),
        ("branching", BRANCHING | {"tree": [[-1, 1]]}, "the request of a split must be between 0"),
        ("branching", BRANCHING | {"tree": [[1, -1]]}, "the step of a split must be between 0"),
    ],
)
def test_malformed_certificates_are_refused(method, certificate, reason):
    with pytest.raises(Rejected, match=reason):
        bounds.check_lower_bound(DELAY, 1, method, certificate)


def test_too_much_work_is_refused(monkeypatch):
    monkeypatch.setattr(bounds, "MAX_PRICE_WORK", 2)
    with pytest.raises(Rejected, match="too many prices"):
        bounds.priced_bound(DELAY, 1, [(1, 1)])
    monkeypatch.setattr(state_space, "MAX_PATH_WORK", 2)
    with pytest.raises(Rejected, match="takes too much work: paths through"):
        bounds.check_lower_bound(DELAY, 1, "state-space", EVENTS | {"scale": 1})
    with pytest.raises(Rejected, match="is not proved within"):
        bounds.check_lower_bound(DELAY, 20, "enumeration", ENUMERATION | {"events": [EVENTS], "choices": [1]})


@pytest.fixture
def enumeration(monkeypatch):
    """A stand-in that records how the search was asked, and fails as told."""
    stand_in = SimpleNamespace(asked=[], failure=None)

    def prove_no_better(*question, width, events, choices):
        stand_in.asked.append((*question, width, events, choices))
        if stand_in.failure is not None:
            raise stand_in.failure
        return 7

    monkeypatch.setattr(bounds, "prove_no_better", prove_no_better)
    return stand_in


def test_an_enumeration_is_repeated(enumeration):
    certificate = {"scale": 4, "width": 2, "pool": [[4, 1, 2], [0]], "choices": [1, -2, 0], "nodes": 7}
    bounds.check_lower_bound(DELAY, 20, "enumeration", certificate)
    requests = [(0, 0, 10), (0, 4, 3), (0, 3, 3)]
    assert enumeration.asked == [(11, requests, 20, 4, [[4, 1, 2], [0]], 7, 2, None, [1, -2, 0])]
    with pytest.raises(Rejected, match="takes 7 nodes, and the certificate says 10000000"):
        bounds.check_lower_bound(DELAY, 20, "enumeration", certificate | {"nodes": 10**7})
    assert enumeration.asked[1][5] == 5_000_000
    bounds.check_lower_bound(DELAY, 20, "enumeration", certificate | {"events": [EVENTS, EVENTS]})
    assert enumeration.asked[2][7] == [(EVENTS["starts"], EVENTS["completions"])] * 2


def test_an_enumeration_that_finds_a_better_schedule_or_no_end_is_refused(enumeration):
    enumeration.failure = BetterScheduleError((1, 0, 3), 20)
    with pytest.raises(Rejected, match="a cheaper schedule exists"):
        bounds.check_lower_bound(DELAY, 20, "enumeration", ENUMERATION)
    enumeration.failure = NodeLimitError()
    with pytest.raises(Rejected, match="not proved within 1 nodes"):
        bounds.check_lower_bound(DELAY, 20, "enumeration", ENUMERATION)

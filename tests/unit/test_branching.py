"""Proofs by branching, as the checker repeats them: cases by hand, entries that are no proof, limits."""

import pytest

from cr_toolkit.checker import branching
from cr_toolkit.checker.branching import prove_by_branching
from cr_toolkit.checker.enumeration import NodeLimitError

# One after the other: 3 + 6 steps.
TWINS = (3, [(0, 0, 3)] * 2)
# Starts 0..2; in step 3 each holds a token, so none may hold three: 1..2. Beside a start at 1 both hold 2 in step 3.
BY_HAND = [-3, 0, -3]
# The second waits for the first: 3 + 4 steps.
PAIR = (4, [(0, 0, 3), (1, 2, 2)])


def test_full_steps_and_a_vector_without_prices_prove_the_optimum():
    assert prove_by_branching(*TWINS, 9, 1, [[0]], BY_HAND, 100) > 0
    with pytest.raises(ValueError, match="1 open nodes"):
        prove_by_branching(*TWINS, 10, 1, [[0]], BY_HAND, 100)


def test_the_outputs_alone_prove_their_sum():
    assert prove_by_branching(*TWINS, 6, 1, [], [], 0) == 0
    with pytest.raises(ValueError, match="1 open nodes"):
        prove_by_branching(*TWINS, 7, 1, [], [], 100)


def test_prices_close_a_node_in_which_too_much_memory_is_wanted():
    # Starting by 1, each pays 3 for two tokens of step 3 or more; only three tokens come back.
    priced = [[2, 3]]
    assert prove_by_branching(*TWINS, 8, 1, priced, [0], 100) > 0
    with pytest.raises(ValueError, match="1 open nodes"):
        prove_by_branching(*TWINS, 9, 1, priced, [0], 100)


def test_identical_requests_start_in_the_order_in_which_they_are_listed():
    # Full step 3 leaves 1..2. If the first starts at 2, so does the second; if the second at 1, so does the first.
    assert prove_by_branching(*TWINS, 9, 1, [[0]], [-3, (0, 1), 0, -3, 0], 100) > 0
    assert prove_by_branching(*TWINS, 9, 1, [[0]], [-3, (1, 1), -3, 0], 100) > 0


def test_a_split_is_closed_on_both_sides():
    # The second holds three tokens or more in step 3 if it starts by 2, the first two or more if it starts by 1.
    assert prove_by_branching(*PAIR, 7, 1, [], [(0, 0), -3, -3], 100) > 0
    assert prove_by_branching(*PAIR, 7, 1, [], [(1, 1), -3, -3], 100) > 0
    with pytest.raises(ValueError, match="1 open nodes"):
        prove_by_branching(*PAIR, 7, 1, [], [(0, 0), -3], 100)
    with pytest.raises(ValueError, match="2 open nodes"):
        prove_by_branching(*PAIR, 8, 1, [], [(0, 0), -3], 100)


@pytest.mark.parametrize(
    ("scale", "pool", "tree", "reason"),
    [
        (0, [[0]], [0], "positive scale"),
        (1, [[0]], [1], "no price vector 1"),
        (1, [[]], [0], "no price vector 0"),
        (1, [[-1, 4]], [0], "must be non-negative"),
        (1, [[0, -1]], [0], "must be non-negative"),
        (1, [[0] + [1] * 6], [0], "end by the last step"),
        (1, [[6]], [0], "end by the last step"),
        (1, [[0]], [(2, 1)], "no request 2"),
        (1, [[0]], [(-1, 1)], "no request -1"),
        (1, [[0]], [(0, 2)], "on both sides"),
        (1, [[0]], [(0, -1)], "on both sides"),
        (1, [[0]], [*BY_HAND, 0], "left over"),
        (1, [[0]], [(0, 1), *BY_HAND], "open nodes"),
        (1, [[0]], [], "1 open nodes"),
        (1, [[0]], [-1, -2, -40, 0], "1 open nodes"),
    ],
)
def test_what_is_no_proof_is_refused(scale, pool, tree, reason):
    with pytest.raises(ValueError, match=reason):
        prove_by_branching(*TWINS, 9, scale, pool, tree, 10**4)


def test_too_much_work_is_refused():
    work = prove_by_branching(*TWINS, 9, 1, [[0]], BY_HAND, 100)
    assert prove_by_branching(*TWINS, 9, 1, [[0]], BY_HAND, work) == work
    with pytest.raises(NodeLimitError, match=f"more than {work - 1} starts"):
        prove_by_branching(*TWINS, 9, 1, [[0]], BY_HAND, work - 1)
    with pytest.raises(NodeLimitError, match="more than 1000 starts"):
        prove_by_branching(*TWINS, 10**4, 1, [[0]], [], 1000)


def test_splits_are_work():
    # Ten thousand splits, each of which leaves all starts but one on a side.
    tree = [(0, 10**4 - split) for split in range(2, 10**4)]
    with pytest.raises(NodeLimitError, match="more than 1000000 starts"):
        prove_by_branching(*TWINS, 10**4 + 6, 1, [[0]], tree, 10**6)


def test_space_is_limited(monkeypatch):
    for target, request in ((10**8, (0, 0, 3)), (9, (10**7, 0, 3))):
        with pytest.raises(NodeLimitError, match="more than 8000000 starts or steps at once"):
            prove_by_branching(3, [request] * 2, target, 1, [[0]], [], 10**10)
    monkeypatch.setattr(branching, "MAX_STARTS", 40)
    splits = [(request, 17 - split) for request in (0, 1) for split in range(1, 18)]
    with pytest.raises(NodeLimitError, match="more than 40 starts or steps at once"):
        prove_by_branching(3, [(0, 0, 3), (0, 1, 2)], 23, 1, [[0]], splits, 10**6)


def test_sums_of_few_vectors_are_kept(monkeypatch):
    work = []
    for limit in (branching.MAX_SUMS, 0):
        monkeypatch.setattr(branching, "MAX_SUMS", limit)
        work.append(prove_by_branching(*TWINS, 9, 1, [[0], [0, 0]], [0, 1, 0, -3, 1, -3], 10**4))
    # What was forgotten is summed again, which is work.
    assert work[0] < work[1]

"""The plain re-enumeration: hand-computed optima, hostile prices and choices, ranges, limits."""

import random
from contextlib import suppress
from math import inf

import pytest

from cr_toolkit.checker import enumeration
from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError, prove_no_better
from cr_toolkit.checker.lanes import Lanes

DELAY = (11, [(0, 0, 10), (0, 4, 3), (0, 3, 3)], 20)
IDENTICAL = (6, [(0, 0, 3)] * 5, 25)
ARRIVALS = (5, [(0, 0, 5), (2, 1, 2), (9, 4, 1)], 10)
# (0,90) holds 20 in step 70, when (60,70) holds 130: it starts 50 steps after it.
LONG = (150, [(0, 0, 90), (0, 60, 70), (3, 5, 1)], 211)
CASES = [DELAY, IDENTICAL, ARRIVALS, LONG]
POOLS = [[[0]], [[0, 7, 3, 0, 1]], [[0, *(3000 // step for step in range(1, 15))]], [[12, 5000]]]


def assert_feasible(memory, requests, starts):
    assert all(s >= a for s, (a, _, _) in zip(starts, requests, strict=True))
    for step in range(1, 400):
        running = [(s, p) for s, (_, p, o) in zip(starts, requests, strict=True) if s < step <= s + o]
        assert sum(p + step - s for s, p in running) <= memory


@pytest.mark.parametrize("width", [1, 2])
@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize(("memory", "requests", "optimum"), CASES)
def test_any_prices_prove_the_optimum_and_nothing_more(memory, requests, optimum, pool, width):
    pool = [pool[0][: 1 + 16 // width]]
    assert prove_no_better(memory, requests, optimum, 1024, pool, 10**5, width=width) >= 0
    with pytest.raises(BetterScheduleError) as caught:
        prove_no_better(memory, requests, optimum + 1, 1024, pool, 10**5, width=width)
    starts = caught.value.start
    assert caught.value.cost == optimum == sum(s + o - a for s, (a, _, o) in zip(starts, requests, strict=True))
    assert_feasible(memory, requests, starts)


def test_good_prices_leave_nothing_to_enumerate():
    # Without prices L = 15, the sum of the outputs: the root alone is cut off.
    assert prove_no_better(6, [(0, 0, 3)] * 5, 15, 1, [[0]], 1) == 0


def test_too_many_nodes_and_too_large_tables_are_refused(monkeypatch):
    memory, requests, optimum = DELAY
    with pytest.raises(NodeLimitError, match="more than 3 nodes"):
        prove_no_better(memory, requests, optimum, 1, [[0]], 3)
    with pytest.raises(NodeLimitError, match="table"):
        prove_no_better(10**6, [(10**6, 0, 3), (0, 0, 2)], 10**6, 1, [[0]], 10**6)
    monkeypatch.setattr(enumeration, "MAX_LANE_BITS", 10)
    with pytest.raises(NodeLimitError, match="outputs are too long"):
        prove_no_better(memory, requests, optimum, 1, [[0]], 10**6)
    monkeypatch.setattr(enumeration, "MAX_TABLE", 10)
    with pytest.raises(NodeLimitError, match="table"):
        prove_no_better(memory, requests, optimum, 1, [[0]], 10**6)


@pytest.mark.parametrize(
    ("scale", "width", "pool", "choices", "reason"),
    [
        (0, 1, [[0]], [], "positive scale"),
        (1, 0, [[0]], [], "at least one step"),
        (1, 1, [[0, -1]], [], "must be non-negative"),
        (1, 1, [[-1, 4]], [], "must be non-negative"),
        (1, 1, [[0] + [1] * 200], [], "end by the horizon"),
        (1, 1, [[200, 1]], [], "end by the horizon"),
        (1, 3, [[0] + [1] * 40], [], "end by the horizon"),
        (1, 1, [[]], [], "no price vector 0"),
        (1, 1, [], [], "no price vector 0"),
        (1, 1, [[0]], [1], "no price vector 1"),
        (1, 1, [[0]], [0] * 10**5, "left over"),
        (1, 1, [[0]], [-2], "no price vector -1"),
        (1, 1, [[0]], [-9, 0], "range of starts"),
        (1, 1, [[0]], [-1, 0], "range of starts"),
    ],
)
def test_what_is_no_certificate_is_refused(scale, width, pool, choices, reason):
    memory, requests, optimum = DELAY
    with pytest.raises(ValueError, match=reason):
        prove_no_better(memory, requests, optimum, scale, pool, 10**5, width=width, choices=choices)


EVENTS = ([[0, -1], [2], []], [[0, 3], [1], []])
"""For the prompts 0, 3 and 4 and the peaks 6, 7 and 10 of DELAY."""


@pytest.mark.parametrize(
    ("events", "choices", "reason"),
    [
        ([], [1], "not so many sets"),
        ([EVENTS], [2], "not so many sets"),
        ([EVENTS], [], "left over"),
        ([EVENTS, EVENTS], [1], "left over"),
        ([EVENTS], [-1], "a number of sets"),
        ([([], [])], [1], "a row of prices for each prompt"),
    ],
)
def test_what_are_no_sets_of_prices_of_events_is_refused(events, choices, reason):
    memory, requests, optimum = DELAY
    with pytest.raises(ValueError, match=reason):
        prove_no_better(memory, requests, optimum, 1024, [[0]], 10**5, events=events, choices=choices)


def test_sets_of_prices_of_events_count_as_work():
    memory, requests, optimum = DELAY

    def nodes(number, limit=10**5):
        sets = [([[0] * 50] * 3, [[]] * 3)] * number
        return prove_no_better(memory, requests, optimum, 1024, [[0]], limit, events=sets, choices=[number])

    assert nodes(1) < nodes(2) < nodes(10)
    with pytest.raises(NodeLimitError, match="more than 50 nodes"):
        nodes(100, 50)


def test_negative_prices_would_have_been_unsound():
    # Why that check matters: a negative price would raise the bound beyond the optimum.
    with pytest.raises(ValueError):
        prove_no_better(*DELAY[:2], 25, 1024, [[4, -(10**6)]], 10**6)


VECTORS = [[0, 9000, 9000], [1, 2500, 1500, 1200, 700, 300, 200], [15, 5], [0], [3, 4000]]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("memory", "requests", "optimum"), CASES)
def test_any_pool_and_any_choices_prove_the_optimum_and_nothing_more(memory, requests, optimum, seed, monkeypatch):
    # Few tables are kept, so that some are made again.
    monkeypatch.setattr(enumeration, "MAX_KEPT", [150, 16_000_000][seed % 2])
    rng = random.Random(seed)
    choices = [rng.randrange(len(VECTORS)) for _ in range(10**4)]

    def proved(upper):
        prove_no_better(memory, requests, upper, 1024, VECTORS, 10**6, choices=choices)

    # That choices are left over is noticed when all else is done.
    with pytest.raises(ValueError, match="left over"):
        proved(optimum)
    with pytest.raises(BetterScheduleError):
        proved(optimum + 1)


def test_a_good_vector_saves_nodes():
    memory, requests, optimum = IDENTICAL
    good = [0, 853, 853, 640, 512, 300, 200, 100]
    plain = prove_no_better(memory, requests, optimum, 1024, [[0]], 10**6)
    assert prove_no_better(memory, requests, optimum, 1024, [good], 10**6) < plain


def test_a_range_of_starts_is_left_out_together_only_by_prices_that_suffice():
    # Two requests that exclude each other: the first start ranges over many steps, all but the first hopeless.
    memory, requests, optimum = 100, [(0, 60, 40), (0, 61, 39)], 118
    price = [0, *([1] * 78)]
    plain = prove_no_better(memory, requests, optimum, 1024, [price], 10**5)
    found = []
    for many in range(1, 60):
        with suppress(ValueError):
            found.append(prove_no_better(memory, requests, optimum, 1024, [price], 10**5, choices=[0, -many, 0]))
    assert 10 < len(found) < 30
    assert min(found) < max(found) <= plain
    for many in range(1, 60):
        with pytest.raises((BetterScheduleError, ValueError)):
            prove_no_better(memory, requests, optimum + 1, 1024, [price], 10**5, choices=[0, -many, 0])


def test_lanes_hold_loads_of_any_size():
    for memory in (1, 7, 8, 127, 128, 2**31, 2**53 - 1):
        for output in (1, 2, 63, 64, 65, 131):
            if output <= memory:
                lanes = Lanes(memory, [(0, memory - output, output)])
                kept = [lanes.job[0] >> (lanes.width * i) & lanes.mask for i in range(output + 1)]
                assert kept == [*range(memory - output + 1, memory + 1), 0]
                assert lanes.fits(0, 0, 0)
                assert not lanes.fits(0, 1 << (lanes.width * (output - 1)), 0)
                assert lanes.first_fits([0], 1 << (lanes.width * (output - 1)), 0, 0, [0]) == [1]
                assert lanes.no_more(lanes.job[0], lanes.job[0])
                assert lanes.no_more(0, lanes.job[0])
                assert not lanes.no_more(lanes.job[0], lanes.job[0] - 1)


def test_one_state_stands_for_another_without_delay_or_with_the_last_starts_together():
    search = enumeration._Search(9, [(0, 1, 1), (0, 0, 2), (2, 0, 3)], 40, 1, [[0]], 1, None, 100)
    lane = 1 << search.lanes.width

    def replaces(one, other, waiting=(0, 1, 0)):
        states = (
            enumeration._State(total, start, kind, 0, inf, [], load, None, 0)
            for total, start, kind, load in (one, other)
        )
        kinds = tuple(kind for kind, count in enumerate(waiting) if count)
        counts = tuple(filter(None, waiting))
        return enumeration._replaces(search.lanes, enumeration._Waiting(search, kinds, counts), *states)

    assert replaces((5, 3, 0, 0), (5, 3, 0, 0))
    assert not replaces((6, 3, 0, 0), (5, 3, 0, 0))
    # What waits may start at (3, 1), which comes before (3, 2): only a step later.
    assert not replaces((5, 3, 2, 0), (5, 3, 0, 0))
    assert replaces((4, 3, 2, 0), (5, 3, 0, 0))
    assert replaces((4, 3, 2, 7), (5, 3, 0, 0))
    assert not replaces((4, 3, 2, 7 * lane), (5, 3, 0, 0))
    # Begun two steps earlier, without delay: what is held in steps 2 and 3 is no matter.
    assert replaces((5, 1, 2, 7 + 7 * lane), (5, 3, 0, 0))
    assert not replaces((5, 1, 0, 7 * lane**2), (5, 3, 0, 0))
    assert replaces((5, 1, 2, 7 * lane**2), (5, 3, 0, 7))
    # Two steps sooner it may cost two steps more for each that waits, if that has arrived.
    assert replaces((7, 1, 0, 7), (5, 3, 0, 7))
    assert not replaces((8, 1, 0, 7), (5, 3, 0, 7))
    assert replaces((9, 1, 0, 7), (5, 3, 0, 7), (1, 1, 0))
    assert not replaces((7, 1, 0, 7), (5, 3, 0, 7), (0, 0, 1))


def test_long_outputs_count_more():
    def nodes(output: int) -> int:
        memory = 2**53 - 1
        requests = [(0, 0, output), (0, 0, 1), (0, memory - output, output)]
        return prove_no_better(memory, requests, 3 * output, 1, [[0]], 10_000)

    assert nodes(500) < 600
    assert nodes(1000) > 2000

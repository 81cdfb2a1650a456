"""The plain re-enumeration: hand-computed optima, hostile prices, limits."""

import random

import pytest

from cr_toolkit.checker import enumeration
from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError, prove_no_better

DELAY = (11, [(0, 0, 10), (0, 4, 3), (0, 3, 3)], 20)
IDENTICAL = (6, [(0, 0, 3)] * 5, 25)
ARRIVALS = (5, [(0, 0, 5), (2, 1, 2), (9, 4, 1)], 10)
CASES = [DELAY, IDENTICAL, ARRIVALS]
PRICES = [{}, {1: 7, 2: 3, 9: 1}, {step: 3000 // step for step in range(1, 30)}, {40: 5000}]


@pytest.mark.parametrize("prices", PRICES)
@pytest.mark.parametrize(("memory", "requests", "optimum"), CASES)
def test_any_prices_prove_the_optimum_and_nothing_more(memory, requests, optimum, prices):
    assert prove_no_better(memory, requests, optimum, prices, 1024, 10**5) >= 0
    with pytest.raises(BetterScheduleError) as caught:
        prove_no_better(memory, requests, optimum + 1, prices, 1024, 10**5)
    starts = caught.value.start
    assert caught.value.cost == optimum == sum(s + o - a for s, (a, _, o) in zip(starts, requests, strict=True))
    for step in range(1, 60):
        running = [(s, p) for s, (_, p, o) in zip(starts, requests, strict=True) if s < step <= s + o]
        assert sum(p + step - s for s, p in running) <= memory
    assert all(s >= a for s, (a, _, _) in zip(starts, requests, strict=True))


def test_good_prices_leave_nothing_to_enumerate():
    # Without prices L = 15, the sum of the outputs: the root alone is cut off.
    assert prove_no_better(6, [(0, 0, 3)] * 5, 15, {}, 1, 1) == 1


def test_too_many_nodes_and_too_large_tables_are_refused(monkeypatch):
    memory, requests, optimum = DELAY
    with pytest.raises(NodeLimitError, match="more than 3 nodes"):
        prove_no_better(memory, requests, optimum, {}, 1, 3)
    with pytest.raises(NodeLimitError, match="table"):
        prove_no_better(memory, requests, optimum, {10**6: 1}, 1, 10**6)
    monkeypatch.setattr(enumeration, "MAX_TABLE", 10)
    with pytest.raises(NodeLimitError, match="table"):
        prove_no_better(memory, requests, optimum, {}, 1, 10**6)


@pytest.mark.parametrize(("prices", "scale"), [({1: -1}, 1), ({0: 1}, 1), ({1: 1}, 0)])
def test_prices_that_are_none_are_refused(prices, scale):
    with pytest.raises(ValueError, match="prices must be"):
        prove_no_better(5, [(0, 0, 3)], 3, prices, scale, 10)


def test_negative_prices_would_have_been_unsound():
    # Why the check above matters: a negative price would raise the bound beyond the optimum.
    with pytest.raises(ValueError):
        prove_no_better(*DELAY[:2], 25, {5: -(10**6)}, 1024, 10**6)


VECTORS = [[0, 9000, 9000], [1, 2500, 1500, 1200, 700, 300, 200], [15, 5], [0], [3, 4000]]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("memory", "requests", "optimum"), CASES)
def test_any_pool_and_any_choices_prove_the_optimum_and_nothing_more(memory, requests, optimum, seed, monkeypatch):
    # Few tables are kept, so that some are made again.
    monkeypatch.setattr(enumeration, "MAX_TABLE", [150, 2_000_000][seed % 2])
    rng = random.Random(seed)

    def choose(waiting, total, last, running, inherited):
        assert any(waiting)
        assert total >= last[0]
        assert 0 <= inherited <= len(VECTORS)
        return rng.choice([inherited, rng.randint(0, len(VECTORS))])

    for prices in ({}, {1: 7, 2: 3, 9: 1}):
        assert prove_no_better(memory, requests, optimum, prices, 1024, 10**5, VECTORS, choose) >= 1
        with pytest.raises(BetterScheduleError):
            prove_no_better(memory, requests, optimum + 1, prices, 1024, 10**5, VECTORS, choose)


def test_a_good_vector_in_the_pool_saves_nodes():
    memory, requests, optimum = IDENTICAL
    good = [0, 853, 853, 640, 512, 300, 200, 100]
    plain = prove_no_better(memory, requests, optimum, {}, 1024, 10**6)
    assert prove_no_better(memory, requests, optimum, {}, 1024, 10**6, [good], lambda *_: 1) < plain


@pytest.mark.parametrize("vector", [[-1, 4], [0, -4], [0] + [1] * 200, [200, 1]])
def test_vectors_that_are_none_are_refused(vector):
    with pytest.raises(ValueError, match="price vector of the pool"):
        prove_no_better(*DELAY, {}, 1024, 10**5, [vector], lambda *_: 1)

"""The plain re-enumeration: hand-computed optima, hostile prices, limits."""

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
        prove_no_better(memory, requests, optimum, {500: 10**12}, 1, 10**6)
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

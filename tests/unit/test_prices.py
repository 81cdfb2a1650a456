"""Memory prices against the formula written out, and against hand-computed values."""

from fractions import Fraction

import pytest

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance
from lp_models import prices
from lp_models.prices import SCALE, price_bound, price_value, raised_prices


def by_definition(instance: Instance, y: dict[int, int], scale: int) -> Fraction:
    last = max(y, default=0)
    value = Fraction(-instance.memory * sum(y.values()), scale)
    for r in instance.requests:
        value += min(
            k
            + r.output
            - r.arrival
            + Fraction(sum((r.prompt + tau) * y.get(k + tau, 0) for tau in range(1, r.output + 1)), scale)
            for k in range(r.arrival, max(r.arrival, last) + 1)
        )
    return value


def test_one_request_by_hand():
    # M = 4, (s, o) = (1, 2), y_2 = 1/2: starting at 0 costs 2 + 3/2, at 1: 3 + 1, at 2: 4; less 4/2.
    assert price_value(Instance.burst(4, [(1, 2)]), {2: 1}, 2) == Fraction(3, 2)


def test_no_prices_give_the_outputs():
    assert price_bound(Instance.burst(6, [(0, 3)] * 5), {}).value == 15


def test_prices_close_the_identical_case():
    instance = Instance.burst(6, [(0, 3)] * 5)
    bound = price_bound(instance, raised_prices(instance, 25, 8, 500))
    assert bound.integer == 25
    assert bound.method == "prices"
    steps = [step for step, _ in bound.certificate["prices"]]
    assert bound.certificate["scale"] == SCALE
    assert steps == sorted(set(steps))
    assert price_value(instance, dict(bound.certificate["prices"])) == bound.value


def test_zero_prices_are_left_out_of_the_certificate():
    assert price_bound(Instance.burst(6, [(0, 3)]), {4: 0, 2: 1}).certificate["prices"] == [[2, 1]]


@pytest.mark.parametrize(("y", "scale"), [({1: -1}, 4), ({0: 1}, 4), ({1: 1}, 0), ({prices.MAX_STEPS + 1: 1}, 4)])
def test_bad_prices_are_refused(y, scale):
    with pytest.raises(InputError):
        price_value(Instance.burst(4, [(1, 2)]), y, scale)


def test_numbers_beyond_64_bits_are_exact():
    top = 2**53 - 1
    instance = Instance.from_triples(top, [(0, top - 3, 3), (5, 2, 1), (top, 0, 1)])
    y = {1: 2**60, 3: 2**61 + 1, 7: 5}
    total = sum(y.values())
    expected = Fraction(-top * total, 3)
    for a, s, o in [(0, top - 3, 3), (5, 2, 1)]:
        expected += min(
            k + o - a + Fraction(sum((s + tau) * y.get(k + tau, 0) for tau in range(1, o + 1)), 3) for k in range(a, 8)
        )
    assert price_value(instance, y, 3) == expected + 1


def test_the_formula_with_arrivals():
    instance = Instance.from_triples(9, [(0, 2, 4), (3, 0, 5), (3, 0, 5), (20, 1, 2)])
    y = {1: 40, 2: 90, 5: 3, 8: 77, 9: 12}
    assert price_value(instance, y, 64) == by_definition(instance, y, 64)

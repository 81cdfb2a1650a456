"""Lower bounds on values computed by hand, and on numbers of every size."""

from __future__ import annotations

from fractions import Fraction
from time import monotonic

import numpy as np
import pytest

from cr_toolkit.model import Instance
from lp_models.bounds import LOWER_BOUNDS, LowerBound, best_lower_bound, bounds_until, lower_bounds, machine
from lp_models.bounds.exact import exact_columns, exact_dot, exact_sum, sum_of_groups
from lp_models.bounds.machine import served_pieces
from lp_models.bounds.split import split_value


def values(instance: Instance) -> dict[str, Fraction]:
    return {bound.method: bound.value for bound in lower_bounds(instance)}


def test_a_burst_by_hand():
    # Volumes 3 and 8; offsets 15/18 for (0, 2) and (24 + 15)/42 for (2, 2).
    found = values(Instance.burst(4, [(0, 2), (2, 2)]))
    assert found["outputs"] == 4
    assert found["volume"] == Fraction(3 + 3 + 7, 4)
    busy = Fraction(1, 4) * (Fraction(3, 2) + 3 + Fraction(7, 2))
    assert found["mean-busy-time"] == Fraction(15, 18) + Fraction(6 * 2 * 2 + 3 * 5, 42) + busy
    assert found["split"] == max(found["mean-busy-time"], 4)


def test_arrivals_by_hand():
    # Memory 2: (1, 1) has volume 2 and holds the machine for one step; (0, 1) of volume 1 interrupts nothing here.
    instance = Instance.from_triples(2, [(0, 1, 1), (3, 0, 1)])
    found = values(instance)
    assert found["volume"] == 1 + Fraction(1, 2)
    # Mean busy times 1/2 and 3 + 1/4; both offsets are 1/2.
    assert LOWER_BOUNDS["mean-busy-time"](instance).value == Fraction(1, 2) + Fraction(1, 2) + Fraction(
        1, 4
    ) + Fraction(6 + 6, 12 + 12)


def test_an_interrupted_request_keeps_its_place_by_original_volume():
    pieces = list(served_pieces([0, 4], [10, 8], by_remaining=False))
    assert pieces == [(0, 0, 4), (1, 4, 12), (0, 12, 18)]
    assert list(served_pieces([0, 4], [10, 8], by_remaining=True)) == [(0, 0, 4), (0, 4, 10), (1, 10, 18)]


def test_idle_time_and_ties_by_index():
    assert list(served_pieces([5, 0, 5], [2, 1, 2], by_remaining=False)) == [(1, 0, 1), (0, 5, 7), (2, 7, 9)]


def test_split_beats_its_parts_when_some_outputs_are_long():
    # The long ones cost little volume per step, so their own length is the better bound for them.
    instance = Instance.burst(1000, [(0, 100)] * 3 + [(500, 1)] * 20)
    split = LOWER_BOUNDS["split"](instance)
    assert split.value > max(LOWER_BOUNDS["mean-busy-time"](instance).value, 320)
    assert split.certificate == {"threshold": 1}
    assert split.value == split_value(exact_columns(instance), 1000, 1)


def test_the_integer_is_the_ceiling():
    assert LowerBound(Fraction(7, 2), "x").integer == 4
    assert LowerBound(Fraction(4), "x").integer == 4


def test_best_names_the_plainest_of_equal_methods():
    # One request: outputs, and everything else, at most its output.
    best = best_lower_bound(Instance.burst(5, [(0, 5)]))
    assert (best.value, best.method) == (5, "outputs")


@pytest.mark.parametrize("n", [100, 700, 1900])
@pytest.mark.parametrize("latest", [0, 500])
def test_compiled_hints_find_the_best_threshold(n, latest):
    rng = np.random.default_rng(n + latest)
    outputs = np.where(rng.random(n) < 0.1, rng.integers(200, 400, n), rng.integers(1, 5, n))
    prompts = np.where(outputs > 100, 0, rng.integers(0, 500, n))
    arrivals = rng.integers(0, latest + 1, n)
    instance = Instance.from_triples(1000, zip(arrivals.tolist(), prompts.tolist(), outputs.tolist(), strict=True))
    columns = exact_columns(instance)
    best = max(split_value(columns, 1000, threshold) for threshold in [0, *np.unique(outputs).tolist()])
    assert LOWER_BOUNDS["split"](instance).value == best


def test_many_distinct_denominators_round_down_a_little():
    numerators, denominators = list(range(1, 1502)), list(range(2, 1503))
    exact = sum((Fraction(n, d) for n, d in zip(numerators, denominators, strict=True)), Fraction(0))
    rounded = sum_of_groups(numerators, denominators)
    assert exact - Fraction(1501, 2**40) < rounded < exact
    assert sum_of_groups(numerators[:1000], denominators[:1000]) == sum(
        (Fraction(n, d) for n, d in zip(numerators[:1000], denominators[:1000], strict=True)), Fraction(0)
    )


@pytest.mark.parametrize("scale", [2**20, 2**29, 2**53 - 1])
def test_large_numbers_stay_exact(scale):
    half = scale // 2
    sizes = [(half, half), (0, scale), (half, 1), (1, half)]
    found = values(Instance.burst(scale, sizes))
    volume = sorted(s * o + o * (o + 1) // 2 for s, o in sizes)
    assert found["volume"] == Fraction(sum(v * (4 - i) for i, v in enumerate(volume)), scale)
    offsets = sum(Fraction(6 * s * o + (o + 1) * (2 * o + 1), 12 * s + 6 * (o + 1)) for s, o in sizes)
    assert found["mean-busy-time"] == offsets + Fraction(sum(v * (7 - 2 * i) for i, v in enumerate(volume)), 2 * scale)


def test_sums_beyond_64_bits():
    values_ = np.full(300_000, 2**61 - 1, np.int64)
    weights = np.arange(300_000, dtype=np.int64)
    assert exact_sum(values_) == 300_000 * (2**61 - 1)
    assert exact_dot(values_, weights) == (2**61 - 1) * (300_000 * 299_999 // 2)


def test_a_late_arrival_with_huge_numbers():
    top = 2**53 - 1
    found = values(Instance.from_triples(top, [(top, 0, top), (0, 0, 1)]))
    assert found["outputs"] == top + 1
    assert found["volume"] == Fraction(top * (top + 1) // 2 + 1, top)


def test_bounds_that_would_take_too_long_are_left_out_by_name(monkeypatch):
    instance = Instance.from_triples(8, [(0, 2, 3), (1, 0, 4), (1, 1, 5)])
    assert bounds_until(instance, monotonic() + 60) == (best_lower_bound(instance), ())
    bound, left_out = bounds_until(instance, monotonic() - 1)
    assert (bound.method, bound.value) == ("outputs", 12)
    assert set(left_out) == set(LOWER_BOUNDS.names()) - {"outputs"}
    monkeypatch.setattr(machine, "_PATIENCE", 2)
    assert set(bounds_until(instance, monotonic() + 60)[1]) == {"volume", "mean-busy-time", "split"}
    monkeypatch.setattr(machine, "_PLAIN", 2)
    assert bounds_until(instance, monotonic() + 60)[1] == ()

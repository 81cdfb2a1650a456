"""No prices, however bad, give a bound above the optimum."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cr_toolkit.model import Instance
from lp_models.bounds import LOWER_BOUNDS
from lp_models.kernels.ascent import relaxed_schedule
from lp_models.kernels.fluid import fluid_prices
from lp_models.prices import kinds_of, price_value, raised_prices, rounded
from tests.brute_force import brute_force_optimum
from tests.strategies import instances


@settings(max_examples=60, deadline=None)
@given(
    instances(max_memory=9, max_requests=4, max_arrival=6),
    st.dictionaries(st.integers(1, 25), st.integers(0, 400), max_size=12),
    st.integers(1, 500),
)
def test_any_prices_bound_the_optimum(instance, prices, scale):
    value = price_value(instance, prices, scale)
    assert value <= brute_force_optimum(instance)[0]
    plain = Fraction(-instance.memory * sum(prices.values()), scale)
    for r in instance.requests:
        plain += min(
            k
            + r.output
            - r.arrival
            + Fraction(sum((r.prompt + tau) * prices.get(k + tau, 0) for tau in range(1, r.output + 1)), scale)
            for k in range(r.arrival, max(r.arrival, 25) + 1)
        )
    assert value == plain


@settings(max_examples=40, deadline=None)
@given(instances(max_memory=12, max_requests=6), st.integers(1, 60))
def test_raising_prices_never_ends_below_where_it_began(instance, iterations):
    begun = raised_prices(instance, 100, 20, 0)
    raised = raised_prices(instance, 100, 20, iterations)
    assert price_value(instance, raised) >= price_value(instance, begun) - Fraction(1, 100)


@settings(max_examples=60, deadline=None)
@given(instances(max_memory=9, max_requests=4, max_arrival=6), st.sampled_from([0, 3, 60]))
def test_prices_of_the_fluid_limit_bound_the_optimum_raised_or_not(instance, iterations):
    optimum = brute_force_optimum(instance)[0]
    assert price_value(instance, raised_prices(instance, optimum, instance.horizon, iterations)) <= optimum


@settings(max_examples=40, deadline=None)
@given(instances(max_memory=30, max_requests=12, max_arrival=30))
def test_the_compiled_bound_is_the_exact_one(instance):
    """The search for the cheapest start ends early; it may not miss it."""
    kinds = kinds_of(instance)
    y = np.zeros(41)
    y[1:] = np.abs(np.sin(np.arange(40) * 1.7)) * len(instance) / instance.memory
    value = relaxed_schedule(*kinds[:4], instance.memory, y, np.zeros(41))
    prices = rounded(y)
    exact = price_value(instance, prices)
    assert abs(value - float(exact)) < 0.01


def test_fluid_prices_of_a_burst_by_hand():
    # M = 2, volumes 2 and 4: served over (0, 1] and (1, 3]. A delay at 0 costs both, at 2 half of the second one.
    volume = np.array([4, 2], np.int64)
    found = fluid_prices(np.zeros(2, np.int64), volume, np.ones(2, np.int64), 2, 4)
    assert (2 * found).tolist() == [0.0, 1.5, 0.75, 0.25, 0.0]


def test_fluid_prices_know_who_waits_for_whom():
    # The large request (8 token-steps, M = 1) is interrupted at 2 for a small one, which no delay before 2 reaches.
    arrival, volume = np.array([0, 2], np.int64), np.array([8, 1], np.int64)
    found = fluid_prices(arrival, volume, np.ones(2, np.int64), 1, 10)
    assert found[1] == 15 / 16
    assert found[3] == 0.5 + 6 / 8


@pytest.mark.parametrize("latest", [0, 4000])
def test_fluid_prices_are_as_good_as_mean_busy_times_in_bursts_and_are_raised_with_arrivals(latest):
    rng = np.random.default_rng(0)
    output = rng.integers(1, 51, 300)
    prompt = rng.integers(0, 51 - output)
    triples = zip(rng.integers(0, latest + 1, 300).tolist(), prompt.tolist(), output.tolist(), strict=True)
    instance = Instance.from_triples(100, triples)
    plain = LOWER_BOUNDS["mean-busy-time"](instance).value
    raised = price_value(instance, raised_prices(instance, 20 * int(plain), 5000, 300 if latest else 0))
    assert raised >= (plain if latest == 0 else plain * Fraction(11, 10))


def test_no_time_leaves_prices_as_they_begin():
    instance = Instance.burst(6, [(0, 3)] * 5)
    assert raised_prices(instance, 25, 8, 10**9, deadline=0.0) == raised_prices(instance, 25, 8, 0)

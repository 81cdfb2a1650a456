"""No prices, however bad, give a bound above the optimum."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from lp_models.prices import price_value, raised_prices
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

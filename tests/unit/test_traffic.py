"""Laws, traffic generators and what an arrival finds."""

from __future__ import annotations

from fractions import Fraction
from math import exp, factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cr_toolkit import Instance, simulate
from cr_toolkit.errors import InputError
from cr_toolkit.model.traces import Trace
from cr_toolkit.simulation.found import found_by
from cr_toolkit.taxonomy.traffic import TRAFFICS, Law
from cr_toolkit.taxonomy.traffic.arbitrary import Arbitrary
from cr_toolkit.taxonomy.traffic.burst import Burst
from cr_toolkit.taxonomy.traffic.poisson import Poisson, arrivals
from cr_toolkit.taxonomy.traffic.trace import Recorded

HALF = Fraction(1, 2)
SIZES = {"prompts": Law.uniform(0, 4), "outputs": Law.geometric(Fraction(1, 3), 6)}


def example(name):
    recorded = Trace(Burst(20, **SIZES).instance(300, 1).requests)
    made = {
        "arbitrary": Arbitrary(20, HALF, 50),
        "burst": Burst(20, **SIZES),
        "poisson": Poisson(20, Fraction(2, 7), **SIZES),
        "trace": Recorded(20, recorded),
    }
    return made[name]


@pytest.mark.parametrize("name", TRAFFICS.names())
def test_traffic_is_a_function_of_its_seed_and_ascends(name):
    traffic = example(name)
    assert isinstance(traffic, TRAFFICS[name])
    first, again, other = (traffic.instance(200, seed) for seed in (0, 0, 1))
    assert first == again
    assert first != other
    arrival = [request.arrival for request in first.requests]
    assert arrival == sorted(arrival)
    assert all(type(n) is int for r in first.requests for n in (r.arrival, r.prompt, r.output))


def test_a_longer_run_begins_with_the_shorter_one_and_rates_change_arrivals_alone():
    poisson = Poisson(20, Fraction(2, 7), **SIZES)
    assert poisson.instance(9000, 3).requests[:4000] == poisson.instance(4000, 3).requests
    faster = Poisson(20, Fraction(3, 7), **SIZES).instance(200, 3)
    sizes = [[(r.prompt, r.output) for r in made.requests] for made in (faster, poisson.instance(200, 3))]
    assert sizes[0] == sizes[1]


def test_truncated_geometric_is_exact():
    law = Law.geometric(Fraction(1, 3), 3)
    # 1/3, 2/9, 4/27 out of 19/27: what is cut is (2/3)^3 = 8/27.
    assert [law.probability(lambda o, k=k: o == k) for k in (1, 2, 3)] == [
        Fraction(9, 19), Fraction(6, 19), Fraction(4, 19),
    ]  # fmt: skip
    assert law.mean() == Fraction(33, 19)
    assert law.mean(lambda o: o * o) == Fraction(69, 19)
    assert law.given(lambda o: o > 1).mean() == Fraction(12, 5)
    assert Law.geometric(Fraction(1), 5).mean() == 1


@pytest.mark.parametrize("mean", [Fraction(1, 50), Fraction(1), Fraction(7, 2), Fraction(60)])
def test_poisson_law_has_its_probabilities_and_moments(mean):
    law = Law.poisson(mean)
    assert abs(law.mean() - mean) < Fraction(1, 10**15)
    assert abs(law.mean(lambda n: n * n) - mean - mean**2) < Fraction(1, 10**12)
    for n in range(5):
        exact = exp(-mean) * float(mean) ** n / factorial(n)
        assert float(law.probability(lambda k, n=n: k == n)) == pytest.approx(exact, rel=1e-12)


@pytest.mark.parametrize("law", [Law.uniform(3, 7), Law.geometric(Fraction(1, 4), 20), Law.poisson(Fraction(3, 2))])
def test_draws_follow_the_law(law):
    drawn = law.draw(200_000, np.random.default_rng(0))
    assert law.least <= drawn.min() <= drawn.max() <= law.most
    # The thresholds are the law to a unit of 2^-62; the counts stay within five standard deviations.
    exact = np.array([float(Fraction(w, law.total)) for w in law.weights])
    assert np.diff(law.thresholds, prepend=0) / 2**62 == pytest.approx(exact, rel=1e-9, abs=1e-15)
    counts = np.bincount(drawn - law.least, minlength=len(exact))
    assert (abs(counts - 200_000 * exact) <= 5 * np.sqrt(200_000 * exact) + 1).all()


@pytest.mark.parametrize("rate", [Fraction(1, 40), Fraction(2, 3), Fraction(5)])
def test_arrivals_per_step_are_poisson_and_independent(rate):
    at = arrivals(rate, 60_000, 0)
    counts = np.bincount(at)[:-1]
    deviation = (float(rate) / len(counts)) ** 0.5
    assert abs(counts.mean() - rate) < 5 * deviation
    # The variance of a Poisson number is its mean; neighbours in one block or in two are uncorrelated.
    assert counts.var() == pytest.approx(float(rate), rel=0.05)
    assert abs(np.corrcoef(counts[1:], counts[:-1])[0, 1]) < 5 / len(counts) ** 0.5


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: Law.uniform(3, 2), "3..2"),
        (lambda: Law(0, (0, 0)), "not all zero"),
        (lambda: Law.geometric(Fraction(2), 3), "mu"),
        (lambda: Law.geometric(HALF, 0), "longest"),
        (lambda: Law.poisson(Fraction(0)), "Poisson"),
        (lambda: Law.uniform(1, 3).given(lambda _: False), "zero"),
        (lambda: Burst(9, **SIZES), "largest peak 10"),
        (lambda: Poisson(20, Fraction(2000), **SIZES), "1000"),
        (lambda: Poisson(9, Fraction(1), **SIZES), "largest peak 10"),
        (lambda: Arbitrary(10, Fraction(2), 5), "alpha"),
        (lambda: Arbitrary(10, HALF, -1), "latest"),
        (lambda: example("trace").instance(301, 0), "301"),
    ],
)
def test_refusals_name_the_rule(make, says):
    with pytest.raises(InputError, match=says):
        make()


def test_a_trace_is_read_and_begins_at_zero(tmp_path):
    file = tmp_path / "trace.csv"
    file.write_text("arrival,prompt,output\n" + "".join(f"{k},3,{k % 4 + 1}\n" for k in range(40)))
    made = Recorded.from_file(str(file), 20).instance(10, 0)
    assert len(made) == 10
    assert made.requests[0].arrival == 0
    # One second is twenty steps.
    assert made.requests[1].arrival == 20


def found_by_definition(instance, start):
    """Step through every request's memory."""
    found = []
    for j, own in enumerate(instance.requests):
        residual = queued = ahead = 0
        for i, other in enumerate(instance.requests):
            uses = [other.prompt + k for k in range(1, other.output + 1)]
            if start[i] < own.arrival:
                residual += sum(uses[max(0, own.arrival - start[i]) :])
            elif other.arrival < own.arrival:
                queued += sum(uses)
            if own.arrival <= start[i] < start[j]:
                ahead += sum(uses)
        found.append((residual, queued, ahead))
    return found


REQUEST = st.tuples(st.integers(0, 12), st.integers(0, 4), st.integers(1, 6))


@given(st.lists(REQUEST, min_size=1, max_size=9), st.integers(10, 25))
def test_what_an_arrival_finds_agrees_with_its_definition(triples, memory):
    instance = Instance.from_triples(memory, triples)
    schedule = simulate(instance, "svf").schedule
    assert list(zip(*(c.tolist() for c in found_by(instance, schedule)), strict=True)) == found_by_definition(
        instance, schedule.start
    )


def test_what_is_too_large_to_add_up_is_refused():
    instance = Instance.burst(2**50, [(0, 2**49)])
    with pytest.raises(OverflowError):
        found_by(instance, simulate(instance, "svf").schedule)

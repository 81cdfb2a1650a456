"""Numbers in words, latency statistics, and verdicts on witnesses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cr_toolkit import Instance, simulate
from cr_toolkit.errors import CrtoolError, InputError
from cr_toolkit.model import Schedule
from cr_toolkit.report.judging import Bounds, RejectedWitnessError, as_results, judge_witness, worst
from cr_toolkit.report.latency import LatencySummary, latencies, makespan, throughput
from cr_toolkit.report.replay import certified
from cr_toolkit.report.wording import bracket, compact, count, decimal, listed, ratio
from lp_models import optimum
from proofs.verdict import Verdict
from tests.witnesses import make_witness

FRACTIONS = st.fractions(min_value=-1000, max_value=1000, max_denominator=997)


@given(FRACTIONS, st.integers(0, 6))
def test_rounding_goes_the_way_it_is_told(value, places):
    down, up, near = (
        Fraction(decimal(value, places, towards=way).replace(",", "")) for way in ("down", "up", "nearest")
    )
    assert down <= value <= up
    assert up - down in (0, Fraction(1, 10**places))
    assert abs(near - value) <= Fraction(1, 2 * 10**places)


@given(FRACTIONS, FRACTIONS)
def test_a_bracket_is_rounded_outwards(a, b):
    lower, upper = min(a, b), max(a, b)
    shown = bracket(lower, upper)
    if lower == upper:
        assert shown == ratio(lower)
    else:
        ends = [Fraction(end.replace(",", "")) for end in shown.strip("[]").split(", ")]
        assert ends[0] <= lower < upper <= ends[1]


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (16384, "16,384"), (99_999, "99,999"), (100_000, "100k"), (417_015, "417k"), (1_713_000, "1.71M"),
     (2**50, "1.13P"), (10**27, "1.00e27")],
)  # fmt: skip
def test_compact(value, shown):
    assert compact(value) == shown


def test_words():
    assert decimal(Fraction(12345678, 1000), 2) == "12,345.68"
    assert decimal(Fraction(-1, 2), 0) == "0"
    assert ratio(Fraction(9, 5)) == "1.8000 (9/5)"
    assert ratio(Fraction(5)) == "5.0000"
    assert (count(1, "request"), count(2000, "request")) == ("1 request", "2,000 requests")
    assert listed([1, 2, 3], most=3) == "1 2 3"
    assert listed(range(1005), most=2) == "0 1 ... and 1,003 more (--format json has all)"


def test_percentiles_are_nearest_rank():
    summary = LatencySummary.of(range(100, 0, -1))
    assert (summary.mean, summary.median, summary.p95, summary.p99, summary.max) == (Fraction(101, 2), 50, 95, 99, 100)
    assert LatencySummary.of([7]) == LatencySummary(Fraction(7), 7, 7, 7, 7)
    assert LatencySummary.of([1, 2, 9]).median == 2
    with pytest.raises(InputError):
        LatencySummary.of([])


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60))
def test_a_percentile_has_so_many_values_at_or_below_it(values):
    summary = LatencySummary.of(values)
    for percent, value in ((50, summary.median), (95, summary.p95), (99, summary.p99)):
        assert value in values
        assert 100 * sum(v <= value for v in values) >= percent * len(values)
        assert 100 * sum(v < value for v in values) < percent * len(values)


def test_latency_makespan_and_throughput_by_hand():
    instance = Instance.from_triples(10, [(2, 0, 3), (4, 1, 2)])
    schedule = simulate(instance, "fcfs").schedule
    assert schedule.start == (2, 4)
    assert latencies(instance, schedule) == [3, 2]
    assert makespan(instance, schedule) == 6
    assert throughput(instance, schedule) == Fraction(5, 4)


COMB = Instance.burst(47, [*[(0, 6)] * 5, (20, 1)] * 6)


def test_a_witness_is_held_to_numbers_and_theorems():
    witness = make_witness(COMB, admission="peak")
    low = Fraction(witness.ratio.lower)
    high = Fraction(witness.ratio.upper)
    assert 1 < low < high
    judged = judge_witness(witness, Bounds(numbers=(low, low - Fraction(1, 1000), high)))
    numbers, theorems = judged[:3], judged[3:]
    assert [judgement.verdict for judgement in numbers] == [Verdict.UNDECIDED, Verdict.VIOLATED, Verdict.HOLDS]
    assert {judgement.theorem for judgement in theorems} >= {"svf-burst", "svf-burst-sharp"}
    assert all(judgement.verdict is Verdict.HOLDS for judgement in theorems)
    assert worst(judged) is Verdict.VIOLATED
    assert worst(theorems) is Verdict.HOLDS
    assert worst(()) is Verdict.OUT_OF_SCOPE
    assert as_results(judged)[1].id == "bound"


def test_nothing_is_claimed_from_a_witness_the_checker_rejects():
    witness = make_witness(COMB, admission="peak")
    cheaper = msgspec.structs.replace(witness.optimum.upper, cost=witness.optimum.upper.cost - 1)
    tampered = msgspec.structs.replace(witness, optimum=msgspec.structs.replace(witness.optimum, upper=cheaper))
    with pytest.raises(RejectedWitnessError, match="optimum"):
        judge_witness(tampered, Bounds(numbers=(Fraction(1),)))


def test_a_replayed_bracket_is_narrowed_by_the_policies_and_checked():
    instance = Instance.burst(6, [(0, 3)] * 5)
    found = optimum(instance, engine="bounds", seconds=5)
    worse = Schedule((0, 3, 6, 9, 12))
    coarse = replace(found, upper=worse.total_latency(instance), schedule=worse, status="bracketed")
    assert certified(coarse, [found.schedule]).upper == found.upper
    assert certified(found, [worse]) == found
    with pytest.raises(CrtoolError, match="the checker rejected"):
        certified(replace(coarse, upper=coarse.upper - 1), [])
    # A schedule that does not fit is not believed, whoever brings it.
    with pytest.raises(CrtoolError, match="the checker rejected"):
        certified(coarse, [Schedule((0,) * 5)])

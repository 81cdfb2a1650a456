"""Lemmas and theorems on arbitrary small instances, and theorems against the true optimum."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from cr_toolkit import Instance, Schedule, simulate
from cr_toolkit.policies import Admission
from proofs import Setting, Verdict, applicable, judge, theorems
from proofs.check import check_theorems
from proofs.lemma import LEMMAS
from proofs.sample import trials

RULES = tuple(Admission)


@st.composite
def bursts(draw, most=6, memory=24):
    budget = draw(st.integers(1, memory))
    sizes = []
    for _ in range(draw(st.integers(1, most))):
        output = draw(st.integers(1, budget))
        sizes.append((draw(st.integers(0, budget - output)), output))
    return Instance.burst(budget, sizes)


@settings(max_examples=150, deadline=None)
@given(bursts())
def test_no_burst_breaks_a_lemma(instance):
    for trial in trials(instance, "svf", RULES):
        for lemma in LEMMAS:
            for row in lemma.rows(trial):
                assert row.lhs <= row.rhs, (lemma.id, row)


def brute_force(instance):
    """The least total latency over every vector of starts."""
    best = instance.horizon * len(instance)
    for start in itertools.product(range(sum(r.output for r in instance.requests)), repeat=len(instance)):
        schedule = Schedule(start)
        cost = schedule.total_latency(instance)
        if cost < best and schedule.is_feasible(instance):
            best = cost
    return best


@settings(max_examples=60, deadline=None)
@given(bursts(most=3, memory=5))
def test_every_theorem_about_svf_holds_against_the_true_optimum(instance):
    optimum = brute_force(instance)
    for rule in RULES:
        run = simulate(instance, "svf", admission=rule)
        judged = applicable(Setting.of(run), instance)
        assert theorems["svf-burst-sharp"] in judged
        for theorem in judged:
            verdict = judge(theorem, instance, Setting.of(run), run.cost, optimum, optimum).verdict
            assert verdict is Verdict.HOLDS, theorem.id


@settings(max_examples=100, deadline=None)
@given(bursts(), st.sampled_from(["svf-burst", "svf-burst-centroid", "svf-burst-sharp"]))
def test_a_sharper_theorem_never_gives_a_larger_bound(instance, name):
    sharp = theorems["svf-burst-sharp"].bound(instance)
    setting = Setting("svf")
    if theorems[name].failed_hypothesis(instance, setting) is None:
        assert sharp <= theorems[name].bound(instance)


@settings(max_examples=100, deadline=None)
@given(bursts(), st.sampled_from([t.id for t in theorems if t.policy == "svf" and t.share_bound and t.instance_bound]))
def test_the_bound_of_an_instance_is_at_most_that_of_its_share(instance, name):
    theorem = theorems[name]
    if theorem.failed_hypothesis(instance, Setting("svf")) is None and instance.alpha < 1:
        assert theorem.bound(instance) <= theorem.bound_at(instance.alpha)


def test_large_numbers_stay_exact():
    big = 2**53 - 1
    instance = Instance.burst(big, [(big // 2 - 3, 3), (big // 3, 5), (big // 2 - 7, 7)])
    assert check_theorems(("svf-burst", "svf-burst-centroid", "svf-burst-sharp"), [instance]).ok

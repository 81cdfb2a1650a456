"""Verdicts: exact at the boundary, silent out of scope, never guessed."""

from fractions import Fraction

import pytest

from cr_toolkit import Instance, simulate
from cr_toolkit.errors import InputError
from cr_toolkit.policies import Admission, Queue
from proofs import Setting, Verdict, applicable, judge, judge_bound, theorems

SMALL = Instance.burst(10, [(1, 3), (2, 3)])
SVF = Setting("svf")
ALIKE = Instance.burst(20, [(1, 3), (1, 4)])


@pytest.mark.parametrize(
    ("cost", "lower", "upper", "verdict"),
    [
        (50, 10, 10, Verdict.HOLDS),
        (51, 10, 10, Verdict.VIOLATED),
        (50, 9, 10, Verdict.UNDECIDED),
        (51, 9, 10, Verdict.VIOLATED),
        (45, 9, 10, Verdict.HOLDS),
        (46, 9, 10, Verdict.UNDECIDED),
        (50, 10, None, Verdict.HOLDS),
        (51, None, 10, Verdict.VIOLATED),
        (50, None, None, Verdict.UNDECIDED),
        (50, Fraction(99, 10), 10, Verdict.UNDECIDED),
        (45, Fraction(91, 10), 10, Verdict.HOLDS),
    ],
)
def test_a_plain_bound_of_five(cost, lower, upper, verdict):
    judgement = judge_bound(Fraction(5), cost, lower, upper)
    assert judgement.verdict is verdict
    assert judgement.theorem == ""
    assert judgement.bound == 5


def test_one_step_decides_beyond_the_precision_of_floats():
    big = 10**30
    assert judge_bound(Fraction(5), 5 * big, big, big).verdict is Verdict.HOLDS
    assert judge_bound(Fraction(5), 5 * big + 1, big, big).verdict is Verdict.VIOLATED
    assert judge_bound(Fraction(3 * big + 1, big), 3 * big + 1, big, big).verdict is Verdict.HOLDS


def test_impossible_costs_are_refused():
    with pytest.raises(InputError, match="must be positive"):
        judge_bound(Fraction(5), 0, 1, 1)
    with pytest.raises(InputError, match="must not exceed the upper bound 3"):
        judge_bound(Fraction(5), 5, 4, 3)


def test_a_run_within_scope_is_judged_by_the_instances_own_bound():
    run = simulate(SMALL, "svf")
    judgement = judge(theorems["svf-burst"], SMALL, Setting.of(run), run.cost, run.cost, run.cost)
    assert judgement.verdict is Verdict.HOLDS
    assert judgement.bound == Fraction(30 - 5, 10 - 5)
    assert judge(theorems["svf-burst"], SMALL, SVF, 51, 10, 10).verdict is Verdict.VIOLATED


@pytest.mark.parametrize(
    ("theorem", "instance", "setting", "words"),
    [
        ("svf-burst", SMALL, Setting("sjf"), "about the policy svf, not sjf"),
        ("svf-burst", SMALL, Setting("svf", queue=Queue.SKIPPING), "needs the queue head-of-line, not skipping"),
        ("svf-burst", Instance.burst(5, [(2, 3)]), SVF, "P < M"),
        ("svf-burst", Instance.from_triples(10, [(0, 1, 3), (1, 2, 3)]), SVF, "burst traffic"),
        ("svf-burst-half", Instance.burst(9, [(2, 3)]), SVF, "alpha <= 1/2, and the largest peak is 5/9"),
        ("svf-burst-sharp", SMALL, Setting("svf", queue=Queue.SKIPPING), "head-of-line"),
        ("gba-burst", ALIKE, Setting("gba", {"growth": "3/2"}), "needs the policy parameter growth = 2, not 3/2"),
        ("gsa-burst", ALIKE, Setting("gsa", {"slice": 1000, "growth": 2}), "parameter slice = 1, not 1000"),
        ("mcsf-burst", ALIKE, Setting("mc-sf", {"error": 3, "seed": 0}), "parameter error = 1, not 3"),
    ],
)
def test_out_of_scope_names_the_failed_hypothesis(theorem, instance, setting, words):
    # A ratio far above every bound must not turn into a violation.
    judgement = judge(theorems[theorem], instance, setting, 10**6, 1, 1)
    assert judgement.verdict is Verdict.OUT_OF_SCOPE
    assert judgement.bound is None
    assert words in judgement.reason


@pytest.mark.parametrize("rule", list(Admission))
def test_both_admission_rules_are_covered(rule):
    named = {theorem.id for theorem in applicable(Setting("svf", admission=rule))}
    assert {"svf-burst", "svf-burst-half", "svf-burst-sharp"} <= named


def test_applicable_checks_premises_when_given_the_instance():
    tall = Instance.burst(9, [(2, 3)])
    named = {theorem.id for theorem in applicable(SVF, tall)}
    assert "svf-burst" in named
    assert "svf-burst-half" not in named


def test_nothing_applies_to_skipping_or_to_an_unknown_policy():
    assert applicable(Setting("svf", queue=Queue.SKIPPING)) == ()
    assert applicable(Setting("BiggestVolumeFirst")) == ()

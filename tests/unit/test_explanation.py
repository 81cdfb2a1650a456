"""A proof read on a run: every rung by hand on a small case, and never downwards on any."""

from fractions import Fraction

import pytest
from hypothesis import given

from cr_toolkit import Instance, simulate
from proofs import explanation, theorems
from proofs.explanation import explain, relative_slack
from proofs.ladder import exact_sum
from proofs.ladders import sharp
from proofs.lemma import Row
from tests.strategies import instances

# M = 4, P = 2, c = 3: (0, 1) then (0, 2); volumes 1 and 3, rectangles 1 and 4, both start at 0.
TWO = Instance.burst(4, [(0, 2), (0, 1)])


def explained(instance, policy="svf", admission="lookahead", other="sjf"):
    run = simulate(instance, policy, admission=admission)
    return {one.theorem: one for one in explain(run, simulate(instance, other).schedule)}


def values(one):
    return [(step.lemma, step.value) for step in one.steps]


def test_the_steps_of_svf_burst_by_hand():
    one = explained(TWO)["svf-burst"]
    # TEL = 3 = sum o; sum_j sum_{i<j} a_i = 1, 2 v_1 - o_1 = 1, sum V_j = 1 + 4, 2M/c = 8/3, M - P = 2.
    assert one.cost == one.other == 3
    assert values(one) == [
        ("waiting", 3 + Fraction(1, 3)),
        ("peak-rectangle", 3 + Fraction(1, 3)),
        ("svf-burst", 3 + Fraction(10, 3)),
        ("volume-bound", 3 + 8),
        ("output-bound", 3 + 8),
        ("svf-burst", 15),
    ]
    assert [step.lost for step in one.steps][:3] == [Fraction(1, 3), 0, 3]
    assert one.losses[0] == ("svf-burst", 7)


def test_the_steps_of_svf_burst_lookahead_by_hand():
    one = explained(TWO)["svf-burst-lookahead"]
    # alpha = 1/2: Z = 3/2, lam = 1/4, rho = 7/2. V_0 + V_1 = 1, V_2 = 4. d = 1/2 and 3*5/(6*3) = 5/6.
    waiting = 3 + Fraction(2, 4) * (Fraction(7, 4) * 1 + Fraction(3, 4) * 4)
    busy = Fraction(1, 2) + Fraction(5, 6) + Fraction(1, 4) * (1 + Fraction(4, 2))
    assert values(one) == [
        ("waiting-lookahead", waiting),
        ("svf-burst-lookahead", Fraction(7, 2) * busy),
        ("mean-busy-time", Fraction(21, 2)),
    ]


def test_the_first_rung_of_svf_burst_sharp_by_hand():
    one = explained(TWO)["svf-burst-sharp"]
    # w_1 = 2/3, w_2 = 1/3. Prefix 1: A = X = 1, p x^2/4 = 1/4, (v - a/4) o = 3/4: 1. Prefix 2: A = X = 5,
    # (1 + 8)/4 + 3/4 + 2 (3 - 1) = 7. W = 0 throughout.
    assert values(one)[0] == ("rectangle-moment", Fraction(2, 3) + Fraction(7, 3))
    assert values(one)[-1] == ("priced-completion", 3 * one.bound)


@given(instances())
def test_every_ladder_climbs_to_the_bound_and_no_lemma_breaks(instance):
    burst = Instance.burst(instance.memory, [(r.prompt, r.output) for r in instance.requests])
    for policy in ("svf", "svf-1bit"):
        for rule in ("lookahead", "peak"):
            for one in explained(burst, policy, rule).values():
                assert all(step.lost >= 0 for step in one.steps)
                assert one.cost + sum(step.lost for step in one.steps) == one.bound * one.other
                assert sum(lost for _, lost in one.losses) == one.bound * one.other - one.cost
                assert all(lemma.broken == 0 for lemma in one.lemmas)
                assert one.note is None


def test_every_theorem_proved_here_with_a_constant_has_a_ladder():
    proved = {theorem.id for theorem in theorems if theorem.proof is not None and theorem.instance_bound is not None}
    assert {theorem.id for theorem in theorems if theorem.ladder is not None} == proved


def test_beyond_the_limits_lemmas_are_skipped_and_said_to_be(monkeypatch):
    monkeypatch.setattr(explanation, "PREFIX_LIMIT", 1)
    monkeypatch.setattr(sharp, "TAIL_LIMIT", 1)
    one = explained(TWO)["svf-burst-sharp"]
    assert [step.lemma for step in one.steps] == ["svf-burst-sharp"]
    assert "too long" in one.note
    skipped = {lemma.lemma for lemma in one.lemmas if lemma.skipped}
    assert {"kappa", "tail-volume"} <= skipped
    assert "prefix-domination" not in skipped


def test_the_tightest_and_the_loosest_row_of_a_lemma():
    lemmas = {lemma.lemma: lemma for lemma in explained(TWO)["svf-burst"].lemmas}
    waiting = lemmas["waiting"]
    # c W_1 = 0 <= 0 and c W_2 = 0 <= 1.
    assert (waiting.rows, waiting.slack) == (2, Fraction(1, 2))
    assert (waiting.tightest, waiting.loosest) == (Row("request 1", 0, 0), Row("request 2", 0, 1))


@pytest.mark.parametrize(
    ("lhs", "rhs", "slack"),
    [(0, 0, 0), (1, 2, Fraction(1, 2)), (-3, 4, 1), (-4, -1, Fraction(3, 4)), (2, 1, Fraction(-1, 2))],
)
def test_relative_slack(lhs, rhs, slack):
    assert relative_slack(Row("", lhs, rhs)) == slack


def test_exact_sum_of_any_number_of_terms():
    for count in range(9):
        assert exact_sum(Fraction(1, k + 1) for k in range(count)) == sum(Fraction(1, k + 1) for k in range(count))

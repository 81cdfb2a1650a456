"""Families are lifted from witnesses, exactly, in spite of a stray one, and written down as code."""

from __future__ import annotations

import importlib.util
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adversaries import FAMILIES
from adversaries.lifting import follow, lift_series, scaled
from adversaries.lifting.formula import construction, formula
from adversaries.lifting.growth import Member, judge_growth
from adversaries.lifting.polynomial import Polynomial, interpolate
from adversaries.pattern import Block, Pattern
from adversaries.subject import Subject
from cr_toolkit.checker import check_file
from cr_toolkit.cli.main import run
from cr_toolkit.errors import InputError
from cr_toolkit.model.formats import read_witness, write_witness
from cr_toolkit.policies import Admission, Queue
from tests.unit.test_shrinking import saved, subject
from tests.witnesses import make_witness

COEFFICIENTS = st.lists(st.fractions(min_value=-9, max_value=9, max_denominator=6), max_size=4)


@given(COEFFICIENTS, st.lists(st.integers(-20, 20), min_size=5, max_size=7, unique=True))
def test_interpolation_finds_the_polynomial(coefficients, xs):
    polynomial = Polynomial(tuple(coefficients))
    found = interpolate(xs, [polynomial(x) for x in xs], 3)
    assert found == polynomial
    off = [polynomial(x) for x in xs]
    off[2] += 1
    assert interpolate(xs, off, 3) is None


@given(COEFFICIENTS, COEFFICIENTS, st.integers(-9, 9), st.integers(1, 4), st.integers(0, 3))
def test_polynomial_arithmetic(a, b, k, step, offset):
    p, q = Polynomial(tuple(a)), Polynomial(tuple(b))
    assert (p + q)(k) == p(k) + q(k)
    assert (p - q)(k) == p(k) - q(k)
    assert (p * q)(k) == p(k) * q(k)
    assert p.after(step, offset)(k) == p(step * k + offset)
    assert p.is_integral == all(p(i).denominator == 1 for i in range(-6, 30))
    assert (p * Polynomial.power(3, 2)).over(3, 2) == p


def members(name, parameters):
    return [FAMILIES[name]().pattern(**one) for one in parameters]


F8 = members("F8", [{"memory": m, "peak": m // 2} for m in (20, 36, 60, 100, 140)])
F7 = members("F7", [{"memory": r * r, "peak": r * r // 2} for r in (8, 12, 20, 24)])
F1 = members("F1", [{"width": 2, "height": 3, "rounds": r} for r in (10, 20, 40)])


@pytest.mark.parametrize(
    ("policy", "patterns", "written"),
    [
        ("fcfs", F8, "(0, k) x 3, (0, 1) x 2*k, M = 2*k"),
        ("sjf", F7, "(2*k**2 - 1, 1) x 4*k, (0, 2) x 2*k**2, M = 4*k**2"),
        ("svf", F1, "(0, 3) x k, M = 6"),
    ],
)
def test_known_families_are_rediscovered_from_a_few_members(policy, patterns, written):
    lifted = lift_series(patterns[::-1])
    assert construction(lifted) == written
    assert lifted.left_out == 0
    assert [lifted.at(k).instance() for k in lifted.members] == [pattern.instance() for pattern in patterns]
    growth = follow(lifted, subject(policy), 700)
    ratios = [member.ratio for member in growth.members]
    assert ratios == sorted(ratios)
    if policy == "svf":
        assert growth.trend == "growing"
        assert abs(growth.limit - Fraction(3, 2)) < Fraction(1, 1000)
    else:
        assert growth.trend == "unbounded"
        assert growth.per_doubling > Fraction(17, 10)


@pytest.mark.parametrize("at", range(5))
def test_one_member_may_be_noise(at):
    spoilt = [*F8]
    first, second = spoilt[at].blocks
    spoilt[at] = Pattern(spoilt[at].memory, (first, Block(0, 1, second.count + 1)))
    lifted = lift_series(spoilt)
    assert construction(lifted) == "(0, k) x 3, (0, 1) x 2*k, M = 2*k"
    assert lifted.left_out == 1
    spoilt[at] = Pattern(64, (Block(0, 2),))
    assert lift_series(spoilt).left_out == 1
    assert construction(lift_series(spoilt)) == construction(lifted)


def test_what_is_no_family_is_refused():
    with pytest.raises(InputError, match="at least three"):
        lift_series(F8[:2])
    with pytest.raises(InputError, match="no family passes"):
        lift_series([Pattern(40, (Block(0, 1, count), Block(0, o))) for count, o in ((2, 9), (3, 1), (5, 7), (9, 2))])


@pytest.mark.parametrize(
    ("policy", "pattern", "written", "trend"),
    [
        (
            "fcfs",
            Pattern(24, (Block(0, 12, 3), Block(0, 1, 19))),
            "(0, 12*k) x 3, (0, 1) x 19*k, M = 24*k",
            "unbounded",
        ),
        (
            "sjf",
            Pattern(50, (Block(24, 1, 5), Block(0, 1, 44))),
            "(25*k**2 - 1, 1) x 5*k, (0, 1) x 44*k**2, M = 50*k**2",
            "unbounded",
        ),
        ("svf", Pattern(6, (Block(0, 3, 14),)), "(0, 3) x 14*k, M = 6", "growing"),
    ],
)
def test_one_witness_is_scaled(policy, pattern, written, trend):
    against = subject(policy)
    lifted = scaled(pattern, against, 800)
    assert construction(lifted) == written
    assert lifted.at(1).instance() == pattern.instance()
    assert follow(lifted, against, 800).trend == trend


def test_equal_volumes_stay_equal_when_scaled():
    pattern = FAMILIES["F2"]().pattern(height=5, rounds=2)
    against = subject()
    lifted = scaled(pattern, against, 300)
    growth = follow(lifted, against, 300)
    for member in growth.members:
        scaled_up = lifted.at(member.k)
        assert len({block.volume for block in scaled_up.blocks}) == 1
        assert scaled_up.max_peak * 2 == scaled_up.memory
    assert growth.members[-1].ratio > against.evaluator().evaluate(pattern).ratio + Fraction(1, 10)


def test_what_does_not_grow_is_not_lifted():
    assert scaled(Pattern(4, (Block(0, 2),)), subject(), 1) is None


def test_trends_are_read_off_the_last_members():
    def growth(*ratios):
        return judge_growth([Member(1 << i, Fraction(r), Fraction(1), 1) for i, r in enumerate(ratios)])

    assert growth(1, 2, 4).trend == "unbounded"
    assert growth("3/2", "7/4", "15/8").limit == 2
    assert growth(1, 2, 2).trend == "flat"
    assert growth(2).trend == "flat"


@given(COEFFICIENTS, st.integers(1, 9))
def test_formulas_are_python_expressions_of_the_same_value(coefficients, k):
    polynomial = Polynomial(tuple(coefficients))
    whole = polynomial * Polynomial.of(60)
    assert eval(formula(whole), {"k": k}) == whole(k)


def load(path: Path):
    spec = importlib.util.spec_from_file_location("lifted_family", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_command_lifts_a_series_and_writes_a_family_that_registers(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(FAMILIES, "_things", dict(FAMILIES.items()))
    paths = [str(saved(tmp_path, "fcfs", pattern)) for pattern in F8[:4]]
    target = tmp_path / "mine.py"
    assert run(["lift", *paths, "--family", str(target), "--name", "long-first", "--max-requests", "300"]) == 0
    out = capsys.readouterr().out
    assert "(0, k) x 3, (0, 1) x 2*k, M = 2*k" in out
    assert "k = 10, 18, 30, 50" in out
    assert "no limit in sight" in out
    load(target)
    family = FAMILIES["long-first"]()
    assert family.pattern(k=50).instance() == F8[3].instance()
    assert (family.policy, family.growing, family.limit(Fraction(1, 2))) == ("fcfs", "k", None)
    assert family.parameters(Fraction(1, 2), 2) == {"k": 20}
    assert family.parameters(Fraction(1, 3), 2) is None
    assert run(["lift", *paths, "--format", "json", "--max-requests", "300"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [block["output"] for block in result["blocks"]] == ["k", "1"]
    assert (result["memory"], result["trend"], result["members"]) == ("2*k", "unbounded", [10, 18, 30, 50])


def test_the_command_refuses_what_does_not_belong_together(tmp_path, capsys):
    paths = [str(saved(tmp_path, policy, F8[0])) for policy in ("fcfs", "svf")]
    assert run(["lift", *paths]) == 2
    assert "another run" in capsys.readouterr().err
    # The same policy with other parameters is another run; one that chooses them by itself is not.
    errors = [tmp_path / f"{error}.json" for error in (2, 3)]
    for path, error in zip(errors, (2, 3), strict=True):
        write_witness(path, make_witness(F8[0].instance(), "mc-sf", parameters={"error": error}))
    assert run(["lift", *map(str, errors)]) == 2
    assert f"{errors[1]}: policy is about another run than {errors[0]}" in capsys.readouterr().err
    one_bit = [str(saved(tmp_path, "svf-1bit", pattern)) for pattern in F8[:4]]
    assert len({read_witness(Path(path)).policy.parameters["threshold"] for path in one_bit}) > 1
    assert run(["lift", *one_bit, "--max-requests", "300"]) == 0
    capsys.readouterr()
    flat = saved(tmp_path, "svf", Pattern(4, (Block(0, 2),)))
    assert run(["lift", str(flat), "--max-requests", "1"]) == 3
    assert "no scaling" in capsys.readouterr().out
    assert run(["lift", paths[0], "--family", str(tmp_path / "f.py"), "--name", "not a name"]) == 2


def test_an_attack_leaves_witnesses_pictures_and_a_family(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(FAMILIES, "_things", dict(FAMILIES.items()))
    policy = "examples/largest_volume_first.py:LargestVolumeFirst"
    options = ("--evaluations", "40", "--max-requests", "110", "--jobs", "1", "--bound", "5", "--out", str(tmp_path))
    assert run(["attack", "--policy", policy, *options, "--format", "json"]) == 1
    result = json.loads(capsys.readouterr().out)
    assert {Path(file).name for file in result["files"]} == {
        "best.json", "best.svg", "small.json", "small.svg", "family.py",
    }  # fmt: skip
    for name in ("best.json", "small.json"):
        assert check_file(tmp_path / name).accepted
    small, best = read_witness(tmp_path / "small.json"), read_witness(tmp_path / "best.json")
    assert len(small.policy_schedule.start) < len(best.policy_schedule.start)
    assert result["lift"]["trend"] == "unbounded"
    load(tmp_path / "family.py")
    pattern = FAMILIES["lifted"]().pattern(k=1)
    against = Subject(policy, {}, Admission.LOOKAHEAD, Queue.HEAD_OF_LINE)
    assert against.evaluator().evaluate(pattern).ratio == Fraction(result["lift"]["ratios"][0]["ratio"])
    assert run(["attack", "--policy", policy, *options]) == 1
    assert "family     " in capsys.readouterr().out

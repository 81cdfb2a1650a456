"""Every theorem from below is demonstrated by families whose certified ratios grow."""

from fractions import Fraction

import pytest

from adversaries.demonstration import Member, approaches, grows, members
from adversaries.families import FAMILIES
from cr_toolkit.checker import check_data
from cr_toolkit.model.formats import to_json
from cr_toolkit.report.taxonomy import demonstrate
from proofs import theorems
from proofs.theorem import Kind

HALF = Fraction(1, 2)
ELSEWHERE: set[str] = set()
"""Families that are named and whose adversary is not here."""

SHOWN_BY = [(theorem.id, name) for theorem in theorems for name in theorem.families]


def points(*ratios):
    return tuple(Member(size, Fraction(ratio), None) for size, ratio in enumerate(ratios))


def test_every_unbounded_theorem_names_a_family():
    for theorem in theorems:
        if theorem.unbounded_above is not None:
            assert theorem.kind is Kind.LOWER
            assert theorem.families, theorem.id
        assert set(theorem.families) - set(FAMILIES.names()) <= ELSEWHERE


@pytest.mark.parametrize(("theorem", "name"), SHOWN_BY)
def test_a_family_fits_its_theorem(theorem, name):
    if name not in FAMILIES:
        pytest.skip(f"family {name} is not here")
    family, theorem = FAMILIES[name](), theorems[theorem]
    assert family.policy == theorem.policy or theorem.policy == "any"
    assert family.queue in theorem.queue
    assert min(family.admissions) in theorem.admission
    assert (family.limit(Fraction(9, 10)) is None) is (theorem.unbounded_above is not None)


def test_every_demonstration_succeeds():
    shown = {(one.theorem, one.family): one for one in demonstrate(HALF)}
    assert set(shown) == set(SHOWN_BY)
    for one in shown.values():
        assert one.shown is not False, one.theorem
        if one.shown is None:
            assert "not available" in one.note
    grown = shown["fcfs", "F8"]
    assert [point.parameter for point in grown.points] == [100, 200, 400]
    assert all(check_data(to_json(point.witness).encode()).accepted for point in grown.points)
    assert shown["svf-skipping", "F6"].alpha == Fraction(51, 100)


@pytest.mark.parametrize(
    ("ratios", "outcome"),
    [((1, 2, 4), True), ((1, "3/2", 2), True), ((1, "3/2", "19/10"), False), ((1, 4, 3), False), ((2, 2, 4), False),
     ((5,), False), ((), False)],
)  # fmt: skip
def test_growth(ratios, outcome):
    assert grows(points(*ratios)) is outcome


@pytest.mark.parametrize(
    ("ratios", "outcome"), [((2, "5/2", 3), True), ((2, "5/2", "41/10"), False), ((1, 2), False), ((3, 3), False)]
)
def test_approach_to_four(ratios, outcome):
    assert approaches(points(*ratios), Fraction(4)) is outcome


def test_a_family_without_instances_at_a_share_has_no_members():
    assert members("F6", HALF) == ()

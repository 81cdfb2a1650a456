"""Best known bounds are inherited along the lattice, and theorems that cannot all be true are found out."""

from dataclasses import replace
from fractions import Fraction

import pytest

from cr_toolkit.policies import Admission, Information, Queue
from cr_toolkit.taxonomy.lattice import Cell, cells, lattice
from cr_toolkit.taxonomy.regimes import Traffic
from proofs import cells as module
from proofs import theorems
from proofs.cells import best_known, contradictions, lower_bounds, upper_bounds
from proofs.description import TABLE_SHARES
from proofs.theorem import ANY_POLICY, Kind, Status, Theorem

HALF = Fraction(1, 2)
BURST = Cell(Information.FULL, Traffic.BURST)


def invented(**changes):
    """A theorem that bounds nothing truthfully."""
    base = Theorem(
        "invented", "It says so.", "svf", Information.FULL, Traffic.BURST, Kind.UPPER, Status.PROVED_IN_SOURCE,
        "nowhere", "1", "2",
    )  # fmt: skip
    return replace(base, **changes)


def constant(value):
    return lambda alpha: Fraction(value)


def disputes(**changes):
    return contradictions((HALF,), (*theorems, invented(**changes)))


def test_the_registered_theorems_agree():
    assert contradictions((*TABLE_SHARES, Fraction(3, 4), Fraction(9, 10), Fraction(1))) == ()


@pytest.mark.parametrize("alpha", [*TABLE_SHARES, Fraction(2, 3), Fraction(9, 10), Fraction(1)])
def test_more_information_or_tamer_traffic_is_never_worse(alpha):
    for easy, hard in lattice().edges:
        better = best_known(hard, alpha)
        if better is not None:
            assert best_known(easy, alpha).rank[:2] <= better.rank[:2]
        assert {b.theorem.id for b in lower_bounds(easy, alpha)} <= {b.theorem.id for b in lower_bounds(hard, alpha)}


def test_best_known_bounds():
    assert best_known(BURST, HALF).theorem.id == "svf-burst-lookahead"
    assert best_known(BURST, HALF).value == Fraction(7, 2)
    assert best_known(BURST, Fraction(3, 4)).theorem.id == "svf-burst-tight"
    assert best_known(BURST, Fraction(1)).theorem.id == "clairvoyant-general"
    one_bit = best_known(Cell(Information.ONE_BIT, Traffic.BURST), HALF)
    assert one_bit.value is None
    assert one_bit.theorem.policy == "svf-1bit"
    assert best_known(Cell(Information.FULL, Traffic.ARBITRARY), HALF) is None


def test_a_bound_is_inherited_and_says_so():
    poisson = upper_bounds(Cell(Information.FULL, Traffic.POISSON), HALF)
    assert [(bound.theorem.id, bound.inherited) for bound in poisson] == [
        ("svf-poisson", False),
        ("svf1-poisson", True),
    ]
    (everybody,) = lower_bounds(Cell(Information.NONE, Traffic.ARBITRARY), HALF)
    assert (everybody.theorem.id, everybody.inherited) == ("any-arbitrary", True)


def test_a_class_of_instances_is_kept_apart():
    ids = {bound.theorem.id for bound in upper_bounds(BURST, HALF, classes=True)}
    assert {"gba-burst", "mcsf-burst", "gsa-burst", "amax-interval"} <= ids
    assert ids.isdisjoint(bound.theorem.id for bound in upper_bounds(BURST, HALF))


def test_what_is_not_proved_or_is_an_order_is_no_best_known_bound():
    for changes in ({"status": Status.CLAIMED}, {"status": Status.NOT_FOUND}, {"order": True}):
        one = invented(share_bound=constant(2), **changes)
        assert best_known(BURST, HALF, (one,)) is None
    assert best_known(BURST, HALF, (invented(share_bound=constant(2)),)).value == 2


@pytest.mark.parametrize(
    ("changes", "against"),
    [
        # Below what the combs reach with the peak rule.
        ({"share_bound": constant("39/10")}, "svf-burst-peak"),
        # A constant where there is none.
        ({"policy": "sjf", "share_bound": constant(1000)}, "sjf"),
        ({"policy": "fcfs", "information": Information.NONE, "share_bound": constant(10**9)}, "fcfs"),
        ({"policy": "new", "traffic": Traffic.ARBITRARY, "share_bound": constant(50)}, "any-arbitrary"),
        ({"policy": "new", "traffic": Traffic.ARBITRARY, "information": Information.NONE,
          "share_bound": constant(50)}, "any-arbitrary"),
        # Above what is proved.
        ({"kind": Kind.LOWER, "share_bound": constant("36/10"), "admission": (Admission.LOOKAHEAD,)},
         "svf-burst-lookahead"),
        ({"kind": Kind.LOWER, "unbounded_above": Fraction(0)}, "svf-burst"),
        ({"kind": Kind.LOWER, "policy": ANY_POLICY, "share_bound": constant(17)}, "clairvoyant-general"),
        ({"kind": Kind.TIGHT, "admission": (Admission.PEAK,), "share_bound": constant(5)}, "svf-burst-sharp"),
    ],
)  # fmt: skip
def test_an_inconsistent_theorem_is_caught(changes, against):
    found = disputes(**changes)
    assert any("invented" in sentence and against in sentence for sentence in found), found


@pytest.mark.parametrize(
    "changes",
    [
        {"share_bound": constant("39/10"), "admission": (Admission.LOOKAHEAD,)},
        {"share_bound": constant("39/10"), "status": Status.REFUTED},
        {"policy": "sjf", "queue": (Queue.SKIPPING,), "share_bound": constant(3)},
        {"policy": "sjf", "traffic": Traffic.POISSON, "share_bound": constant(3)},
        {"kind": Kind.LOWER, "policy": ANY_POLICY, "traffic": Traffic.ARBITRARY, "share_bound": constant(10**6)},
        {"kind": Kind.LOWER, "policy": ANY_POLICY, "information": Information.NONE, "share_bound": constant(10**6)},
    ],
)
def test_what_does_not_contradict_is_left_alone(changes):
    assert disputes(**changes) == ()


def test_restarts_escape_what_binds_policies_without_them():
    no_restart = {"policy": "new", "traffic": Traffic.ARBITRARY, "share_bound": constant(50)}
    assert disputes(**no_restart)
    assert disputes(**no_restart, restarts=True) == ()


def test_a_lattice_without_inheritance_is_out_of_order(monkeypatch):
    blind = invented(policy="new", information=Information.NONE, share_bound=constant(3))
    assert contradictions((HALF,), (*theorems, blind)) == ()
    monkeypatch.setattr(module, "at_least_as_hard", lambda cell: frozenset({cell}))
    (first, *_) = contradictions((HALF,), (*theorems, blind))
    assert "has a worse best known bound than none, burst, which is harder" in first


def test_every_cell_can_be_asked():
    for cell in cells():
        for bound in upper_bounds(cell, HALF):
            assert bound.theorem.kind is not Kind.LOWER

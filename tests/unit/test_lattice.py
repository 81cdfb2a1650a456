"""The lattice information x traffic: a product of two partial orders with the comparisons that can be justified."""

import networkx
import pytest

from cr_toolkit.model import Request
from cr_toolkit.policies import Information
from cr_toolkit.policies.information import interval_view, one_bit_view
from cr_toolkit.taxonomy.lattice import Cell, at_least_as_easy, at_least_as_hard, cells, lattice
from cr_toolkit.taxonomy.regimes import Traffic

EASIEST = Cell(Information.FULL, Traffic.BURST)
HARDEST = Cell(Information.NONE, Traffic.ARBITRARY)


def test_every_regime_has_its_place():
    assert set(cells()) == {Cell(i, t) for i in Information for t in Traffic}
    assert len(cells()) == len(Information) * len(Traffic)
    assert set(lattice()) == set(cells())


def test_it_is_a_partial_order():
    assert networkx.is_directed_acyclic_graph(lattice())
    for cell in cells():
        assert HARDEST in at_least_as_hard(cell)
        assert at_least_as_hard(cell) & at_least_as_easy(cell) == {cell}


@pytest.mark.parametrize(
    ("easy", "hard", "ordered"),
    [
        (("full", "burst"), ("one-bit", "burst"), True),
        (("full", "burst"), ("none", "arbitrary"), True),
        (("interval", "burst"), ("none", "burst"), True),
        (("one-bit", "poisson"), ("one-bit", "arbitrary"), True),
        (("full", "trace"), ("full", "arbitrary"), True),
        (("interval", "burst"), ("one-bit", "burst"), False),
        (("one-bit", "burst"), ("interval", "burst"), False),
        (("full", "burst"), ("full", "poisson"), False),
        (("full", "poisson"), ("full", "burst"), False),
        (("full", "burst"), ("full", "trace"), False),
        (("none", "burst"), ("full", "arbitrary"), False),
    ],
)
def test_what_is_comparable(easy, hard, ordered):
    easy, hard = (Cell(Information(i), Traffic(t)) for i, t in (easy, hard))
    assert (hard in at_least_as_hard(easy)) is ordered
    assert (easy in at_least_as_easy(hard)) is ordered


def test_a_dyadic_interval_tells_some_bits_and_not_others():
    # Outputs 4 to 7 share an interval; the bit [o > 5] tells them apart, [o > 3] does not.
    views = {interval_view(Request(0, 1, output)) for output in range(4, 8)}
    assert len(views) == 1
    assert len({one_bit_view(Request(0, 1, output), 5) for output in range(4, 8)}) == 2
    assert len({one_bit_view(Request(0, 1, output), 3) for output in range(4, 8)}) == 1


def test_a_cell_names_both_regimes():
    assert str(EASIEST) == "full, burst"

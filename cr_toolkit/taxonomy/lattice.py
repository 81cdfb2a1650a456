"""The lattice of cells information x traffic: which cell is easier for a policy than which.

*Information.* A regime is above another when what it shows determines what the other shows, for every request: a
policy made for the lower regime then runs in the higher one unchanged. The output determines an interval and a bit,
and anything determines nothing. An interval and a bit are not comparable: a dyadic interval [2^k, 2^(k+1) - 1] tells
whether the output exceeds a threshold only if the threshold is 2^k - 1 for some k, and a bit never tells an interval.
Nor is a prediction comparable with either: one whose error is known confines the output to an interval, but to
another one.

*Traffic.* A regime is below another when a bound on every instance of the other implies one here. A burst and a trace
are arrivals an adversary may choose. So is every outcome of a Poisson process: cost <= rho OPT on each implies
E[cost] <= rho E[OPT], and a ratio of expectations above rho implies an instance with such a ratio. Burst, Poisson and
trace are not comparable with one another: a bound on expectations under one process says nothing about the one instance
in which all requests arrive at once, and the other way round.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic

if TYPE_CHECKING:
    import networkx

_LESS_INFORMATION: Mapping[Information, tuple[Information, ...]] = {
    Information.FULL: (Information.PREDICTED, Information.INTERVAL, Information.ONE_BIT),
    Information.PREDICTED: (Information.NONE,),
    Information.INTERVAL: (Information.NONE,),
    Information.ONE_BIT: (Information.NONE,),
    Information.NONE: (),
}
"""For each regime the richest ones that its view determines."""

_WILDER_TRAFFIC: Mapping[Traffic, tuple[Traffic, ...]] = {
    Traffic.BURST: (Traffic.ARBITRARY,),
    Traffic.POISSON: (Traffic.ARBITRARY,),
    Traffic.TRACE: (Traffic.ARBITRARY,),
    Traffic.ARBITRARY: (),
}
"""For each regime the tamest ones that contain it."""


class Cell(NamedTuple):
    """What a policy knows and how requests arrive."""

    information: Information
    traffic: Traffic

    def __str__(self) -> str:
        return f"{self.information}, {self.traffic}"


def cells() -> tuple[Cell, ...]:
    """Return every cell, most information and tamest traffic first."""
    return tuple(Cell(information, traffic) for information in _LESS_INFORMATION for traffic in _WILDER_TRAFFIC)


@cache
def lattice() -> networkx.DiGraph[Cell]:
    """Return the cells with an edge from each to those that are harder by one step: less information or wilder traffic.

    It is a product of two partial orders, hence acyclic; the harder cells are those that can be reached.
    """
    import networkx

    graph: networkx.DiGraph[Cell] = networkx.DiGraph()
    for information, less in _LESS_INFORMATION.items():
        for traffic, wilder in _WILDER_TRAFFIC.items():
            here = Cell(information, traffic)
            graph.add_node(here)
            graph.add_edges_from((here, Cell(other, traffic)) for other in less)
            graph.add_edges_from((here, Cell(information, other)) for other in wilder)
    return graph


def at_least_as_hard(cell: Cell) -> frozenset[Cell]:
    """Return ``cell`` and every harder one: a bound from above that holds in one of them holds in ``cell``."""
    import networkx

    return frozenset(networkx.descendants(lattice(), cell) | {cell})


def at_least_as_easy(cell: Cell) -> frozenset[Cell]:
    """Return ``cell`` and every easier one: a bound from below that holds in one of them holds in ``cell``."""
    import networkx

    return frozenset(networkx.ancestors(lattice(), cell) | {cell})

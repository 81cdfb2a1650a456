"""Shortest output first on bursts."""

from fractions import Fraction

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

SJF = state(
    Theorem(
        id="sjf",
        statement="On bursts with varying prompts the competitive ratio of SJF is unbounded: it grows like sqrt M.",
        policy="sjf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.LOWER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2508.06133",
        version="v3",
        formula="sqrt(M)",
        order=True,
        unbounded_above=Fraction(0),
        families=("F7",),
    )
)

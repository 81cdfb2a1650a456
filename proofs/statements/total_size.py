"""Smallest prompt + output first on bursts."""

from fractions import Fraction

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

TOTAL_SIZE = state(
    Theorem(
        id="total-size",
        statement="On bursts with varying prompts the competitive ratio of smallest-total-first is unbounded.",
        policy="total-size",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.LOWER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2508.06133",
        version="v3",
        formula="oo",
        unbounded_above=Fraction(0),
        families=("F10",),
    )
)

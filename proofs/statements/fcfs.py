"""First come first served on bursts."""

from fractions import Fraction

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

FCFS = state(
    Theorem(
        id="fcfs",
        statement="On bursts the competitive ratio of FCFS is unbounded: it grows linearly with M.",
        policy="fcfs",
        information=Information.NONE,
        traffic=Traffic.BURST,
        kind=Kind.LOWER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2508.06133",
        version="v3",
        formula="M",
        order=True,
        unbounded_above=Fraction(0),
        families=("F8",),
    )
)

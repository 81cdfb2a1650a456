"""Sorted-F on bursts."""

from fractions import Fraction

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

SORTEDF_BURST = state(
    Theorem(
        id="sortedf-burst",
        statement="On a burst, Sorted-F costs at most 48 OPT when the memory is large; how large is not "
        "made explicit, so no single instance is held to it.",
        policy="sorted-f",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2508.06133",
        version="v3",
        formula="48",
        share_bound=lambda alpha: Fraction(48) if alpha == 0 else None,
    )
)

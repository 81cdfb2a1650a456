"""SVF on bursts of vanishing memory share: the second headline of the paper."""

from fractions import Fraction

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

SVF_BURST_FLUID = state(
    Theorem(
        id="svf-burst-fluid",
        statement="On bursts whose largest peak is a vanishing share of M, the competitive ratio of head-"
        "of-line SVF tends to at most 3.",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_HERE,
        source="arXiv 2606.22327, Corollary 3.2.1",
        version="v2",
        formula="3",
        share_bound=lambda alpha: Fraction(3) if alpha == 0 else None,
        proof="svf-burst-fluid",
    )
)

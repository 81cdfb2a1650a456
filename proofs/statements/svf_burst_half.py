"""SVF on bursts of requests that take at most half the memory: the paper's headline."""

from fractions import Fraction

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.hypotheses import share_at_most
from proofs.ladders import burst
from proofs.theorem import Kind, Status, Theorem, state

_HALF = Fraction(1, 2)
_BOUND = Fraction(5)

SVF_BURST_HALF = state(
    Theorem(
        id="svf-burst-half",
        statement="On a burst whose peaks are at most M/2, head-of-line SVF costs at most 5 OPT.",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_HERE,
        source="arXiv 2606.22327, Corollary 3.2.2",
        version="v2",
        formula="5",
        hypotheses=(share_at_most(_HALF),),
        instance_bound=lambda instance: _BOUND,
        share_bound=lambda alpha: _BOUND if alpha <= _HALF else None,
        proof="svf-burst-half",
        ladder=burst.svf_burst_half,
    )
)

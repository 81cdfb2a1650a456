"""SVF on bursts, the paper's theorem in its integer form."""

from fractions import Fraction

from cr_toolkit.model import Instance
from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.hypotheses import PEAK_BELOW_MEMORY
from proofs.ladders import burst
from proofs.theorem import Kind, Status, Theorem, state


def instance_bound(instance: Instance) -> Fraction:
    """Return (3M - P)/(M - P)."""
    memory, peak = instance.memory, instance.max_peak
    return Fraction(3 * memory - peak, memory - peak)


def share_bound(alpha: Fraction) -> Fraction | None:
    """Return 1 + 2/(1 - alpha)."""
    return 1 + 2 / (1 - alpha) if alpha < 1 else None


SVF_BURST = state(
    Theorem(
        id="svf-burst",
        statement="On a burst whose largest peak P is below M, head-of-line SVF satisfies "
        "(M - P) TEL <= (3M - P) OPT, that is TEL <= (1 + 2/(1 - alpha)) OPT.",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_HERE,
        source="arXiv 2606.22327, Theorem 3.2; Lean proof for the peak rule in serQ",
        version="v2",
        formula="(3*M - P)/(M - P)",
        hypotheses=(PEAK_BELOW_MEMORY,),
        instance_bound=instance_bound,
        share_bound=share_bound,
        proof="svf-burst",
        ladder=burst.svf_burst,
    )
)

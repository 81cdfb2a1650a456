"""One-bit SVF on bursts: a factor for what the bit does not say."""

from fractions import Fraction

from cr_toolkit.model import Instance
from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.hypotheses import WORST_CASE_CHOICE
from proofs.ladders import burst
from proofs.one_bit import domination_factor
from proofs.theorem import Kind, Status, Theorem, state


def instance_bound(instance: Instance) -> Fraction:
    """Return 1 + 2 K M/(M - P + 1)."""
    factor = domination_factor(instance.longest_output)
    return 1 + Fraction(2 * factor * instance.memory, instance.memory - instance.max_peak + 1)


SVF1_BURST = state(
    Theorem(
        id="svf1-burst",
        statement="On a burst of outputs at most T, one-bit SVF with the worst-case threshold and proxies "
        "costs at most (1 + 2 K M/(M - P + 1)) OPT, K = T (K = 3 when T = 2): O(T)/(1 - alpha).",
        policy="svf-1bit",
        information=Information.ONE_BIT,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_HERE,
        source="this project; arXiv 2606.22327 v2, Theorem 3.3, states O(T)",
        version="1",
        formula="1 + 2*K*M/(M - P + 1)",
        hypotheses=(WORST_CASE_CHOICE,),
        instance_bound=instance_bound,
        proof="svf1-burst",
        ladder=burst.svf1_burst,
    )
)

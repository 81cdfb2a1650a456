"""One-bit SVF on bursts: the right order in the longest output."""

from fractions import Fraction

from cr_toolkit.model import Instance
from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.exact import sqrt_above
from proofs.hypotheses import WORST_CASE_CHOICE
from proofs.ladders import burst
from proofs.one_bit import domination_factor
from proofs.theorem import Kind, Status, Theorem, state


def instance_bound(instance: Instance) -> Fraction:
    """Return a rational at or above 4 sqrt(K) M/(M - P + 1)."""
    root = sqrt_above(Fraction(domination_factor(instance.longest_output)))
    return 4 * root * instance.memory / (instance.memory - instance.max_peak + 1)


SVF1_BURST_ROOT = state(
    Theorem(
        id="svf1-burst-root",
        statement="On a burst of outputs at most T, one-bit SVF with the worst-case threshold and proxies costs at "
        "most (4 sqrt(K) M/(M - P + 1)) OPT, K = T (K = 3 when T = 2): O(sqrt T)/(1 - alpha).",
        policy="svf-1bit",
        information=Information.ONE_BIT,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_HERE,
        source="this project",
        version="1",
        formula="4*sqrt(K)*M/(M - P + 1)",
        hypotheses=(WORST_CASE_CHOICE,),
        instance_bound=instance_bound,
        proof="svf1-burst-root",
        ladder=burst.svf1_burst_root,
    )
)

"""SVF on predictions, burst: a factor for what predictions get wrong."""

from fractions import Fraction

from cr_toolkit.model import Instance
from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.hypotheses import parameters_are
from proofs.theorem import Kind, Status, Theorem, state

ERROR = 2
"""The multiplicative error of predictions unless told otherwise."""


def instance_bound(instance: Instance) -> Fraction:
    """Return 1 + 2 k^4 M/(M - P + 1) for k = ``ERROR``."""
    return 1 + Fraction(2 * ERROR**4 * instance.memory, instance.memory - instance.max_peak + 1)


SVF_PREDICTED_BURST = state(
    Theorem(
        id="svf-predicted-burst",
        statement="On a burst, SVF on predictions within a factor of k of the outputs costs at most "
        "(1 + 2 k^4 M/(M - P + 1)) OPT; here k = 2. A factor k in an output is one of at most k^2 in a volume, so "
        "v_i <= k^4 v_j whenever i is served before j, and the proof of svf1-burst goes through with k^4 for K.",
        policy="svf-predicted",
        information=Information.PREDICTED,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.CLAIMED,
        source="this project",
        version="1",
        formula=f"1 + {2 * ERROR**4}*M/(M - P + 1)",
        hypotheses=(parameters_are(error=ERROR),),
        instance_bound=instance_bound,
        share_bound=lambda alpha: None if alpha == 1 else 1 + 2 * ERROR**4 / (1 - alpha),
    )
)

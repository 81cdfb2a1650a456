"""SVF on bursts under the lookahead rule: what the growing memory is worth."""

from fractions import Fraction

from cr_toolkit.model import Instance
from cr_toolkit.policies import Admission, Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.hypotheses import share_at_most
from proofs.ladders import burst
from proofs.theorem import Kind, Status, Theorem, state

_THIRD = Fraction(1, 3)
_HALF = Fraction(1, 2)


def share_bound(alpha: Fraction) -> Fraction | None:
    """Return 3/(2(1 - alpha)) + 1/(4 alpha), which increases on [1/3, 1/2]; 3 below."""
    if alpha > _HALF:
        return None
    share = max(alpha, _THIRD)
    return 3 / (2 * (1 - share)) + 1 / (4 * share)


def instance_bound(instance: Instance) -> Fraction:
    """Return the bound for alpha = P/M."""
    bound = share_bound(instance.alpha)
    if bound is None:
        raise ValueError("the theorem needs alpha <= 1/2")
    return bound


SVF_BURST_LOOKAHEAD = state(
    Theorem(
        id="svf-burst-lookahead",
        statement="On a burst with all peaks at most alpha M, 1/3 <= alpha <= 1/2, head-of-line SVF with "
        "lookahead costs at most (3/(2(1 - alpha)) + 1/(4 alpha)) OPT; smaller shares take alpha "
        "= 1/3.",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_HERE,
        source="this project",
        version="1",
        formula="3/(2*(1 - Max(alpha, Rational(1, 3)))) + 1/(4*Max(alpha, Rational(1, 3)))",
        admission=(Admission.LOOKAHEAD,),
        hypotheses=(share_at_most(_HALF),),
        instance_bound=instance_bound,
        share_bound=share_bound,
        proof="svf-burst-lookahead",
        ladder=burst.svf_burst_lookahead,
    )
)

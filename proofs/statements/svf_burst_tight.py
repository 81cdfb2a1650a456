"""SVF with the peak rule: the exact constant."""

from fractions import Fraction

from cr_toolkit.model import Instance
from cr_toolkit.policies import Admission, Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.ladders import sharp
from proofs.theorem import Hypothesis, Kind, Setting, Status, Theorem, state

_THIRD = Fraction(1, 3)


def instance_bound(instance: Instance) -> Fraction:
    """Return 2M/(M - P + 1)."""
    return Fraction(2 * instance.memory, instance.memory - instance.max_peak + 1)


def _too_small(instance: Instance, setting: Setting) -> str | None:
    bound = instance_bound(instance)
    return None if bound >= 3 else f"it needs 2M/(M - P + 1) >= 3, and that is {bound}"


SVF_BURST_TIGHT = state(
    Theorem(
        id="svf-burst-tight",
        statement="With the peak rule and 1/3 <= alpha < 1, the least constant that bounds the ratio of head-of-line "
        "SVF on all bursts of share at most alpha is 2/(1 - alpha).",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.TIGHT,
        status=Status.PROVED_HERE,
        source="this project",
        version="1",
        formula="2/gamma",
        admission=(Admission.PEAK,),
        hypotheses=(Hypothesis("2M >= 3(M - P + 1)", _too_small),),
        instance_bound=instance_bound,
        share_bound=lambda alpha: 2 / (1 - alpha) if _THIRD <= alpha < 1 else None,
        families=("F3",),
        proof="svf-burst-tight",
        ladder=sharp.svf_burst_sharp,
    )
)

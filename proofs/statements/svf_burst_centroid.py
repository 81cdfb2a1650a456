"""SVF on bursts against the centroid bound on OPT."""

from fractions import Fraction

from cr_toolkit.model import Instance
from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.ladders import burst
from proofs.theorem import Kind, Status, Theorem, state


def centroid_bound(gamma: Fraction) -> Fraction:
    """Return max(1 + 4/(3 gamma), 2/gamma)."""
    return max(1 + Fraction(4) / (3 * gamma), 2 / gamma)


def instance_bound(instance: Instance) -> Fraction:
    """Return the bound for gamma = (M - P + 1)/M."""
    return centroid_bound(Fraction(instance.memory - instance.max_peak + 1, instance.memory))


def share_bound(alpha: Fraction) -> Fraction | None:
    """Return the bound for gamma = 1 - alpha."""
    return centroid_bound(1 - alpha) if alpha < 1 else None


SVF_BURST_CENTROID = state(
    Theorem(
        id="svf-burst-centroid",
        statement="On a burst, head-of-line SVF costs at most max(1 + 4/(3 gamma), 2/gamma) OPT, gamma = (M "
        "- P + 1)/M.",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_HERE,
        source="this project",
        version="1",
        formula="Max(1 + 4/(3*gamma), 2/gamma)",
        instance_bound=instance_bound,
        share_bound=share_bound,
        proof="svf-burst-centroid",
        ladder=burst.svf_burst_centroid,
    )
)

"""SVF on bursts, sharper: exact for the peak rule from alpha = 1/3 on."""

from fractions import Fraction

from cr_toolkit.model import Instance
from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.ladders import sharp
from proofs.sharp_root import sharp_bound
from proofs.theorem import Kind, Status, Theorem, state


def instance_bound(instance: Instance) -> Fraction:
    """Return a rational at or above rho*(gamma), gamma = (M - P + 1)/M."""
    return sharp_bound(Fraction(instance.memory - instance.max_peak + 1, instance.memory))


def share_bound(alpha: Fraction) -> Fraction | None:
    """Return a rational at or above rho*(1 - alpha), which exceeds rho*(gamma) for every such instance."""
    return sharp_bound(1 - alpha) if alpha < 1 else None


SVF_BURST_SHARP = state(
    Theorem(
        id="svf-burst-sharp",
        statement="On a burst, head-of-line SVF costs at most rho* OPT, with gamma = (M - P + 1)/M and rho* >= 2 the "
        "root of rho/2 = 1/gamma + gamma kappa(rho)^2/4; this is 2/gamma when that is at least 3. "
        "The bound given is a rational proved to be at least rho*.",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_HERE,
        source="this project",
        version="1",
        formula="Eq(rho/2, 1/gamma + gamma*Max(0, rho - 3*(rho - 1)*cbrt(2*rho/(3*(rho - 1)))/2)**2/4)",
        instance_bound=instance_bound,
        share_bound=share_bound,
        proof="svf-burst-sharp",
        ladder=sharp.svf_burst_sharp,
    )
)

"""SVF with the peak rule: what no proof can go below."""

from cr_toolkit.policies import Admission, Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

SVF_BURST_PEAK = state(
    Theorem(
        id="svf-burst-peak",
        statement="With the peak rule, bursts of a comb of long requests and blocks bring the ratio of SVF "
        "as close to 2/(1 - alpha) as wanted, so svf-burst-sharp is exact there from alpha = 1/3 "
        "on.",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.LOWER,
        status=Status.PROVED_HERE,
        source="this project",
        version="1",
        formula="2/(1 - alpha)",
        admission=(Admission.PEAK,),
        families=("F3",),
        proof="svf-burst-peak",
        share_bound=lambda alpha: 2 / (1 - alpha) if alpha < 1 else None,
    )
)

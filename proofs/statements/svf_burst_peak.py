"""SVF with the peak rule: what no proof can go below."""

from cr_toolkit.policies import Admission, Information
from proofs.theorem import Kind, Status, Theorem, Traffic, state

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
        status=Status.CLAIMED,
        source="this project",
        version="1",
        formula="2/(1 - alpha)",
        admission=(Admission.PEAK,),
        share_bound=lambda alpha: 2 / (1 - alpha) if alpha < 1 else None,
    )
)

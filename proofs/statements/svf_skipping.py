"""SVF that lets later requests pass a blocked head."""

from cr_toolkit.policies import Admission, Information, Queue
from proofs.theorem import Kind, Status, Theorem, Traffic, state

SVF_SKIPPING = state(
    Theorem(
        id="svf-skipping",
        statement="On bursts with peaks just above M/2, SVF with lookahead and skipping has an unbounded "
        "competitive ratio: it grows like sqrt(M)/4.",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.LOWER,
        status=Status.CLAIMED,
        source="this project",
        version="1",
        formula="sqrt(M)/4",
        admission=(Admission.LOOKAHEAD,),
        queue=(Queue.SKIPPING,),
    )
)

"""SVF that lets later requests pass a blocked head."""

from fractions import Fraction

from cr_toolkit.policies import Admission, Information, Queue
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

SVF_SKIPPING = state(
    Theorem(
        id="svf-skipping",
        statement="On bursts with peaks just above M/2, SVF with lookahead and skipping has an unbounded "
        "competitive ratio: it grows like sqrt(M)/4.",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.LOWER,
        status=Status.PROVED_HERE,
        source="this project",
        version="1",
        formula="sqrt(M)/4",
        order=True,
        unbounded_above=Fraction(1, 2),
        families=("F6",),
        proof="svf-skipping",
        admission=(Admission.LOOKAHEAD,),
        queue=(Queue.SKIPPING,),
    )
)

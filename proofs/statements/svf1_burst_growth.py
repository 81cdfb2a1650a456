"""What one bit cannot tell apart."""

from fractions import Fraction

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

SVF1_BURST_GROWTH = state(
    Theorem(
        id="svf1-burst-growth",
        statement="On bursts of long requests that share a bit, the ratio of one-bit SVF with the worst-case choice "
        "grows like sqrt T, so svf1-burst-root has the right order in T.",
        policy="svf-1bit",
        information=Information.ONE_BIT,
        traffic=Traffic.BURST,
        kind=Kind.LOWER,
        status=Status.CLAIMED,
        source="this project",
        version="1",
        formula="sqrt(T)",
        order=True,
        unbounded_above=Fraction(0),
        families=("F9",),
    )
)

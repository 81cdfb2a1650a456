"""A_max: outputs known to lie in an interval, planned at its upper end."""

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.hypotheses import COMMON_PROMPT
from proofs.theorem import Kind, Status, Theorem, state

AMAX_INTERVAL = state(
    Theorem(
        id="amax-interval",
        statement="On a burst with a common prompt and outputs in [l, u], b = l/u, the ratio of A_max is at "
        "most (1/b)(1 + 1/b)/2.",
        policy="a-max",
        information=Information.INTERVAL,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2508.14544",
        version="v2",
        formula="(1/b)*(1 + 1/b)/2",
        hypotheses=(COMMON_PROMPT,),
    )
)

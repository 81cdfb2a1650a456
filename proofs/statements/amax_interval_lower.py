"""A_max: what planning at the upper end of an interval can cost."""

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.hypotheses import COMMON_PROMPT
from proofs.theorem import Kind, Status, Theorem, state

AMAX_INTERVAL_LOWER = state(
    Theorem(
        id="amax-interval-lower",
        statement="On some bursts with a common prompt and outputs in [l, u], b = l/u, the ratio of A_max is at least "
        "(1/b)(1 + b^(-1/2))/2.",
        policy="a-max",
        information=Information.INTERVAL,
        traffic=Traffic.BURST,
        kind=Kind.LOWER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2508.14544",
        version="v2",
        formula="(1/b)*(1 + 1/sqrt(b))/2",
        hypotheses=(COMMON_PROMPT,),
    )
)

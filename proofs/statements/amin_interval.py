"""A_min: outputs known to be at least l, planned at l and restarted."""

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.hypotheses import COMMON_PROMPT
from proofs.theorem import Kind, Status, Theorem, state

AMIN_INTERVAL = state(
    Theorem(
        id="amin-interval",
        statement="On a burst with a common prompt and outputs in [l, u], b = l/u, the ratio of A_min is O(log 1/b).",
        policy="a-min",
        information=Information.INTERVAL,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2508.14544",
        version="v2",
        formula="log(1/b)",
        order=True,
        restarts=True,
        hypotheses=(COMMON_PROMPT,),
    )
)

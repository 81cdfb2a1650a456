"""Why one area order does not do for every memory share."""

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

AREA_ORDER_GENERAL = state(
    Theorem(
        id="area-order-general",
        statement="No single area order, that of SVF included, has a ratio on bursts that stays bounded as alpha tends "
        "to 1; SVF's grows like 1/(1 - alpha).",
        policy="svf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.LOWER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2607.09248",
        version="not recorded",
        formula="1/(1 - alpha)",
        order=True,
        families=("F5", "F5b"),
    )
)

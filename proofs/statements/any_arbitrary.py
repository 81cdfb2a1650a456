"""What arbitrary arrivals cost every online policy."""

from fractions import Fraction

from cr_toolkit.policies import Information, Queue
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import ANY_POLICY, Kind, Status, Theorem, state

ANY_ARBITRARY = state(
    Theorem(
        id="any-arbitrary",
        statement="Against arbitrary arrivals the competitive ratio of every deterministic online policy is "
        "Omega(sqrt n): no constant bound exists, at any memory share.",
        policy=ANY_POLICY,
        information=Information.FULL,
        traffic=Traffic.ARBITRARY,
        kind=Kind.LOWER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2502.07115, Theorem 4.1",
        version="v5",
        formula="sqrt(n)",
        order=True,
        unbounded_above=Fraction(0),
        families=("F11",),
        queue=(Queue.HEAD_OF_LINE, Queue.SKIPPING),
    )
)

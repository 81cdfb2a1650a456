"""Geometric batching on bursts with a common prompt."""

from fractions import Fraction

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.hypotheses import COMMON_PROMPT, parameters_are
from proofs.theorem import Kind, Status, Theorem, state

GBA_BURST = state(
    Theorem(
        id="gba-burst",
        statement="On a burst with a common prompt, GBA costs at most 10.67 OPT, and at most 6.75 OPT as M "
        "grows without bound; here with lengths that grow by the factor 2.",
        policy="gba",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2601.22996",
        version="v1",
        formula="1067/100",
        hypotheses=(COMMON_PROMPT, parameters_are(growth=2)),
        instance_bound=lambda instance: Fraction(1067, 100),
        share_bound=lambda alpha: Fraction(27, 4) if alpha == 0 else Fraction(1067, 100),
    )
)

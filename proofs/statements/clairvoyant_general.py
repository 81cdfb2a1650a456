"""The class-based area order: a constant for every memory share."""

from fractions import Fraction

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import Kind, Status, Theorem, state

CLAIRVOYANT_GENERAL = state(
    Theorem(
        id="clairvoyant-general",
        statement="On a burst with any prompts and outputs, the class-based area order costs at most 16 OPT.",
        policy="class-based-area",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2607.09248",
        version="not recorded",
        formula="16",
        instance_bound=lambda instance: Fraction(16),
        share_bound=lambda alpha: Fraction(16),
    )
)

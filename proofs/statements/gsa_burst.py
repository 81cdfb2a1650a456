"""Geometric slicing, lengths unknown, with restarts."""

from fractions import Fraction

from cr_toolkit.policies import Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.hypotheses import COMMON_PROMPT, parameters_are
from proofs.theorem import Kind, Status, Theorem, state

GSA_BURST = state(
    Theorem(
        id="gsa-burst",
        statement="On a burst with a common prompt and unknown outputs, GSA (which may stop a request, "
        "losing its progress) costs at most 61.92 OPT, and at most 32 OPT as M grows without "
        "bound; here with slices 1, 2, 4, ....",
        policy="gsa",
        information=Information.NONE,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2601.22996",
        version="v1",
        formula="1548/25",
        restarts=True,
        hypotheses=(COMMON_PROMPT, parameters_are(slice=1, growth=2)),
        instance_bound=lambda instance: Fraction(6192, 100),
        share_bound=lambda alpha: Fraction(32) if alpha == 0 else Fraction(6192, 100),
    )
)

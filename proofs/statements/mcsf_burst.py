"""MC-SF on bursts with a common prompt."""

from fractions import Fraction

from cr_toolkit.policies import Admission, Information
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.hypotheses import COMMON_PROMPT, parameters_are, share_at_most
from proofs.theorem import Kind, Status, Theorem, state

MCSF_BURST = state(
    Theorem(
        id="mcsf-burst",
        statement="On a burst with a common prompt, exact predictions and M >= 2 max(s + o), MC-SF costs at "
        "most 9216 OPT.",
        policy="mc-sf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.UPPER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2502.07115, Theorem 4.3",
        version="v5",
        formula="9216",
        admission=(Admission.LOOKAHEAD,),
        hypotheses=(
            COMMON_PROMPT,
            share_at_most(Fraction(1, 2)),
            parameters_are(error=1),
        ),
        instance_bound=lambda instance: Fraction(9216),
        share_bound=lambda alpha: Fraction(9216) if alpha <= Fraction(1, 2) else None,
    )
)

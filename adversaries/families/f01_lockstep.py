"""F1, lockstep: identical triangles that the policy starts together and the optimum starts one after another."""

from __future__ import annotations

from fractions import Fraction

from adversaries.families.base import Family, reciprocal
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern
from cr_toolkit.policies import Admission


@FAMILIES.register("F1")
class Lockstep(Family):
    """(0, h) x KN at M = Kh: K in lockstep per h steps, against 2K - 1 interleaved.

    Any work-conserving policy is hurt, since the requests are identical. Limit 2 - 1/K.
    """

    admissions = frozenset({Admission.LOOKAHEAD})
    growing = "rounds"
    source = "theory notes, section 5, F1"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int]:
        """Return K = 1/alpha rounded up, h = 2K - 1 and 10 rounds, doubled with each size."""
        width = max(2, reciprocal(alpha))
        return {"width": width, "height": 2 * width - 1, "rounds": 10 << (size - 1)}

    def pattern(self, *, width: int, height: int, rounds: int) -> Pattern:
        """Return ``width`` x ``rounds`` triangles of ``height`` tokens."""
        return Pattern(width * height, (Block(0, height, width),), rounds)

    def limit(self, alpha: Fraction) -> Fraction:
        """Return 2 - 1/K."""
        return 2 - Fraction(1, max(2, reciprocal(alpha)))

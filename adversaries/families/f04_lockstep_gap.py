"""F4, lockstep with a gap: one token short of another request."""

from __future__ import annotations

from fractions import Fraction

from adversaries.families.base import Family
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern
from cr_toolkit.policies import Admission


@FAMILIES.register("F4")
class LockstepGap(Family):
    """(0, h) at M = Kh - 1: reserving peaks runs K - 1 at a time, against almost 2K - 1 interleaved.

    alpha is just over 1/K; limit (2K - 1)/(K - 1).
    """

    admissions = frozenset({Admission.PEAK})
    growing = "rounds"
    source = "theory notes, section 5, F4"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int]:
        """Return the smallest K with h/(Kh - 1) <= alpha, at a height of 2(2K - 1) - 1 or more, larger with size."""
        width = _width(alpha)
        # h (K alpha - 1) >= alpha: the height must be large enough when alpha is close to 1/K.
        least = -int(-alpha // (width * alpha - 1))
        # At h = (2K - 1) d - 1 a start every d steps fits below Kh - 1.
        phases = max(1 + size, -(-(least + 1) // (2 * width - 1)))
        return {"width": width, "height": (2 * width - 1) * phases - 1, "rounds": 10 << (size - 1)}

    def pattern(self, *, width: int, height: int, rounds: int) -> Pattern:
        """Return ``width`` x ``rounds`` triangles of ``height`` tokens."""
        return Pattern(width * height - 1, (Block(0, height, width),), rounds)

    def limit(self, alpha: Fraction) -> Fraction:
        """Return (2K - 1)/(K - 1)."""
        width = _width(alpha)
        return Fraction(2 * width - 1, width - 1)


def _width(alpha: Fraction) -> int:
    """Return the smallest K with 1/K < alpha."""
    return alpha.denominator // alpha.numerator + 1

"""F3, comb: peaks reserved long before they are reached."""

from __future__ import annotations

from fractions import Fraction

from adversaries.families.base import Family, triangle
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern
from cr_toolkit.policies import Admission


@FAMILIES.register("F3")
class Comb(Family):
    """(L x n, B) x N at M = v + nh - 1, with L = (0, h) and B = (v - 1, 1) of the same volume v = h(h+1)/2.

    The n reserved peaks leave one token too few for B. Limit 2/(1 - alpha), the exact constant for alpha >= 1/3.
    """

    admissions = frozenset({Admission.PEAK})
    growing = "height"
    source = "theory notes, section 5, F3"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return a height of 10, 20, ..., the fewest teeth that alpha allows and 3 rounds per unit of height."""
        height = 10 * size
        volume = triangle(height)
        teeth = -int(-(volume / alpha - volume + 1) // height)
        return {"height": height, "teeth": max(1, teeth), "rounds": 3 * height}

    def pattern(self, *, height: int, teeth: int, rounds: int) -> Pattern:
        """Return ``rounds`` times ``teeth`` long requests and a wide one."""
        volume = triangle(height)
        return Pattern(volume + teeth * height - 1, (Block(0, height, teeth), Block(volume - 1, 1)), rounds)

    def limit(self, alpha: Fraction) -> Fraction:
        """Return 2/(1 - alpha)."""
        return 2 / (1 - alpha)

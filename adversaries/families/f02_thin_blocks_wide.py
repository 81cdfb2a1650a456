"""F2, thin blocks wide: one thin, long request keeps a second wide one out."""

from __future__ import annotations

from fractions import Fraction

from adversaries.families.base import Family, triangle
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern
from cr_toolkit.policies import Admission


@FAMILIES.register("F2")
class ThinBlocksWide(Family):
    """(L, B x h) x N at M = 2v, with L = (0, h) and B = (v - 1, 1) of the same volume v = h(h+1)/2.

    While L runs one B fits at a time; the optimum runs the B two at a time and the L interleaved. Limit 2.
    """

    admissions = frozenset({Admission.LOOKAHEAD})
    growing = "height"
    source = "theory notes, section 5, F2"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return a height of 8, 16, 24, ... and as many rounds; None below alpha = 1/2."""
        return {"height": 8 * size, "rounds": 8 * size} if alpha >= Fraction(1, 2) else None

    def pattern(self, *, height: int, rounds: int) -> Pattern:
        """Return ``rounds`` times one thin request and ``height`` wide ones."""
        volume = triangle(height)
        return Pattern(2 * volume, (Block(0, height), Block(volume - 1, 1, height)), rounds)

    def limit(self, alpha: Fraction) -> Fraction:
        """Return 2."""
        return Fraction(2)

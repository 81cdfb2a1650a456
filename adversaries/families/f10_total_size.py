"""F10: smallest prompt + output first mistakes thin and long for small."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from adversaries.families.base import Family, reciprocal
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern
from cr_toolkit.policies import Admission


@FAMILIES.register("F10")
class TotalSizeFirst(Family):
    """(0, K) x c, (K, 1) x c sqrt K at M = c(K + 1): the long requests are one token smaller and come first.

    Unbounded for the order by prompt + output under the peak rule, about 0.7 sqrt K; with lookahead the wide requests
    run beside the long ones while those are small.
    """

    admissions = frozenset({Admission.PEAK})

    policy = "total-size"
    growing = "length"
    source = "theory notes, section 5, F10"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int]:
        """Return K = 100, 400, 900, ... and c = 1/alpha rounded up."""
        return {"length": 100 * size**2, "width": reciprocal(alpha)}

    def pattern(self, *, length: int, width: int) -> Pattern:
        """Return the long requests and the wide ones."""
        blocks = (Block(0, length, width), Block(length, 1, width * isqrt(length)))
        return Pattern(width * (length + 1), blocks)

    def limit(self, alpha: Fraction) -> None:
        """Return None: unbounded."""
        return

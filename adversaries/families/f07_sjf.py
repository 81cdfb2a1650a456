"""F7: shortest job first serves the wide before the small."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from adversaries.families.base import Family
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern


@FAMILIES.register("F7")
class WideFirst(Family):
    """(P - 1, 1) x 2 sqrt M, (0, 2) x M/2 with P = alpha M: short but wide requests delay many small ones.

    Unbounded for SJF, about 0.26 sqrt M at alpha = 1/2.
    """

    policy = "sjf"
    growing = "memory"
    source = "theory notes, section 5, F7"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return a memory of 400, 1600, 3600, ... and P = alpha M up to M/2."""
        memory = 400 * size**2
        peak = min(memory // 2, int(alpha * memory))
        return {"memory": memory, "peak": peak} if peak >= 2 else None

    def pattern(self, *, memory: int, peak: int) -> Pattern:
        """Return the wide requests and the small ones."""
        return Pattern(memory, (Block(peak - 1, 1, memory // peak * isqrt(memory)), Block(0, 2, memory // 2)))

    def limit(self, alpha: Fraction) -> None:
        """Return None: unbounded."""
        return

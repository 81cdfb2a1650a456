"""F9: what one bit cannot tell apart."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from adversaries.families.base import Family
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern


@FAMILIES.register("F9")
class OneBitClasses(Family):
    """Long class (0, P) x K + 1, (0, theta + 1) x M/(theta + 1) with P = M/K, which share a bit and a proxy volume.

    The longest come first in request order. Unbounded for 1-bit SVF: at theta = sqrt P about 0.15 M/theta.
    """

    policy = "svf-1bit"
    growing = "memory"
    source = "theory notes, section 5, F9"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return a memory of 400, 1600, 3600, ..., P = alpha M up to M/2 and theta = sqrt P."""
        memory = 400 * size**2
        peak = min(memory // 2, int(alpha * memory))
        return {"memory": memory, "peak": peak, "threshold": isqrt(peak)} if peak >= 4 else None

    def pattern(self, *, memory: int, peak: int, threshold: int) -> Pattern:
        """Return the longest and the least long requests whose bit is 1."""
        short = threshold + 1
        return Pattern(memory, (Block(0, peak, memory // peak + 1), Block(0, short, memory // short)))

    def limit(self, alpha: Fraction) -> None:
        """Return None: unbounded."""
        return

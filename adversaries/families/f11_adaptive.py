"""F11: arrivals that flood the memory once long requests have taken half of it and cannot be stopped."""

from __future__ import annotations

from fractions import Fraction

from adversaries.families.base import Family, reciprocal
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern


@FAMILIES.register("F11")
class Flood(Family):
    """(1, P - 1) x K at 0 with P = M/K; (1, 1) x M/2 at each of the P/2 steps from P/2 on.

    Arbitrary arrivals; against any policy that starts a request on an idle machine, as all of this project do. What
    an adversary that watches the policy (``adversaries.adaptive``) does comes to the same. Unbounded, about
    0.6 sqrt n for K = 1.
    """

    growing = "memory"
    source = "arXiv 2502.07115, Theorem 4.1; theory notes, section 5, F11"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return K = 1/alpha rounded up and a memory of 16 K, doubled with each size."""
        width = reciprocal(alpha)
        return {"memory": 16 * width << (size - 1), "width": width}

    def pattern(self, *, memory: int, width: int) -> Pattern:
        """Return the long requests and the flood."""
        peak = memory // width
        if peak < 2 or memory < 2:
            # No such member: what is not well formed is never evaluated.
            return Pattern(memory, ())
        flood = (Block(1, 1, memory // 2, step) for step in range(peak // 2, peak // 2 + peak // 2))
        return Pattern(memory, (Block(1, peak - 1, width), *flood))

    def limit(self, alpha: Fraction) -> None:
        """Return None: unbounded."""
        return

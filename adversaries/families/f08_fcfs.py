"""F8: first come first served lets a few long requests block the many."""

from __future__ import annotations

from fractions import Fraction

from adversaries.families.base import Family
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern


@FAMILIES.register("F8")
class LongFirst(Family):
    """(0, P) x K + 1, (0, 1) x M with P = M/K <= alpha M: everybody waits for the long ones.

    Unbounded for FCFS, about M/6 at alpha = 1/2, and for any policy that prefers long requests.
    """

    policy = "fcfs"
    growing = "memory"
    source = "theory notes, section 5, F8"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return a memory of 100, 200, 400, ... and P = alpha M up to M/2."""
        memory = 100 << (size - 1)
        peak = min(memory // 2, int(alpha * memory))
        return {"memory": memory, "peak": peak} if peak >= 2 else None

    def pattern(self, *, memory: int, peak: int) -> Pattern:
        """Return the long requests and the short ones."""
        return Pattern(memory, (Block(0, peak, memory // peak + 1), Block(0, 1, memory)))

    def limit(self, alpha: Fraction) -> None:
        """Return None: unbounded."""
        return

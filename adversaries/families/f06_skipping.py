"""F6: why SVF must not skip a request that does not fit."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from adversaries.families.base import Family
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern
from cr_toolkit.policies import Admission, Queue


@FAMILIES.register("F6")
class SkippedWide(Family):
    """(M/2, 1) x sqrt M, (M/4 - 2, M/4) x 2, alpha just over 1/2: two long requests slip past the wide ones.

    Unbounded for SVF with skipping, about sqrt(M)/4.
    """

    admissions = frozenset({Admission.LOOKAHEAD})
    queue = Queue.SKIPPING
    growing = "memory"
    source = "theory notes, section 5, F6"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return a memory of 400, 1600, 3600, ...; None if M/2 + 1 exceeds alpha M."""
        memory = 400 * size**2
        return {"memory": memory} if memory // 2 + 1 <= alpha * memory else None

    def pattern(self, *, memory: int) -> Pattern:
        """Return the wide requests and the two long ones."""
        quarter = memory // 4
        return Pattern(memory, (Block(memory // 2, 1, isqrt(memory)), Block(quarter - 2, quarter, 2)))

    def limit(self, alpha: Fraction) -> None:
        """Return None: unbounded."""
        return

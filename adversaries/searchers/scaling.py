"""Scaling: takes a good small instance and makes it larger for as long as that makes it worse."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from adversaries.mutations import Mutation
from adversaries.pattern import Pattern
from adversaries.searchers.base import Scored
from adversaries.searchers.blocks import BlockClimber
from adversaries.searchers.catalogue import SEARCHERS
from adversaries.searchers.growth import Law, changed_law, grow, random_law
from adversaries.space import Space

_FACTORS = (1.1, 1.25, 1.5, 2.0, 3.0, 4.0)


@SEARCHERS.register("scaling")
class ScalingSearcher(BlockClimber):
    """Scales whole instances, each block's sizes and counts at its own rate; a law that pays is followed on."""

    patience = 60
    elite_share = 0.9

    def __init__(self, space: Space, random: Random, elites: Sequence[Scored]) -> None:
        super().__init__(space, random, elites)
        self._law: Law | None = None
        self._tried: Law | None = None
        self._paid = False

    def moves(self, pattern: Pattern) -> list[Mutation]:
        """Return a growth by the law that paid, by one like it or by a new one; now and then a small change."""
        random = self.random
        self._tried = None
        fits = self._law is not None and len(self._law.blocks) == len(pattern.blocks)
        if not self._paid and random.random() < 0.25:
            return super().moves(pattern)
        if not fits or (not self._paid and random.random() < 0.4):
            law = random_law(random, pattern)
        else:
            assert self._law is not None
            law = self._law if self._paid else changed_law(random, self._law, pattern)
        self._tried = law
        # As far as the space allows: what does not fit is asked for again with another factor.
        return grow(pattern, self.space, random.choice(_FACTORS), law)

    def reject(self, pattern: Pattern) -> None:
        """Stay, and stop following the law."""
        super().reject(pattern)
        self._paid = False

    def tell(self, pattern: Pattern, ratio: Fraction) -> None:
        """Follow the law on if it paid."""
        before = self._current
        super().tell(pattern, ratio)
        self._paid = self._tried is not None and before is not None and ratio > before.ratio
        if self._paid:
            self._law = self._tried

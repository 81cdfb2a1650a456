"""MAP-Elites: every kind of candidate has its own record to beat, so that no basin swallows the search."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from adversaries.mutations import apply_all
from adversaries.pattern import Pattern
from adversaries.searchers.base import Scored, Searcher
from adversaries.searchers.blocks import BlockClimber
from adversaries.searchers.catalogue import SEARCHERS
from adversaries.searchers.climbing import Climber
from adversaries.searchers.equal_volume import EqualVolumeClimber
from adversaries.searchers.scaling import ScalingSearcher
from adversaries.space import Space

_TRIES = 20
_FRESH = 0.1

_Kind = tuple[int, int, int]


@SEARCHERS.register("map-elites")
class MapElites(Searcher):
    """Changes a random elite, keeps the best of every kind (share, number of requests, spread of volumes)."""

    def __init__(self, space: Space, random: Random, elites: Sequence[Scored]) -> None:
        super().__init__(space, random, elites)
        genomes: list[type[Climber]] = [BlockClimber, ScalingSearcher]
        if not space.common_prompt:
            genomes.append(EqualVolumeClimber)
        self._sources = [genome(space, random, ()) for genome in genomes]
        self._records: dict[_Kind, Scored] = {}
        for elite in elites:
            self._keep(elite)
        self._threshold = Fraction(1)

    def ask(self) -> Pattern:
        """Return a change of a random elite, or something new."""
        for _ in range(_TRIES):
            source = self.random.choice(self._sources)
            if not self._records or self.random.random() < _FRESH:
                pattern = source.fresh_within()
            else:
                parent = self.random.choice(list(self._records.values())).pattern
                if not source.suits(parent):
                    continue
                pattern = self.space.conform(apply_all(parent, source.moves(parent)))
            if self.space.admits(pattern):
                break
        record = self._records.get(_kind(pattern)) if pattern.is_well_formed else None
        self._threshold = Fraction(1) if record is None else record.ratio
        return pattern

    @property
    def threshold(self) -> Fraction:
        """The record of the candidate's kind."""
        return self._threshold

    def tell(self, pattern: Pattern, ratio: Fraction) -> None:
        """Keep it if it is the best of its kind."""
        self._keep(Scored(pattern, ratio))

    def _keep(self, scored: Scored) -> None:
        kind = _kind(scored.pattern)
        if kind not in self._records or scored.ratio >= self._records[kind].ratio:
            self._records[kind] = scored


def _kind(pattern: Pattern) -> _Kind:
    # Shares in eighths, sizes by powers of 2.
    return 8 * pattern.max_peak // pattern.memory, pattern.size.bit_length(), pattern.spread

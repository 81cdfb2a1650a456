"""Hill climbing with restarts: what the climbing searchers share."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from random import Random

from adversaries.mutations import Mutation, apply_all
from adversaries.pattern import Pattern
from adversaries.searchers.base import Scored, Searcher
from adversaries.space import Space

_TRIES = 20


class Climber(Searcher):
    """Keeps a candidate, asks for neighbours, moves to those that are no worse, restarts when stuck."""

    patience = 150
    """Evaluations without progress before a restart."""

    elite_share = 0.6
    """How often a restart begins at a known good candidate."""

    def __init__(self, space: Space, random: Random, elites: Sequence[Scored]) -> None:
        super().__init__(space, random, elites)
        self._current: Scored | None = None
        self._stale = 0
        self._starts = [elite for elite in self.elites if self.suits(elite.pattern) and space.admits(elite.pattern)]

    @abstractmethod
    def fresh(self) -> Pattern:
        """Return a random candidate."""

    @abstractmethod
    def moves(self, pattern: Pattern) -> list[Mutation]:
        """Return a random small change of ``pattern``."""

    def suits(self, pattern: Pattern) -> bool:
        """Return whether a climb may begin at ``pattern``, found by any searcher."""
        return True

    def ask(self) -> Pattern:
        """Return a neighbour of the current candidate, or a new start."""
        if self._current is None or self._stale >= self.patience:
            self._current = None
            self._stale = 0
            if self._starts and self.random.random() < self.elite_share:
                # Often the best: the others are there for the case that it leads nowhere.
                self._current = self._starts[int(len(self._starts) * self.random.random() ** 2)]
            else:
                return self.fresh_within()
        for _ in range(_TRIES):
            neighbour = self.space.conform(apply_all(self._current.pattern, self.moves(self._current.pattern)))
            if neighbour != self._current.pattern and self.space.admits(neighbour):
                return neighbour
        self._stale = self.patience
        return self.fresh_within()

    @property
    def threshold(self) -> Fraction:
        """What a neighbour must reach: the current ratio."""
        return Fraction(1) if self._current is None else self._current.ratio

    def reject(self, pattern: Pattern) -> None:
        """Stay where it is."""
        self._stale += 1

    def tell(self, pattern: Pattern, ratio: Fraction) -> None:
        """Move if the neighbour is no worse."""
        if self._current is None or ratio >= self._current.ratio:
            if self._current is None or ratio > self._current.ratio:
                self._stale = 0
            else:
                self._stale += 1
            self._current = Scored(pattern, ratio)
        else:
            self._stale += 1

    def fresh_within(self) -> Pattern:
        """Return a random candidate inside the space, if a few tries find one."""
        for _ in range(_TRIES):
            pattern = self.space.conform(self.fresh())
            if self.space.admits(pattern):
                break
        return pattern

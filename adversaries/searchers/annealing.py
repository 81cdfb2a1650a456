"""Simulated annealing on raw lists and on patterns of equal volume: worse neighbours are taken, ever more rarely."""

from __future__ import annotations

from fractions import Fraction

from adversaries.pattern import Pattern
from adversaries.searchers.base import Scored
from adversaries.searchers.catalogue import SEARCHERS
from adversaries.searchers.climbing import Climber
from adversaries.searchers.equal_volume import EqualVolumeClimber
from adversaries.searchers.hill import HillClimber

_HOTTEST = 0.01
_COOLING = 0.97
_RESOLUTION = 1 << 20


class Annealer(Climber):
    """Climbs, but takes a neighbour that is worse by a share d with probability exp(-d / temperature)."""

    _bar = Fraction(1)
    _temperature = _HOTTEST

    def ask(self) -> Pattern:
        """Return a neighbour, having drawn how much worse it may be; a new start is hot again."""
        pattern = super().ask()
        if self._stale == 0:
            self._temperature = max(self._temperature, _HOTTEST / 4)
        self._temperature *= _COOLING
        if self._current is None:
            self._temperature = _HOTTEST
            self._bar = Fraction(1)
        else:
            # exp(-d / T) > u exactly when d < T e with e exponential: drawn first, it also serves to screen.
            lost = min(1.0, self._temperature * self.random.expovariate(1.0))
            self._bar = self._current.ratio * Fraction(_RESOLUTION - int(lost * _RESOLUTION), _RESOLUTION)
        return pattern

    @property
    def threshold(self) -> Fraction:
        """The ratio at which the neighbour is taken."""
        return self._bar

    def tell(self, pattern: Pattern, ratio: Fraction) -> None:
        """Move if the neighbour is good enough at this temperature."""
        improved = self._current is None or ratio > self._current.ratio
        self._stale = 0 if improved else self._stale + 1
        if ratio >= self._bar:
            self._current = Scored(pattern, ratio)


@SEARCHERS.register("anneal-lists")
class ListAnnealer(Annealer, HillClimber):
    """Anneals raw lists of requests."""


@SEARCHERS.register("anneal-pattern")
class PatternAnnealer(Annealer, EqualVolumeClimber):
    """Anneals patterns of equal volume."""

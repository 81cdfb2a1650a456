"""The known families at growing parameters, then with their parameters moved."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random

from adversaries.families.base import Family
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern
from adversaries.searchers.base import Scored, Searcher
from adversaries.searchers.catalogue import SEARCHERS
from adversaries.searchers.draws import nudge
from adversaries.space import Space

_SIZES = 8


@SEARCHERS.register("family")
class FamilySearcher(Searcher):
    """Tries every family, small members first, then climbs over the parameters of the best."""

    def __init__(self, space: Space, random: Random, elites: Sequence[Scored]) -> None:
        super().__init__(space, random, elites)
        families = [(name, kind()) for name, kind in FAMILIES.items()]
        self._queue: list[tuple[Family, dict[str, int], Pattern]] = []
        for size in range(1, _SIZES + 1):
            for _, family in families:
                parameters = family.parameters(space.alpha, size)
                if parameters is not None:
                    pattern = family.pattern(**parameters)
                    if space.admits(pattern):
                        self._queue.append((family, parameters, pattern))
        self._queue.reverse()
        self._asked: tuple[Family, dict[str, int], Pattern] | None = None
        self._best: list[tuple[Fraction, Family, dict[str, int]]] = []

    def ask(self) -> Pattern:
        """Return the next member, or the best one with a parameter moved."""
        if self._queue:
            self._asked = self._queue.pop()
        elif self._best:
            self._asked = self._moved()
        else:
            # No family fits the space: the smallest instance there is keeps the interface simple.
            return Pattern(self.space.least_memory(1), (Block(0, 1),))
        return self._asked[2]

    def tell(self, pattern: Pattern, ratio: Fraction) -> None:
        """Remember the three best members."""
        if self._asked is not None:
            self._best.append((ratio, self._asked[0], self._asked[1]))
            self._best.sort(key=lambda entry: -entry[0])
            del self._best[3:]

    def _moved(self) -> tuple[Family, dict[str, int], Pattern]:
        _, family, parameters = self.random.choice(self._best)
        for _ in range(10):
            name = self.random.choice(sorted(parameters))
            moved = {**parameters, name: nudge(self.random, parameters[name], 1, 2 * parameters[name] + 2)}
            pattern = family.pattern(**moved)
            if self.space.admits(pattern):
                return family, moved, pattern
        return family, parameters, family.pattern(**parameters)

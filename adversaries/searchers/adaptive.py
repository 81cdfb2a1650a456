"""Playing against the policy: the instance is what an adversary that watches it releases."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import NamedTuple

from adversaries.adaptive import Blocking, play
from adversaries.families.base import reciprocal
from adversaries.folding import pattern_of
from adversaries.pattern import Block, Pattern
from adversaries.searchers.base import Scored, WatchingSearcher
from adversaries.searchers.catalogue import SEARCHERS
from adversaries.searchers.draws import nudge
from adversaries.space import Space
from adversaries.subject import Subject
from cr_toolkit.errors import InputError

_TRIES = 20
_KEPT = 3


class _Rated(NamedTuple):
    ratio: Fraction
    adversary: Blocking


@SEARCHERS.register("adaptive")
class AdaptiveSearcher(WatchingSearcher):
    """Lets long requests start, then floods the rest of the memory; for arbitrary arrivals only."""

    serves_bursts = False

    def __init__(self, space: Space, random: Random, elites: Sequence[Scored]) -> None:
        super().__init__(space, random, elites)
        self._subject: Subject | None = None
        self._asked: Blocking | None = None
        self._best: list[_Rated] = []
        width = reciprocal(space.alpha)
        self._queue = [] if space.burst else [Blocking(8 * width << size, width) for size in range(8)][::-1]

    def watch(self, subject: Subject) -> None:
        """Play against this policy from now on."""
        self._subject = subject

    def ask(self) -> Pattern:
        """Return what comes of a game: larger and larger budgets first, then the best one with a number moved."""
        for _ in range(_TRIES):
            self._asked = self._next()
            if self._asked is None or self._subject is None:
                break
            pattern = self._played(self._asked, self._subject)
            if pattern is not None:
                return pattern
        self._asked = None
        return Pattern(self.space.least_memory(1), (Block(0, 1),))

    def tell(self, pattern: Pattern, ratio: Fraction) -> None:
        """Remember the three best adversaries."""
        if self._asked is not None:
            self._best.append(_Rated(ratio, self._asked))
            self._best.sort(key=lambda rated: -rated.ratio)
            del self._best[_KEPT:]

    def _next(self) -> Blocking | None:
        if self._queue:
            return self._queue.pop()
        if not self._best:
            return None
        random, old = self.random, self.random.choice(self._best).adversary
        half = old.peak // 2
        numbers = {
            "memory": old.memory,
            "width": old.width,
            "wait": old.wait or half,
            "rate": old.rate or old.memory // 2,
            "rounds": old.rounds or half,
        }
        name = random.choice(sorted(numbers))
        numbers[name] = nudge(random, numbers[name], 1, 2 * numbers[name])
        try:
            return Blocking(**numbers)
        except InputError:
            return old

    def _played(self, adversary: Blocking, subject: Subject) -> Pattern | None:
        """Return the pattern of a game that stays within the space, or None."""
        rate, rounds = adversary.rate or adversary.memory // 2, adversary.rounds or adversary.peak // 2
        if adversary.width + rate * rounds > self.space.max_requests:
            return None
        pattern = pattern_of(play(adversary, subject))
        return pattern if self.space.admits(pattern) else None

"""Which task comes next: elites of all kinds, and a budget that moves to the searcher that pays.

Task t is planned from the outcomes of tasks 0 .. t - LAG alone, merged in order. Up to LAG tasks can therefore run at
once, and what each of them does is the same for any number of workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random

from adversaries.archive import Archive
from adversaries.searchers import Scored
from adversaries.space import Space
from adversaries.tasks import Outcome, Task, task_random

LAG = 16
"""How many outcomes a plan lags behind: also the most tasks at work at a time."""

_SIZES = (40, 80, 140, 400, 1000)
_PRIOR = {
    "pattern": 4.0,
    "blocks": 2.0,
    "scaling": 2.0,
    "map-elites": 1.0,
    "anneal-pattern": 1.0,
    "hill": 0.5,
    "anneal-lists": 0.5,
    "bilevel": 0.5,
    "adaptive": 4.0,
    "family": 0.25,
    "random": 0.1,
}
_SHORT_LISTS = frozenset({"hill", "anneal-lists"})
_EQUAL_VOLUMES = frozenset({"pattern", "anneal-pattern"})
_FEWEST = 0.15
"""The part of its prior share that a searcher keeps when nothing of it pays."""

_FIRST = 30
_WALK = 10
_ELITES = 8
_DECAY = 0.9
# Keys of the planning streams; tasks use 0, 1, 2, ...
_PLANNING = 1 << 40


@dataclass
class Portfolio:
    """The state of a search between tasks.

    Attributes:
        searcher: a registered name, or ``auto``.
        space: what may be proposed.
        seed: of the search.
        families: whether ``auto`` may use the known families.
        shares: the memory shares to find the worst candidate for, ascending, the last being the space's; that one
            alone if empty.
    """

    searcher: str
    space: Space
    seed: int
    families: bool = True
    shares: tuple[Fraction, ...] = ()
    archive: Archive = field(init=False)
    _credit: dict[str, float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        sizes = [size for size in _SIZES if size < self.space.max_requests]
        self.shares = self.shares or (self.space.alpha,)
        self.archive = Archive(self.shares, (*sizes, self.space.max_requests))

    @property
    def best(self) -> Scored | None:
        """The best candidate so far; of equal ones the smallest."""
        return self.archive.best(self.space.alpha)

    def plan(self, index: int, most: int) -> Task:
        """Return task ``index``, of at most ``most`` evaluations."""
        random = task_random(self.seed, _PLANNING + index)
        share = random.choice(self.shares)
        size = random.choice(self.archive.sizes)
        if self.searcher != "auto":
            name = self.searcher
        elif index < len(self.shares) and self.families:
            name, share = "family", self.shares[index]
        else:
            names = [name for name in _PRIOR if self._serves(name, size)]
            weights = [_PRIOR[name] * (_FEWEST + self._credit.get(name, 0.0)) for name in names]
            name = random.choices(names, weights)[0]
        if name in ("family", "adaptive"):
            size = self.space.max_requests
        evaluations = 200 if size <= 140 else 120 if size <= 400 else 60
        if name != "family":
            # What is found early should soon serve others; later, long tasks climb higher.
            evaluations = min(evaluations, _FIRST + 2 * index)
        if name == "bilevel":
            # Each of its evaluations ends a long walk of its own.
            evaluations = max(1, evaluations // _WALK)
        return Task(index, name, min(evaluations, most), share, size, self._elites(share, size, random))

    def _elites(self, share: Fraction, size: int, random: Random) -> tuple[Scored, ...]:
        """Return the best, or now and then any: what is best today may lead nowhere."""
        elites = self.archive.elites(share, size)
        if len(elites) > _ELITES and random.random() < 0.3:
            elites = random.sample(elites, _ELITES)
        return tuple(elites[:_ELITES])

    def _serves(self, name: str, size: int) -> bool:
        if name in _SHORT_LISTS:
            return size <= _SIZES[0]
        if name == "adaptive":
            return not self.space.burst
        if name in _EQUAL_VOLUMES:
            return not self.space.common_prompt
        return name != "family" or self.families

    def merge(self, outcome: Outcome) -> bool:
        """Take in an outcome, in order of the tasks; return whether the best candidate changed."""
        before = self.best
        gain = self.take_in(outcome.found)
        name = outcome.task.searcher
        self._credit[name] = _DECAY * self._credit.get(name, 0.0) + (1 - _DECAY) * gain
        return self.best is not None and (before is None or self.best.ratio > before.ratio)

    def take_in(self, found: Sequence[Scored]) -> float:
        """Keep what is among the best of its kind; return how much it improved on what was there."""
        return self.archive.take_in(found)

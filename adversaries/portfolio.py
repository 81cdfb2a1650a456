"""Which task comes next: elites per size, and a budget that moves to the searcher that pays.

Task t is planned from the outcomes of tasks 0 .. t - LAG alone, merged in order. Up to LAG tasks can therefore run at
once, and what each of them does is the same for any number of workers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from adversaries.searchers import Scored
from adversaries.space import Space
from adversaries.tasks import Outcome, Task, task_random

LAG = 16
"""How many outcomes a plan lags behind: also the most tasks at work at a time."""

_SIZES = (40, 80, 140, 400)
_KEPT = 3
_PRIOR = {"pattern": 4.0, "blocks": 2.0, "hill": 1.0, "family": 0.25, "random": 0.1}
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
    """

    searcher: str
    space: Space
    seed: int
    families: bool = True
    _elites: dict[int, list[Scored]] = field(init=False)
    _credit: dict[str, float] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        sizes = [size for size in _SIZES if size < self.space.max_requests]
        self._elites = {size: [] for size in (*sizes, self.space.max_requests)}

    @property
    def best(self) -> Scored | None:
        """The best candidate so far; of equal ones the smallest."""
        top = self._elites[self.space.max_requests]
        return top[0] if top else None

    def plan(self, index: int, most: int) -> Task:
        """Return task ``index``, of at most ``most`` evaluations."""
        random = task_random(self.seed, _PLANNING + index)
        sizes = list(self._elites)
        size = random.choice(sizes)
        if self.searcher != "auto":
            name = self.searcher
        elif index == 0 and self.families:
            name = "family"
        else:
            names = [name for name in _PRIOR if self._serves(name, size)]
            weights = [_PRIOR[name] * (0.3 + self._credit.get(name, 0.0)) for name in names]
            name = random.choices(names, weights)[0]
        if name in ("family", "adaptive"):
            size = self.space.max_requests
        elites = sorted(
            (scored for limit, kept in self._elites.items() if limit <= size for scored in kept[:2]),
            key=lambda scored: -scored.ratio,
        )
        evaluations = 200 if size <= 140 else 120 if size <= 400 else 60
        return Task(index, name, min(evaluations, most), size, tuple(dict.fromkeys(elites))[:8])

    def _serves(self, name: str, size: int) -> bool:
        return (name != "hill" or size <= _SIZES[0]) and (name != "family" or self.families)

    def merge(self, outcome: Outcome) -> bool:
        """Take in an outcome, in order of the tasks; return whether the best candidate changed."""
        before = self.best
        gain = self.take_in(outcome.found)
        name = outcome.task.searcher
        self._credit[name] = _DECAY * self._credit.get(name, 0.0) + (1 - _DECAY) * gain
        return self.best is not None and (before is None or self.best.ratio > before.ratio)

    def take_in(self, found: Sequence[Scored]) -> float:
        """Keep what is among the best of its size; return how much it improved on what was there."""
        gain = 0.0
        for size, kept in self._elites.items():
            record = kept[0].ratio if kept else Fraction(1)
            fitting = [scored for scored in found if scored.pattern.size <= size]
            merged = sorted({*kept, *fitting}, key=_rank)
            self._elites[size] = _spread_out(merged)
            if merged and merged[0].ratio > record:
                gain += min(1.0, 20 * float(merged[0].ratio / record - 1))
        return gain


def _rank(scored: Scored) -> tuple[Fraction, int, str]:
    # The text settles ties, so that the order never depends on hashing.
    return -scored.ratio, scored.pattern.size, repr(scored.pattern)


def _spread_out(ranked: list[Scored]) -> list[Scored]:
    """Keep the best few that differ in more than repeat count and memory."""
    kept: list[Scored] = []
    shapes: set[tuple[tuple[int, int], ...]] = set()
    for scored in ranked:
        shape = tuple((block.prompt, block.output) for block in scored.pattern.blocks)
        if shape not in shapes:
            shapes.add(shape)
            kept.append(scored)
        if len(kept) == _KEPT:
            break
    return kept

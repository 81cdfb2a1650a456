"""What a searcher is: something that is asked for candidates and told what they are worth."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from adversaries.pattern import Pattern
from adversaries.space import Space

if TYPE_CHECKING:
    from adversaries.evaluation import Evaluator
    from adversaries.subject import Subject


class Scored(NamedTuple):
    """A pattern and its certified ratio.

    ``known`` holds the starts of a schedule that the searcher brought along and that the ratio may rest on.
    """

    pattern: Pattern
    ratio: Fraction
    known: tuple[int, ...] | None = None


class Searcher(ABC):
    """One searcher at work on one task; it lives as long as the task.

    Args:
        space: what may be proposed.
        random: the task's own random stream; the only source of chance.
        elites: the best candidates other tasks have found, best first; may be empty.
    """

    def __init__(self, space: Space, random: Random, elites: Sequence[Scored]) -> None:
        self.space = space
        self.random = random
        self.elites = tuple(elites)

    serves_bursts: ClassVar[bool] = True
    """Whether it has anything to propose when everything arrives at 0."""

    schedule: NDArray[np.int64] | None = None
    """Starts of a feasible schedule of the candidate last asked for, if the searcher knows one."""

    def use(self, evaluator: Evaluator) -> None:  # noqa: B027 (most searchers run nothing themselves)
        """Take what runs the policy; called once, before the first ``ask``."""

    @abstractmethod
    def ask(self) -> Pattern:
        """Return a candidate; one outside the space is skipped at the price of an evaluation."""

    @property
    def threshold(self) -> Fraction:
        """The ratio below which the candidate last asked for is of no use."""
        return Fraction(1)

    def reject(self, pattern: Pattern) -> None:  # noqa: B027 (most searchers learn nothing from it)
        """Learn that ``pattern``, the last one asked for, has a ratio below ``threshold``."""

    @abstractmethod
    def tell(self, pattern: Pattern, ratio: Fraction) -> None:
        """Learn that ``pattern``, the last one asked for, has ``ratio``; called only if it was evaluated."""


class WatchingSearcher(Searcher):
    """A searcher that sees what the policy does, not only what it costs."""

    @abstractmethod
    def watch(self, subject: Subject) -> None:
        """Meet the policy; called once, before the first candidate is asked for."""

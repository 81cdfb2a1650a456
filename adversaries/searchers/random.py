"""Random sampling: the baseline every other searcher must beat."""

from __future__ import annotations

from fractions import Fraction

from adversaries.pattern import Block, Pattern
from adversaries.searchers.base import Searcher
from adversaries.searchers.catalogue import SEARCHERS
from adversaries.searchers.draws import log_uniform


@SEARCHERS.register("random")
class RandomSearcher(Searcher):
    """Lists of uniform requests."""

    def ask(self) -> Pattern:
        """Return 2 to 12 requests of uniform sizes, at a memory of 8 to 100 tokens."""
        random = self.random
        memory = log_uniform(random, max(8, self.space.least_memory(1)), max(100, self.space.least_memory(4)))
        cap = self.space.cap(memory)
        blocks = []
        for _ in range(random.randint(2, max(2, min(12, self.space.max_requests)))):
            output = random.randint(1, cap)
            arrival = 0 if self.space.burst else random.randint(0, memory)
            blocks.append(Block(random.randint(0, cap - output), output, 1, arrival))
        return self.space.conform(Pattern(memory, tuple(blocks)))

    def tell(self, pattern: Pattern, ratio: Fraction) -> None:
        """Learn nothing."""

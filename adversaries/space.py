"""Which candidates a search may propose: the hypotheses of the theorems it attacks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from adversaries.pattern import Block, Pattern
from cr_toolkit.policies import Premise

MEMORY_LIMIT = 1 << 20
STEP_LIMIT = 1 << 18
"""Schedules are kept step by step during a search; these bound what one candidate may cost."""


@dataclass(frozen=True)
class Space:
    """The candidates of one search.

    Attributes:
        alpha: every peak is at most ``alpha`` times the memory.
        burst: whether everything arrives at 0.
        max_requests: most requests of a candidate.
        max_steps: most steps that all outputs of a candidate may sum up to.
        premises: what the policy under attack requires of an instance.
        outputs: the least and the most output (tokens) that it allows; None for no limit.
    """

    alpha: Fraction
    burst: bool
    max_requests: int
    max_steps: int = STEP_LIMIT
    premises: frozenset[Premise] = frozenset()
    outputs: tuple[int | None, int | None] = (None, None)

    def cap(self, memory: int) -> int:
        """Return the largest peak (tokens) allowed at ``memory``."""
        return int(self.alpha * memory)

    def least_memory(self, peak: int) -> int:
        """Return the smallest memory (tokens) that allows ``peak``."""
        return -((-peak * self.alpha.denominator) // self.alpha.numerator)

    def admits(self, pattern: Pattern) -> bool:
        """Return whether ``pattern`` may be evaluated."""
        return (
            pattern.is_well_formed
            and pattern.size <= self.max_requests
            and pattern.memory <= MEMORY_LIMIT
            and pattern.steps <= self.max_steps
            and pattern.max_peak <= self.cap(pattern.memory)
            and all(block.arrival <= (0 if self.burst else STEP_LIMIT) for block in pattern.blocks)
        )

    def within(self, max_requests: int) -> Space:
        """Return the same space with at most ``max_requests`` requests."""
        return replace(self, max_requests=min(self.max_requests, max_requests))

    def fitted(self, pattern: Pattern) -> Pattern:
        """Return ``pattern`` changed so that it satisfies the premises and the limits on outputs."""
        least, most = self.outputs
        if not pattern.is_well_formed or not (self.premises or least or most):
            return pattern
        common_prompt = min(block.prompt for block in pattern.blocks)
        common_output = min(block.output for block in pattern.blocks)

        def fit(block: Block) -> Block:
            prompt = common_prompt if Premise.COMMON_PROMPT in self.premises else block.prompt
            output = common_output if Premise.COMMON_OUTPUT in self.premises else block.output
            output = max(output, least or 1)
            output = min(output, most or output)
            return Block(prompt, output, block.count, 0 if Premise.BURST in self.premises else block.arrival)

        return Pattern(pattern.memory, tuple(fit(block) for block in pattern.blocks), pattern.repeat)

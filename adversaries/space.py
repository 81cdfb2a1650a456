"""Which candidates a search may propose: the hypotheses of the theorems it attacks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from adversaries.mutations import Reprompt
from adversaries.pattern import Block, Pattern
from cr_toolkit.policies import Premise

MEMORY_LIMIT = 1 << 20
STEP_LIMIT = 1 << 18
"""Schedules are kept step by step during a search; these bound what one candidate may cost."""

MOST_REQUESTS = 4000
"""Default limit on the requests of a candidate."""

MOST_INTERPRETED = 200
STEPS_INTERPRETED = 5_000
"""Limits on the requests and steps of a candidate for a policy that no compiled code runs."""

_SHORT = 1 << 14
_STEPS_EACH = 150
"""Small candidates are to be cheap ones: at most this many steps per request, or _SHORT if that is more."""


@dataclass(frozen=True)
class Space:
    """The candidates of one search.

    Attributes:
        alpha: every peak is at most ``alpha`` times the memory.
        burst: whether everything arrives at 0.
        max_requests: most requests of a candidate.
        common_prompt: whether all requests have the same prompt.
        max_steps: most steps that all outputs of a candidate may sum up to, whatever its size.
        premises: what the policy under attack requires of an instance.
        outputs: the least and the most output (tokens) that it allows; None for no limit.
    """

    alpha: Fraction
    burst: bool
    max_requests: int
    common_prompt: bool = False
    max_steps: int = STEP_LIMIT
    premises: frozenset[Premise] = frozenset()
    outputs: tuple[int | None, int | None] = (None, None)

    @property
    def most_steps(self) -> int:
        """The largest sum of outputs (steps) of a candidate."""
        return min(self.max_steps, max(_SHORT, _STEPS_EACH * self.max_requests))

    def cap(self, memory: int) -> int:
        """Return the largest peak (tokens) allowed at ``memory``."""
        return int(self.alpha * memory)

    def least_memory(self, peak: int) -> int:
        """Return the smallest memory (tokens) that allows ``peak``."""
        return -((-peak * self.alpha.denominator) // self.alpha.numerator)

    def conform(self, pattern: Pattern) -> Pattern:
        """Return ``pattern`` with the hypotheses on its requests restored that a mutation may have broken."""
        prompts = {block.prompt for block in pattern.blocks}
        if len(prompts) == 1 or not (self.common_prompt or Premise.COMMON_PROMPT in self.premises):
            return pattern
        # The prompt that was changed last is not known; the largest that leaves room for every output serves.
        room = self.cap(pattern.memory) - max(block.output for block in pattern.blocks)
        return Reprompt(max(0, min(max(prompts), room))).apply(pattern)

    def admits(self, pattern: Pattern) -> bool:
        """Return whether ``pattern`` is within the limits; what the policy requires, ``fitted`` restores."""
        return (
            pattern.is_well_formed
            and pattern.size <= self.max_requests
            and pattern.memory <= MEMORY_LIMIT
            and pattern.steps <= self.most_steps
            and pattern.max_peak <= self.cap(pattern.memory)
            and (not self.common_prompt or len({block.prompt for block in pattern.blocks}) == 1)
            and all(block.arrival <= (0 if self.burst else STEP_LIMIT) for block in pattern.blocks)
        )

    def suits(self, pattern: Pattern) -> bool:
        """Return whether ``pattern`` may be evaluated as it stands: the policy is defined on it."""
        return self.admits(pattern) and self.fitted(pattern) == pattern

    def within(self, max_requests: int, alpha: Fraction | None = None) -> Space:
        """Return the same space with at most ``max_requests`` requests and, if given, the smaller share ``alpha``."""
        share = self.alpha if alpha is None else min(alpha, self.alpha)
        return replace(self, alpha=share, max_requests=min(self.max_requests, max_requests))

    def fitted(self, pattern: Pattern) -> Pattern:
        """Return ``pattern`` changed so that it satisfies the premises and the limits on outputs."""
        least, most = self.outputs
        if not pattern.is_well_formed or not (self.premises or least or most):
            return pattern
        common_output = min(block.output for block in pattern.blocks)

        def fit(block: Block) -> Block:
            output = common_output if Premise.COMMON_OUTPUT in self.premises else block.output
            output = max(output, least or 1)
            output = min(output, most or output)
            return Block(block.prompt, output, block.count, 0 if Premise.BURST in self.premises else block.arrival)

        # The room for a common prompt is what the outputs, once they fit, leave of the memory.
        return self.conform(Pattern(pattern.memory, tuple(fit(block) for block in pattern.blocks), pattern.repeat))

"""Hill climbing on raw lists of requests."""

from __future__ import annotations

from adversaries.mutations import Arrive, Drop, Insert, Mutation, Remember, Retype, Swap
from adversaries.pattern import Block, Pattern
from adversaries.searchers.catalogue import SEARCHERS
from adversaries.searchers.climbing import Climber
from adversaries.searchers.draws import log_uniform, nudge, type_within

_LONGEST = 24


@SEARCHERS.register("hill")
class HillClimber(Climber):
    """Changes, adds, drops and exchanges single requests."""

    def suits(self, pattern: Pattern) -> bool:
        """Return whether ``pattern`` is a short list of single requests."""
        return pattern.repeat == 1 and len(pattern.blocks) == pattern.size <= _LONGEST

    def fresh(self) -> Pattern:
        """Return a random list."""
        random = self.random
        memory = log_uniform(random, max(8, self.space.least_memory(1)), max(100, self.space.least_memory(4)))
        most = min(_LONGEST, self.space.max_requests)
        blocks = [self._request(memory) for _ in range(random.randint(min(3, most), most))]
        return Pattern(memory, tuple(blocks))

    def moves(self, pattern: Pattern) -> list[Mutation]:
        """Return one small change."""
        return [self._move(pattern)]

    def _request(self, memory: int) -> Block:
        prompt, output = type_within(self.random, self.space.cap(memory))
        return Block(prompt, output, 1, 0 if self.space.burst else self.random.randint(0, memory))

    def _move(self, pattern: Pattern) -> Mutation:
        random, cap = self.random, self.space.cap(pattern.memory)
        at = random.randrange(len(pattern.blocks))
        block = pattern.blocks[at]
        draw = random.random()
        if draw < 0.3:
            output = nudge(random, block.output, 1, cap)
            return Retype(at, min(block.prompt, cap - output), output)
        if draw < 0.55:
            return Retype(at, nudge(random, block.prompt, 0, cap - block.output), block.output)
        if draw < 0.65:
            other = random.choice(pattern.blocks)
            return Retype(at, other.prompt, other.output)
        if draw < 0.75:
            return Retype(at, *type_within(random, cap))
        if draw < 0.82:
            twin = random.random() < 0.5
            return Insert(at, block if twin else self._request(pattern.memory))
        if draw < 0.88:
            return Drop(at)
        if draw < 0.94 and not self.space.burst:
            return Arrive(at, nudge(random, block.arrival, 0, 4 * pattern.memory))
        if draw < 0.96:
            return Swap(at, random.randrange(len(pattern.blocks)))
        least = self.space.least_memory(pattern.max_peak)
        return Remember(nudge(random, pattern.memory, least, least + pattern.memory))

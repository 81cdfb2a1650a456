"""Hill climbing on blocks of any types: finds what the equal-volume patterns cannot express."""

from __future__ import annotations

from adversaries.mutations import Arrive, Drop, Insert, Mutation, Recount, Remember, Repeat, Retype, Swap
from adversaries.pattern import Pattern
from adversaries.searchers.catalogue import SEARCHERS
from adversaries.searchers.climbing import Climber
from adversaries.searchers.draws import block_within, log_uniform, nudge, type_within
from adversaries.searchers.growth import grow, random_law

_FACTORS = (0.5, 0.8, 1.25, 1.5, 2.0)


@SEARCHERS.register("blocks")
class BlockClimber(Climber):
    """Climbs over types, counts, repeat count and memory; also scales whole instances."""

    def fresh(self) -> Pattern:
        """Return one to four random blocks."""
        random = self.random
        memory = log_uniform(random, max(8, self.space.least_memory(2)), max(400, self.space.least_memory(8)))
        most = max(1, self.space.max_requests // 2)
        blocks = tuple(block_within(random, self.space, memory, min(most, memory)) for _ in range(random.randint(1, 4)))
        room = max(1, self.space.max_requests // sum(block.count for block in blocks))
        repeat = 1 if random.random() < 0.6 else log_uniform(random, 1, min(room, 20))
        return Pattern(memory, blocks, repeat)

    def moves(self, pattern: Pattern) -> list[Mutation]:
        """Return a random change."""
        random, blocks, cap = self.random, pattern.blocks, self.space.cap(pattern.memory)
        at = random.randrange(len(blocks))
        block = blocks[at]
        draw = random.random()
        if draw < 0.25:
            return [Recount(at, nudge(random, block.count, 1, self.space.max_requests))]
        if draw < 0.4:
            output = nudge(random, block.output, 1, cap)
            return [Retype(at, min(block.prompt, cap - output), output)]
        if draw < 0.52:
            return [Retype(at, nudge(random, block.prompt, 0, cap - block.output), block.output)]
        if draw < 0.6:
            return [Retype(at, *type_within(random, cap))]
        if draw < 0.66 and len(blocks) < 6:
            return [Insert(at, block_within(random, self.space, pattern.memory, 2 * block.count))]
        if draw < 0.72:
            return [Drop(at)]
        if draw < 0.76:
            return [Swap(at, random.randrange(len(blocks)))]
        if draw < 0.8 and not self.space.burst:
            return [Arrive(at, nudge(random, block.arrival, 0, 4 * pattern.memory))]
        if draw < 0.86:
            return [Repeat(nudge(random, pattern.repeat, 1, 2 * pattern.repeat + 1))]
        if draw < 0.92:
            least = self.space.least_memory(pattern.max_peak)
            return [Remember(nudge(random, pattern.memory, least, 2 * pattern.memory))]
        return grow(pattern, self.space, random.choice(_FACTORS), random_law(random, pattern))

"""Hill climbing on patterns of exactly equal volume (the registered name is ``pattern``).

SVF breaks ties by request order, so with one volume throughout it serves the list as written and the adversary
chooses the order too.
"""

from __future__ import annotations

from adversaries.mutations import Drop, Insert, Mutation, Recount, Remember, Repeat, Retype, Swap
from adversaries.pattern import Block, Pattern, nearest_type, types_of_volume
from adversaries.searchers.catalogue import SEARCHERS
from adversaries.searchers.climbing import Climber
from adversaries.searchers.draws import log_uniform, nudge

_MOST_TYPES = 4
_HIGHEST = 1500


@SEARCHERS.register("pattern")
class EqualVolumeClimber(Climber):
    """Climbs over one volume, a few types that have it, their pattern, its repeat count and the memory."""

    def suits(self, pattern: Pattern) -> bool:
        """Return whether ``pattern`` arrives at once and all its types are of one volume."""
        types = self._types(pattern.blocks[0].volume)
        return all((b.prompt, b.output) in types and b.arrival == 0 for b in pattern.blocks)

    def fresh(self) -> Pattern:
        """Return a random pattern over a random volume with several types."""
        random = self.random
        types = self._types(self._volume())
        chosen = random.sample(types, min(len(types), random.randint(1, _MOST_TYPES)))
        blocks = [
            Block(*random.choice(chosen), log_uniform(random, 1, 32)) for _ in range(random.randint(1, _MOST_TYPES))
        ]
        least = self.space.least_memory(max(block.peak for block in blocks))
        memory = least if random.random() < 0.7 else random.randint(least, 2 * least)
        period = sum(block.count for block in blocks)
        room = max(1, self.space.max_requests // period)
        return Pattern(memory, tuple(blocks), room if random.random() < 0.5 else log_uniform(random, 1, room))

    def moves(self, pattern: Pattern) -> list[Mutation]:
        """Return a change and, if it needs one, the memory that goes with it."""
        random = self.random
        changes = self._change(pattern)
        changed = pattern
        for change in changes:
            changed = change.apply(changed)
        least = self.space.least_memory(changed.max_peak)
        was_tight = pattern.memory == self.space.least_memory(pattern.max_peak)
        if changed.memory < least or (was_tight and changed.memory != least and random.random() < 0.7):
            changes.append(Remember(least))
        room = max(1, self.space.max_requests // max(1, changed.size // changed.repeat))
        if changed.repeat > room or random.random() < 0.1:
            changes.append(Repeat(room))
        return changes

    def _volume(self) -> int:
        random = self.random
        if random.random() < 0.5:
            height = random.randint(3, 40)
            return height * (height + 1) // 2
        return max((log_uniform(random, 6, _HIGHEST) for _ in range(4)), key=lambda v: len(types_of_volume(v)))

    def _types(self, volume: int) -> tuple[tuple[int, int], ...]:
        types = types_of_volume(volume)
        # With one prompt for all, one volume means one type.
        return types[-1:] if self.space.common_prompt else types

    def _change(self, pattern: Pattern) -> list[Mutation]:
        random, blocks = self.random, pattern.blocks
        types = self._types(blocks[0].volume)
        at = random.randrange(len(blocks))
        draw = random.random()
        if draw < 0.3:
            period = pattern.size // pattern.repeat
            most = max(1, self.space.max_requests - period + blocks[at].count)
            return [Recount(at, nudge(random, blocks[at].count, 1, min(most, 4 * blocks[at].count + 4)))]
        if draw < 0.45:
            return [Retype(at, *random.choice(types))]
        if draw < 0.55:
            return self._retype_all(blocks, at, types)
        if draw < 0.65:
            return self._new_volume(blocks)
        if draw < 0.72 and len(blocks) < 8:
            return [Insert(at, Block(*random.choice(types), log_uniform(random, 1, 8)))]
        if draw < 0.78:
            return [Drop(at)]
        if draw < 0.84:
            return [Swap(at, random.randrange(len(blocks)))]
        if draw < 0.92:
            return [Repeat(nudge(random, pattern.repeat, 1, 2 * pattern.repeat + 1))]
        least = self.space.least_memory(pattern.max_peak)
        return [Remember(nudge(random, pattern.memory, least, 2 * least))]

    def _retype_all(self, blocks: tuple[Block, ...], at: int, types: tuple[tuple[int, int], ...]) -> list[Mutation]:
        """Move every block of one type to a neighbouring type."""
        old = (blocks[at].prompt, blocks[at].output)
        place = types.index(old) + self.random.choice((-2, -1, 1, 2))
        new = types[max(0, min(len(types) - 1, place))]
        return [Retype(i, *new) for i, block in enumerate(blocks) if (block.prompt, block.output) == old]

    def _new_volume(self, blocks: tuple[Block, ...]) -> list[Mutation]:
        """Move to another volume, keeping each block's place between the widest and the longest type."""
        random = self.random
        old_types = self._types(blocks[0].volume)
        volume = blocks[0].volume
        if random.random() < 0.5:
            volume = self._volume()
        else:
            # The nearest triangular numbers keep the (0, h) type that the known families rest on.
            height = old_types[-1][1] + random.choice((-2, -1, 1, 2))
            volume = max(3, height) * (max(3, height) + 1) // 2
        types = self._types(volume)
        changes: list[Mutation] = []
        for i, block in enumerate(blocks):
            share = block.output / old_types[-1][1]
            wanted = share * types[-1][1] if block.output > 1 else 1
            changes.append(Retype(i, *nearest_type(types, wanted)))
        return changes

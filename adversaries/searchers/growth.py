"""Growing a whole pattern: every block's sizes and counts at a rate of their own, so that sqrt M can be followed."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from adversaries.mutations import Arrive, Mutation, Recount, Remember, Repeat, Retype
from adversaries.pattern import Block, Pattern, nearest_type, types_of_volume
from adversaries.space import Space


class Rates(NamedTuple):
    """The powers of the growth factor by which a block's prompt, output and number of requests grow."""

    prompt: float
    output: float
    number: float


class Law(NamedTuple):
    """How a pattern grows: the rates of each block and of the repeat count."""

    blocks: tuple[Rates, ...]
    repeat: float


def random_law(random: Random, pattern: Pattern) -> Law:
    """Return a law for ``pattern``; what is tiny mostly stays, what is large mostly grows in proportion."""
    return Law(tuple(_rates(random, block) for block in pattern.blocks), random.choice((0.0, 0.0, 0.5, 1.0)))


def changed_law(random: Random, law: Law, pattern: Pattern) -> Law:
    """Return ``law`` with the rates of one block drawn again, or the repeat count's."""
    at = random.randrange(len(law.blocks) + 1)
    if at == len(law.blocks):
        return law._replace(repeat=random.choice((0.0, 0.5, 1.0)))
    return law._replace(blocks=(*law.blocks[:at], _rates(random, pattern.blocks[at]), *law.blocks[at + 1 :]))


def grow(pattern: Pattern, space: Space, factor: float, law: Law) -> list[Mutation]:
    """Return the changes that make ``pattern`` larger by ``factor``; the memory follows the largest peak.

    Equal volumes stay equal, at the next types that exist: SVF serves such a list as it is written.
    """
    grown = [_grown(block, factor, rates) for block, rates in zip(pattern.blocks, law.blocks, strict=True)]
    if len({block.volume for block in pattern.blocks}) == 1:
        grown = _levelled(pattern.blocks, grown)
    peak = max(block.peak for block in grown)
    memory = space.least_memory(peak)
    if pattern.memory != space.least_memory(pattern.max_peak):
        memory = max(memory, round(pattern.memory * peak / pattern.max_peak))
    changes: list[Mutation] = [Remember(memory)]
    for at, (old, new) in enumerate(zip(pattern.blocks, grown, strict=True)):
        if (new.prompt, new.output) != (old.prompt, old.output):
            changes.append(Retype(at, new.prompt, new.output))
        if new.count != old.count:
            changes.append(Recount(at, new.count))
        if new.arrival != old.arrival:
            changes.append(Arrive(at, new.arrival))
    changes.append(Repeat(_times(pattern.repeat, factor, law.repeat, least=1)))
    return changes


def _rates(random: Random, block: Block) -> Rates:
    prompt = 1.0 if random.random() < 0.8 else random.choice((0.0, 0.5))
    output = random.choice((0.0, 0.0, 0.0, 0.5, 1.0) if block.output <= 2 else (0.0, 0.5, 0.5, 1.0, 1.0))
    return Rates(prompt, output, random.choice((0.0, 0.5, 1.0)))


def _grown(block: Block, factor: float, rates: Rates) -> Block:
    output = _times(block.output, factor, rates.output, least=1)
    # A peak that touches the cap should go on touching it, whatever happens to the output.
    if rates.prompt == 1.0 and block.prompt > block.output:
        prompt = max(0, _times(block.peak, factor, 1.0, least=1) - output)
    else:
        prompt = _times(block.prompt, factor, rates.prompt, least=0)
    return Block(prompt, output, _times(block.count, factor, rates.number, least=1), round(block.arrival * factor))


def _levelled(old: tuple[Block, ...], grown: list[Block]) -> list[Block]:
    """Give all blocks of ``grown`` the volume that the longest one has now."""
    longest = max(range(len(old)), key=lambda at: (old[at].output, -old[at].prompt))
    types = types_of_volume(grown[longest].volume)
    return [
        Block(*nearest_type(types, block.output if before.output > 1 else 1), block.count, block.arrival)
        for before, block in zip(old, grown, strict=True)
    ]


def _times(value: int, factor: float, rate: float, *, least: int) -> int:
    return max(least, round(value * float(factor**rate)))

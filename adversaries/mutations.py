"""Mutations: small typed records that turn a pattern into another, and can be written down.

A record holds absolute values, not random draws, so that applying it again gives the same pattern.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from adversaries.pattern import Block, Pattern


class Retype(msgspec.Struct, frozen=True, tag="retype"):
    """Give the block at ``at`` another prompt and output (tokens)."""

    at: int
    prompt: int
    output: int

    def apply(self, pattern: Pattern) -> Pattern:
        """Return the changed pattern."""
        block = pattern.blocks[self.at]
        return _with_block(pattern, self.at, Block(self.prompt, self.output, block.count, block.arrival))


class Recount(msgspec.Struct, frozen=True, tag="recount"):
    """Set how many requests the block at ``at`` has."""

    at: int
    count: int

    def apply(self, pattern: Pattern) -> Pattern:
        """Return the changed pattern."""
        block = pattern.blocks[self.at]
        return _with_block(pattern, self.at, Block(block.prompt, block.output, self.count, block.arrival))


class Arrive(msgspec.Struct, frozen=True, tag="arrive"):
    """Set when the block at ``at`` arrives (step)."""

    at: int
    arrival: int

    def apply(self, pattern: Pattern) -> Pattern:
        """Return the changed pattern."""
        block = pattern.blocks[self.at]
        return _with_block(pattern, self.at, Block(block.prompt, block.output, block.count, self.arrival))


class Insert(msgspec.Struct, frozen=True, tag="insert"):
    """Insert a block before position ``at``."""

    at: int
    block: Block

    def apply(self, pattern: Pattern) -> Pattern:
        """Return the changed pattern."""
        blocks = (*pattern.blocks[: self.at], self.block, *pattern.blocks[self.at :])
        return Pattern(pattern.memory, blocks, pattern.repeat)


class Drop(msgspec.Struct, frozen=True, tag="drop"):
    """Remove the block at ``at``; the last block stays."""

    at: int

    def apply(self, pattern: Pattern) -> Pattern:
        """Return the changed pattern."""
        if len(pattern.blocks) == 1:
            return pattern
        blocks = pattern.blocks[: self.at] + pattern.blocks[self.at + 1 :]
        return Pattern(pattern.memory, blocks, pattern.repeat)


class Swap(msgspec.Struct, frozen=True, tag="swap"):
    """Exchange the blocks at ``first`` and ``second``."""

    first: int
    second: int

    def apply(self, pattern: Pattern) -> Pattern:
        """Return the changed pattern."""
        blocks = list(pattern.blocks)
        blocks[self.first], blocks[self.second] = blocks[self.second], blocks[self.first]
        return Pattern(pattern.memory, tuple(blocks), pattern.repeat)


class Repeat(msgspec.Struct, frozen=True, tag="repeat"):
    """Set how often the blocks are repeated."""

    repeat: int

    def apply(self, pattern: Pattern) -> Pattern:
        """Return the changed pattern."""
        return Pattern(pattern.memory, pattern.blocks, self.repeat)


class Remember(msgspec.Struct, frozen=True, tag="memory"):
    """Set the memory budget (tokens)."""

    memory: int

    def apply(self, pattern: Pattern) -> Pattern:
        """Return the changed pattern."""
        return Pattern(self.memory, pattern.blocks, pattern.repeat)


class Reprompt(msgspec.Struct, frozen=True, tag="reprompt"):
    """Give all blocks the same prompt (tokens)."""

    prompt: int

    def apply(self, pattern: Pattern) -> Pattern:
        """Return the changed pattern."""
        blocks = tuple(Block(self.prompt, block.output, block.count, block.arrival) for block in pattern.blocks)
        return Pattern(pattern.memory, blocks, pattern.repeat)


Mutation = Retype | Recount | Arrive | Insert | Drop | Swap | Repeat | Remember | Reprompt


def apply_all(pattern: Pattern, mutations: Iterable[Mutation]) -> Pattern:
    """Return ``pattern`` after all ``mutations``, in order."""
    for mutation in mutations:
        pattern = mutation.apply(pattern)
    return pattern


def _with_block(pattern: Pattern, at: int, block: Block) -> Pattern:
    return Pattern(pattern.memory, (*pattern.blocks[:at], block, *pattern.blocks[at + 1 :]), pattern.repeat)

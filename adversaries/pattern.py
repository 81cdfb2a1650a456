"""The genome of every search: a memory budget and a short list of blocks, repeated.

Bad instances are regular. A raw list of requests is the special case of blocks of one request repeated once; the
families of the literature are a few blocks repeated many times; with all volumes equal SVF serves the list as it is
written, so that the order of the blocks becomes a choice of the adversary.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from cr_toolkit.model import Instance, Request

Int64s = NDArray[np.int64]

_SPREADS = (1, 8, 128)


class Block(msgspec.Struct, frozen=True):
    """``count`` identical requests in a row.

    Attributes:
        prompt: tokens held at the start (>= 0).
        output: tokens decoded (>= 1).
        count: how many (>= 1).
        arrival: when they arrive (step).
    """

    prompt: int
    output: int
    count: int = 1
    arrival: int = 0

    @property
    def peak(self) -> int:
        """Memory in the last step (tokens)."""
        return self.prompt + self.output

    @property
    def volume(self) -> int:
        """Memory summed over the steps one of them runs (token-steps)."""
        return self.prompt * self.output + self.output * (self.output + 1) // 2


class Columns(NamedTuple):
    """The requests of a pattern in request order, int64 arrays of shape (n,)."""

    arrival: Int64s
    prompt: Int64s
    output: Int64s


class Pattern(msgspec.Struct, frozen=True):
    """Blocks, the whole list of them ``repeat`` times over, and a memory budget (tokens)."""

    memory: int
    blocks: tuple[Block, ...]
    repeat: int = 1

    @property
    def size(self) -> int:
        """Number of requests."""
        return self.repeat * sum(block.count for block in self.blocks)

    @property
    def max_peak(self) -> int:
        """Largest peak (tokens)."""
        return max(block.peak for block in self.blocks)

    @property
    def steps(self) -> int:
        """Sum of all outputs (steps), a bound on how long a busy schedule lasts."""
        return self.repeat * sum(block.count * block.output for block in self.blocks)

    @property
    def spread(self) -> int:
        """0 if all volumes are equal; 1, 2 or 3 as the largest is at most 8, at most 128 or more times the smallest."""
        volumes = [block.volume for block in self.blocks]
        return bisect_left(_SPREADS, Fraction(max(volumes), min(volumes)))

    @property
    def is_well_formed(self) -> bool:
        """Whether it describes requests at all: a mutation may lead outside the model."""
        return (
            self.repeat >= 1
            and len(self.blocks) > 0
            and all(b.prompt >= 0 and b.output >= 1 and b.count >= 1 and b.arrival >= 0 for b in self.blocks)
        )

    def columns(self) -> Columns:
        """Return the requests as arrays."""
        counts = np.array([block.count for block in self.blocks], np.int64)
        rows = np.array([(block.arrival, block.prompt, block.output) for block in self.blocks], np.int64)
        table = np.ascontiguousarray(np.tile(np.repeat(rows, counts, axis=0), (self.repeat, 1)).T)
        return Columns(table[0], table[1], table[2])

    def instance(self) -> Instance:
        """Return the instance the pattern describes.

        Raises:
            InputError: if a peak exceeds the memory.
        """
        once: list[Request] = []
        for block in self.blocks:
            once.extend([Request(block.arrival, block.prompt, block.output)] * block.count)
        return Instance(self.memory, tuple(once * self.repeat))


def pattern_of(memory: int, columns: Columns) -> Pattern:
    """Return the shortest pattern of the requests in ``columns``: equal neighbours in blocks, a repeated list once."""
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    n = len(rows)
    period = next(p for p in range(1, n + 1) if n % p == 0 and rows == rows[:p] * (n // p))
    blocks = tuple(
        Block(prompt, output, len(list(equal)), arrival) for (arrival, prompt, output), equal in groupby(rows[:period])
    )
    return Pattern(memory, blocks, n // period)


@lru_cache(maxsize=4096)
def types_of_volume(volume: int) -> tuple[tuple[int, int], ...]:
    """Return every (prompt, output) of exactly ``volume`` (token-steps), by ascending output."""
    types: list[tuple[int, int]] = []
    output = 1
    while output * (output + 1) // 2 <= volume:
        rest = volume - output * (output + 1) // 2
        if rest % output == 0:
            types.append((rest // output, output))
        output += 1
    return tuple(types)


def nearest_type(types: Sequence[tuple[int, int]], output: float) -> tuple[int, int]:
    """Return the (prompt, output) of ``types`` whose output is nearest to ``output``; of two, the first."""
    return min(types, key=lambda kind: abs(kind[1] - output))

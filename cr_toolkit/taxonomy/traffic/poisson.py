"""Poisson traffic on integer steps."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

import numpy as np

from cr_toolkit.model import Instance
from cr_toolkit.taxonomy.traffic.catalogue import TRAFFICS
from cr_toolkit.taxonomy.traffic.columns import Int64s, assemble, independent_sizes, require_fit
from cr_toolkit.taxonomy.traffic.law import Law
from cr_toolkit.taxonomy.traffic.streams import stream

_SHARE = 1 << 12
"""Blocks of steps whose arrivals are drawn together; a longer run begins with the same arrivals."""


@TRAFFICS.register("poisson")
@dataclass(frozen=True)
class Poisson:
    """Requests of a Poisson process, prompts and outputs independent of it and of one another.

    The number of arrivals in each step is Poisson(rate), independent of all others: the law of a process in
    continuous time whose arrivals count from the next whole step on, as recorded arrivals do.

    Attributes:
        memory: M (tokens).
        rate: mean number of arrivals per step.
        prompts: law of a prompt (tokens).
        outputs: law of an output (tokens).

    Raises:
        InputError: if the rate is not in (0, 1000], or some peak exceeds the memory.
    """

    memory: int
    rate: Fraction
    prompts: Law
    outputs: Law

    def __post_init__(self) -> None:
        Law.poisson(self.rate)
        require_fit(self.memory, self.prompts, self.outputs)

    def instance(self, requests: int, seed: int) -> Instance:
        """Return the first ``requests`` requests of the process under ``seed``."""
        prompt, output = independent_sizes(self.prompts, self.outputs, requests, seed)
        return assemble(self.memory, arrivals(self.rate, requests, seed), prompt, output)


def arrivals(rate: Fraction, requests: int, seed: int) -> Int64s:
    """Return the first ``requests`` arrivals (steps, ascending).

    Steps are grouped in blocks of about 1/rate. A block's number of arrivals is Poisson, and given that number every
    arrival is uniform on the block's steps: the same law as step by step, at a cost that does not depend on the rate.
    """
    block = max(1, ceil(1 / rate))
    counts, places = Law.poisson(rate * block), stream(seed, "places")
    numbers = stream(seed, "counts")
    parts: list[Int64s] = []
    drawn = begin = 0
    while drawn < requests:
        of_block = np.repeat(np.arange(begin, begin + _SHARE), counts.draw(_SHARE, numbers))
        parts.append(np.sort(of_block * block + places.integers(0, block, size=len(of_block))))
        drawn += len(of_block)
        begin += _SHARE
    return np.concatenate(parts)[:requests]

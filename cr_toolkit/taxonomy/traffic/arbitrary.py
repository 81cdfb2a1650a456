"""Arbitrary traffic, at random: any arrival, any size within a memory share."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance
from cr_toolkit.taxonomy.traffic.catalogue import TRAFFICS
from cr_toolkit.taxonomy.traffic.columns import assemble
from cr_toolkit.taxonomy.traffic.streams import stream


@TRAFFICS.register("arbitrary")
@dataclass(frozen=True)
class Arbitrary:
    """Requests with uniform arrivals in [0, latest], outputs in [1, alpha M] and prompts in what the output leaves.

    Attributes:
        memory: M (tokens).
        alpha: memory share that no peak exceeds.
        latest: last step at which a request may arrive.

    Raises:
        InputError: if alpha M is below one token, alpha exceeds 1, or ``latest`` is negative.
    """

    memory: int
    alpha: Fraction
    latest: int

    def __post_init__(self) -> None:
        if not 1 <= self.alpha * self.memory <= self.memory:
            raise InputError(f"must leave a request between 1 token and the memory, got {self.alpha}", field="alpha")
        if self.latest < 0:
            raise InputError(f"must be >= 0, got {self.latest}", field="the latest arrival")

    def instance(self, requests: int, seed: int) -> Instance:
        """Return ``requests`` requests drawn under ``seed``."""
        peak = floor(self.alpha * self.memory)
        arrival = np.sort(stream(seed, "arrivals").integers(0, self.latest + 1, size=requests))
        output = stream(seed, "outputs").integers(1, peak + 1, size=requests)
        prompt = stream(seed, "prompts").integers(0, peak - output + 1)
        return assemble(self.memory, arrival, prompt, output)

"""Burst: everything arrives at 0."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cr_toolkit.model import Instance
from cr_toolkit.taxonomy.traffic.catalogue import TRAFFICS
from cr_toolkit.taxonomy.traffic.columns import assemble, independent_sizes, require_fit
from cr_toolkit.taxonomy.traffic.law import Law


@TRAFFICS.register("burst")
@dataclass(frozen=True)
class Burst:
    """Requests that all arrive at 0, prompts and outputs independent.

    Attributes:
        memory: M (tokens).
        prompts: law of a prompt (tokens).
        outputs: law of an output (tokens).

    Raises:
        InputError: if some peak exceeds the memory.
    """

    memory: int
    prompts: Law
    outputs: Law

    def __post_init__(self) -> None:
        require_fit(self.memory, self.prompts, self.outputs)

    def instance(self, requests: int, seed: int) -> Instance:
        """Return ``requests`` requests drawn under ``seed``."""
        prompt, output = independent_sizes(self.prompts, self.outputs, requests, seed)
        return assemble(self.memory, np.zeros(requests, np.int64), prompt, output)

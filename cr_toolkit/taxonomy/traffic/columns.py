"""From columns of numbers to an instance."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance, Request
from cr_toolkit.taxonomy.traffic.law import Law
from cr_toolkit.taxonomy.traffic.streams import stream

Int64s = NDArray[np.int64]


def assemble(memory: int, arrival: Int64s, prompt: Int64s, output: Int64s) -> Instance:
    """Return the instance whose requests are the rows of the columns (steps, tokens, tokens)."""
    return Instance(memory, tuple(map(Request, arrival.tolist(), prompt.tolist(), output.tolist())))


def independent_sizes(prompts: Law, outputs: Law, requests: int, seed: int) -> tuple[Int64s, Int64s]:
    """Return prompts and outputs (tokens), independent of one another, each from a stream of its own."""
    return prompts.draw(requests, stream(seed, "prompts")), outputs.draw(requests, stream(seed, "outputs"))


def require_fit(memory: int, prompts: Law, outputs: Law) -> None:
    """Refuse laws under which some peak exceeds ``memory``.

    Raises:
        InputError: saying by how much.
    """
    largest = prompts.most + outputs.most
    if largest > memory:
        raise InputError(f"must be at least the largest peak {largest}, got {memory}", field="the memory")

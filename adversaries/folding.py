"""From a list of requests back to the pattern it follows."""

from __future__ import annotations

from itertools import groupby

from adversaries.pattern import Block, Pattern
from cr_toolkit.model import Instance, Request


def pattern_of(instance: Instance) -> Pattern:
    """Return the shortest pattern of an instance: equal instances have equal patterns.

    The list is cut at its least period; runs of equal requests become blocks. A single kind is one block, not repeated.
    """
    requests = instance.requests
    period = _period(requests)
    if period == 1:
        return Pattern(instance.memory, (_block(requests[0], len(requests)),))
    blocks = tuple(_block(request, len(list(run))) for request, run in groupby(requests[:period]))
    return Pattern(instance.memory, blocks, len(requests) // period)


def _block(request: Request, count: int) -> Block:
    return Block(request.prompt, request.output, count, request.arrival)


def _period(requests: tuple[Request, ...]) -> int:
    """Return the least p that divides n with requests[i] == requests[i + p] throughout (prefix function)."""
    n = len(requests)
    border = [0] * n
    for i in range(1, n):
        k = border[i - 1]
        while k and requests[i] != requests[k]:
            k = border[k - 1]
        border[i] = k + (requests[i] == requests[k])
    period = n - border[-1]
    return period if n % period == 0 else n

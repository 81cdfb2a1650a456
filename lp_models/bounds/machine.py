"""A preemptive single machine: the relaxation behind the bounds with arrivals.

A memory of M tokens does M token-steps of work per step, so time is counted in 1/M steps: a request is released at
arrival * M, and its volume is its processing time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush


def served_pieces(
    release: Sequence[int], processing: Sequence[int], *, by_remaining: bool
) -> Iterator[tuple[int, int, int]]:
    """Yield (request, begin, end) for every stretch of service, in order of time.

    Args:
        release: when each request is released (1/M steps).
        processing: its processing time (token-steps).
        by_remaining: always serve the released request of least remaining (SRPT) rather than least original
            processing time; ties by request order either way.
    """
    by_release = sorted(range(len(release)), key=release.__getitem__)
    remaining = list(processing)
    waiting: list[tuple[int, int]] = []
    now = arrived = 0
    while arrived < len(by_release) or waiting:
        if not waiting:
            now = max(now, release[by_release[arrived]])
        while arrived < len(by_release) and release[by_release[arrived]] <= now:
            request = by_release[arrived]
            heappush(waiting, (remaining[request], request))
            arrived += 1
        request = waiting[0][1]
        end = now + remaining[request]
        if arrived < len(by_release):
            end = min(end, release[by_release[arrived]])
        yield request, now, end
        remaining[request] -= end - now
        now = end
        if remaining[request] == 0:
            heappop(waiting)
        elif by_remaining:
            # The least key gets smaller, so the heap stays one.
            waiting[0] = (remaining[request], request)

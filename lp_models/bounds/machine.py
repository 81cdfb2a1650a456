"""A preemptive single machine: the relaxation behind the bounds with arrivals.

A memory of M tokens does M token-steps of work per step, so time is counted in 1/M steps: a request is released at
arrival * M, and its volume is its processing time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heappop, heappush

import numpy as np

from cr_toolkit.model import Instance
from lp_models.bounds.exact import Column, exact_columns, volumes

_PLAIN = 1500
"""Up to this many requests plain Python beats the time it takes to load compiled code."""

_PATIENCE = 50_000
"""Up to this many requests plain Python serves within a second or two."""


def completions(arrival: Column, processing: Column, memory: int) -> int:
    """Return the least sum of completion times (1/M steps): the least remaining processing time is served first."""
    if _compiled(arrival, processing, memory):
        from lp_models.bounds.machine_kernel import sum_of_completions

        return int(sum_of_completions(np.argsort(arrival, kind="stable"), arrival * memory, processing))
    release = [at * memory for at in arrival.tolist()]
    completion = [0] * len(release)
    for request, _, end in served_pieces(release, processing.tolist(), by_remaining=True):
        completion[request] = end
    return sum(completion)


def busy_times(arrival: Column, processing: Column, memory: int) -> tuple[int, dict[int, int]]:
    """Return 2 M times the sum of mean busy times (steps) when the least processing time is always served first.

    It is an integer and fractions: their numerators, added up, by denominator. A request served in pieces [b, e] (1/M
    steps) contributes sum (e^2 - b^2) / v, where v is its processing time; only requests that were interrupted leave
    a remainder modulo v.
    """
    remainders: dict[int, int] = {}
    if _compiled(arrival, processing, memory):
        from lp_models.bounds.machine_kernel import doubled_busy_times

        left = np.empty(len(arrival), np.int64)
        total = int(doubled_busy_times(np.argsort(arrival, kind="stable"), arrival * memory, processing, left))
        interrupted = np.flatnonzero(left)
        for v, rest in zip(processing[interrupted].tolist(), left[interrupted].tolist(), strict=True):
            remainders[v] = remainders.get(v, 0) + rest
        return total, remainders
    release = [at * memory for at in arrival.tolist()]
    volume: list[int] = processing.tolist()
    moment = [0] * len(volume)
    for request, begin, end in served_pieces(release, volume, by_remaining=False):
        moment[request] += (end - begin) * (end + begin)
    total = 0
    for v, sum_of_squares in zip(volume, moment, strict=True):
        quotient, rest = divmod(sum_of_squares, v)
        total += quotient
        if rest:
            remainders[v] = remainders.get(v, 0) + rest
    return total, remainders


def is_quick(instance: Instance) -> bool:
    """Return whether the machine serves the requests within seconds: they are few, or a burst, or fit 64 bits."""
    if len(instance) <= _PATIENCE or instance.is_burst:
        return True
    columns = exact_columns(instance)
    return _compiled(columns.arrival, volumes(columns), instance.memory)


def _compiled(arrival: Column, processing: Column, memory: int) -> bool:
    if len(processing) <= _PLAIN or processing.dtype == object:
        return False
    from lp_models.bounds.machine_kernel import machine_fits

    return machine_fits(int(arrival.max()) * memory, processing)


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

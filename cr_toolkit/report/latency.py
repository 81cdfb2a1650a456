"""Latency statistics of a run, exact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance, Schedule


@dataclass(frozen=True)
class LatencySummary:
    """Latency over the requests of a run (steps).

    Attributes:
        mean: the average.
        median: the 50th percentile; percentiles are nearest-rank, so each is a latency that some request had.
        p95: the 95th percentile.
        p99: the 99th percentile.
        max: the largest.
    """

    mean: Fraction
    median: int
    p95: int
    p99: int
    max: int

    @classmethod
    def of(cls, latencies: Iterable[int]) -> LatencySummary:
        """Summarise latencies (steps).

        Raises:
            InputError: if there is none.
        """
        ordered = sorted(latencies)
        if not ordered:
            raise InputError("must hold at least one value", field="latencies")
        n = len(ordered)

        def percentile(p: int) -> int:
            return ordered[-(-p * n // 100) - 1]

        return cls(Fraction(sum(ordered), n), percentile(50), percentile(95), percentile(99), ordered[-1])


def latencies(instance: Instance, schedule: Schedule) -> list[int]:
    """Return completion minus arrival of each request (steps), in request order."""
    return [
        start + request.output - request.arrival
        for start, request in zip(schedule.start, instance.requests, strict=True)
    ]


def makespan(instance: Instance, schedule: Schedule) -> int:
    """Return the time at which the last request completes (step)."""
    return max(start + request.output for start, request in zip(schedule.start, instance.requests, strict=True))


def throughput(instance: Instance, schedule: Schedule) -> Fraction:
    """Return output tokens per step, from the first arrival to the last completion."""
    first = min(request.arrival for request in instance.requests)
    tokens = sum(request.output for request in instance.requests)
    return Fraction(tokens, makespan(instance, schedule) - first)

"""Trace: recorded requests, in a window that the seed chooses."""

from __future__ import annotations

from dataclasses import dataclass

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance, Request
from cr_toolkit.model.traces import Trace, read_trace
from cr_toolkit.taxonomy.traffic.catalogue import TRAFFICS
from cr_toolkit.taxonomy.traffic.streams import stream


@TRAFFICS.register("trace")
@dataclass(frozen=True)
class Recorded:
    """Consecutive requests of a trace.

    Attributes:
        memory: M (tokens).
        trace: what was recorded, as ``read_trace`` gives it.
    """

    memory: int
    trace: Trace

    @classmethod
    def from_file(cls, path: str, memory: int) -> Recorded:
        """Return the traffic of a CSV file; ``read_trace`` says what it must hold and raises."""
        return cls(memory, read_trace(path))

    def instance(self, requests: int, seed: int) -> Instance:
        """Return ``requests`` consecutive requests by arrival, from a random place on; the first arrives at 0.

        Raises:
            InputError: if the trace holds fewer, or one that exceeds the memory.
        """
        rows = sorted(self.trace.requests, key=lambda request: request.arrival)
        if requests > len(rows):
            raise InputError(f"holds {len(rows)} requests, fewer than {requests}", field="the trace")
        first = int(stream(seed, "window").integers(0, len(rows) - requests + 1))
        window = rows[first : first + requests]
        begin = window[0].arrival
        moved = tuple(Request(row.arrival - begin, row.prompt, row.output) for row in window)
        return Trace(moved).instance(self.memory)[0]

"""Memory over time as stacked layers: the geometry of a picture.

Floats are fine here: nothing is decided from a picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.model import Instance, Request, Schedule

Floats = NDArray[np.float64]


class Stack(NamedTuple):
    """Layers of memory, stacked.

    Attributes:
        times: shape (2k,): both ends of each of k stretches between a start or a completion and the next (steps).
        edges: shape (layers + 1, 2k): layer i lies between rows i and i + 1 (tokens).
    """

    times: Floats
    edges: Floats

    @property
    def top(self) -> Floats:
        """All memory held (tokens)."""
        return np.asarray(self.edges[-1])


def stack(instance: Instance, schedule: Schedule, layer: Sequence[int], layers: int) -> Stack:
    """Stack the memory of the attempts that run, the i-th of ``Schedule.attempts`` in layer ``layer[i]``, 0 lowest.

    Between integer times memory is drawn as growing linearly, from the prompt at the start to the peak at completion.

    Args:
        instance: the requests.
        schedule: when they run.
        layer: the layer of each attempt; without restarts, of each request.
        layers: how many there are.
    """
    attempts = list(schedule.attempts(instance))
    begin = np.array([attempt.start for attempt in attempts], np.float64)
    end = np.array([attempt.end for attempt in attempts], np.float64)
    prompt = np.array([instance.requests[attempt.request].prompt for attempt in attempts], np.float64)
    row = np.asarray(layer, np.int64)
    moments = np.unique(np.concatenate(([0.0], begin, end)))
    running = np.zeros((layers, len(moments)))
    offset = np.zeros((layers, len(moments)))
    for place, sign in ((np.searchsorted(moments, begin), 1.0), (np.searchsorted(moments, end), -1.0)):
        np.add.at(running, (row, place), sign)
        np.add.at(offset, (row, place), sign * (prompt - begin))
    running, offset = running.cumsum(axis=1)[:, :-1], offset.cumsum(axis=1)[:, :-1]
    held = np.empty((layers, 2 * (len(moments) - 1)))
    held[:, 0::2] = offset + running * moments[:-1]
    held[:, 1::2] = offset + running * moments[1:]
    times = np.repeat(moments, 2)[1:-1]
    edges = np.vstack((np.zeros((1, len(times))), held.cumsum(axis=0)))
    return Stack(times, edges)


def idle_share(instance: Instance, schedule: Schedule) -> float:
    """Return the part of memory x time, from 0 to the last completion, that holds nothing."""
    last = max(attempt.end for attempt in schedule.attempts(instance))
    lost = (
        Request(0, instance.requests[attempt.request].prompt, attempt.end - attempt.start).volume
        for attempt in schedule.stopped
    )
    return 1 - (instance.total_volume + sum(lost)) / (instance.memory * last)

"""What an arriving request finds: work in service and work in the queue."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.model import Instance, Schedule

Int64s = NDArray[np.int64]

_INT64_SAFE = 2**62


class Found(NamedTuple):
    """For each request the volumes (token-steps) that matter to its wait: int64, shape (n,), in request order.

    Attributes:
        residual: what the requests started before its arrival still have to use.
        queued: volume of the requests that arrived before it and had not started before its arrival.
        ahead: volume of the requests started from its arrival on and before its own start.
    """

    residual: Int64s
    queued: Int64s
    ahead: Int64s


def found_by(instance: Instance, schedule: Schedule) -> Found:
    """Return what every request finds in a schedule.

    Raises:
        OverflowError: if volumes summed over the run need more than 62 bits.
    """
    arrival, prompt, output = instance.arrays
    start = np.array(schedule.start, np.int64)
    if instance.memory * (instance.horizon + 1) >= _INT64_SAFE:
        raise OverflowError("the instance's numbers need more than 64 bits")
    volume = prompt * output + output * (output + 1) // 2
    by_start = _Cumulative(start, volume)
    started = by_start.before(arrival)
    used = _used_before(arrival, start, prompt, output)
    queued = _Cumulative(arrival, volume).before(arrival) - started
    return Found(started - used, queued, by_start.before(start) - started)


class _Cumulative:
    """Volumes summed by time."""

    def __init__(self, time: Int64s, volume: Int64s) -> None:
        order = np.argsort(time, kind="stable")
        self.time = time[order]
        self.sums = np.concatenate((np.zeros(1, np.int64), np.cumsum(volume[order])))

    def before(self, time: Int64s) -> Int64s:
        """Return the volume of all that is earlier than each of ``time``."""
        return self.sums[np.searchsorted(self.time, time, side="left")]


def _used_before(time: Int64s, start: Int64s, prompt: Int64s, output: Int64s) -> Int64s:
    """Return the memory used up to and including each step of ``time``, by all started before it (token-steps)."""
    event = np.concatenate((start, start + output))
    order = np.argsort(event, kind="stable")
    event = event[order]
    running = np.cumsum(np.concatenate((np.ones_like(start), -np.ones_like(start)))[order])
    jump = np.concatenate((prompt, -prompt - output))[order]
    passed = np.diff(event)
    held = np.cumsum(jump + np.concatenate(([0], running[:-1] * passed)))
    used = np.cumsum(np.concatenate(([0], held[:-1] * passed + running[:-1] * (passed * (passed + 1) // 2))))
    last = np.searchsorted(event, time, side="left") - 1
    since = np.where(last < 0, 0, time - event[last])
    now = used[last] + held[last] * since + running[last] * (since * (since + 1) // 2)
    return np.where(last < 0, 0, now)

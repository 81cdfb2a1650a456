"""List schedules: requests placed one by one, each at the first start that fits beside all placed before it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance, Schedule
from lp_models.upper.profile import Int64s, clear, earliest_fit, place

_INT64_SAFE = 2**62


def fits_64_bits(instance: Instance) -> bool:
    """Return whether the compiled schedulers may be used: no sum they form exceeds 64 bits."""
    latest = max(r.arrival for r in instance.requests) + 2 * sum(r.output for r in instance.requests)
    return (latest + instance.memory) * (len(instance) + 1) < _INT64_SAFE


def list_schedule(instance: Instance, order: Sequence[int], release: Sequence[int] | None = None) -> Schedule:
    """Return the list schedule of ``order``: each request at its first start that fits, from its release on.

    Requests placed earlier in the order may start later in time; the schedule is feasible always. Not every optimum
    is a list schedule of arrivals, but every schedule is the list schedule of its own starts, in any order.

    Args:
        instance: the requests and the memory budget.
        order: every request index once.
        release: least start of each request (steps), in request order; its arrival by default or where later.

    Raises:
        InputError: if ``order`` is no permutation, or the instance's numbers exceed 64-bit arithmetic.
    """
    arrival, prompt, output = instance.arrays
    if sorted(order) != list(range(len(instance))):
        raise InputError("must name every request once", field="order")
    floor = arrival if release is None else np.maximum(arrival, np.array(release, np.int64))
    latest = int(floor.max()) + 2 * sum(r.output for r in instance.requests)
    if (latest + instance.memory) * (len(instance) + 1) >= _INT64_SAFE:
        raise InputError("has numbers too large for 64-bit scheduling", field="instance")
    starts = list_starts(prompt, output, instance.memory, np.array(order, np.int64), floor)
    return Schedule(tuple(starts.tolist()))


@njit(cache=True, nogil=True)
def list_starts(prompt: Int64s, output: Int64s, memory: int, order: Int64s, floor: Int64s) -> Int64s:
    """Return each request's start (step) when placed in ``order``, none before its ``floor`` (steps)."""
    n = order.shape[0]
    edge = np.empty(2 * n + 1, np.int64)
    count = np.empty(2 * n + 1, np.int64)
    offset = np.empty(2 * n + 1, np.int64)
    starts = np.empty(n, np.int64)
    size = clear(edge, count, offset)
    for j in order:
        starts[j] = earliest_fit(edge, count, offset, size, prompt[j], output[j], floor[j], memory)
        size = place(edge, count, offset, size, prompt[j], output[j], starts[j])
    return starts

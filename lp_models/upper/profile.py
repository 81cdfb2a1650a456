"""The memory held over time by the requests placed so far, and the earliest place for another.

A profile is three int64 arrays and a length ``size``: with edges e_0 = 0 < e_1 < ... the memory at step t in
(e_i, e_(i+1)] is ``offset[i] + count[i] * t`` tokens; nothing is held after the last edge. Each request placed adds
at most two edges, so arrays of 2n + 1 entries suffice for n requests.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int64s = NDArray[np.int64]


@njit(cache=True, nogil=True)
def segment_at(edge: Int64s, size: int, time: int) -> int:
    """Return the segment that holds step time + 1: the last i with edge[i] <= time."""
    low, high = 0, size
    while high - low > 1:
        middle = (low + high) >> 1
        if edge[middle] <= time:
            low = middle
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def earliest_fit(
    edge: Int64s, count: Int64s, offset: Int64s, size: int, prompt: int, output: int, floor: int, memory: int
) -> int:
    """Return the least start >= ``floor`` at which a request fits beside everything in the profile.

    Both the request's own growth and what later starters will hold during its life are checked, at the last step of
    every linear stretch of its life. One pass forward suffices: an overflow of e tokens at step t rules out starts
    before min(start + e, t), and starting later only lowers what the request holds at the steps already passed.
    """
    start = floor
    i = segment_at(edge, size, floor)
    while True:
        end = start + output
        step = end
        if i + 1 < size and edge[i + 1] < end:
            step = edge[i + 1]
        overflow = offset[i] + count[i] * step + prompt + step - start - memory
        if overflow > 0:
            start = min(start + overflow, step)
            if step == end and i + 1 < size:
                # What the profile holds only grows inside a stretch, so the request cannot end inside it.
                start = max(start, edge[i + 1] - output + 1)
            # The end has moved too: unless this segment is over, more of it may lie in the request's life now.
            if i + 1 < size and edge[i + 1] == step:
                i += 1
        elif step == end:
            return start
        else:
            i += 1


@njit(cache=True, nogil=True)
def place(edge: Int64s, count: Int64s, offset: Int64s, size: int, prompt: int, output: int, start: int) -> int:
    """Add a request that starts at ``start`` to the profile; return the profile's new size."""
    first = segment_at(edge, size, start)
    if edge[first] != start:
        first += 1
        size = _insert_edge(edge, count, offset, size, first, start)
    last = first
    end = start + output
    while last < size and edge[last] < end:
        last += 1
    if last == size or edge[last] != end:
        size = _insert_edge(edge, count, offset, size, last, end)
    for i in range(first, last):
        count[i] += 1
        offset[i] += prompt - start
    return size


@njit(cache=True, nogil=True)
def _insert_edge(edge: Int64s, count: Int64s, offset: Int64s, size: int, at: int, time: int) -> int:
    for i in range(size, at, -1):
        edge[i] = edge[i - 1]
        count[i] = count[i - 1]
        offset[i] = offset[i - 1]
    edge[at] = time
    count[at] = count[at - 1]
    offset[at] = offset[at - 1]
    return size + 1


@njit(cache=True, nogil=True)
def copy_profile(source: Int64s, target: Int64s, size: int) -> None:
    """Copy a profile held as the rows edge, count and offset (a loop, as slices take seconds to compile)."""
    for i in range(size):
        target[0, i] = source[0, i]
        target[1, i] = source[1, i]
        target[2, i] = source[2, i]


@njit(cache=True, nogil=True)
def clear(edge: Int64s, count: Int64s, offset: Int64s) -> int:
    """Make the profile empty; return its size."""
    edge[0] = 0
    count[0] = 0
    offset[0] = 0
    return 1


@njit(cache=True, nogil=True)
def remove(edge: Int64s, count: Int64s, offset: Int64s, size: int, prompt: int, output: int, start: int) -> int:
    """Take out a request that was placed at ``start``; return the profile's new size."""
    first = segment_at(edge, size, start)
    if edge[first] != start:
        # One request ended and another began here so that memory ran on in a line, and the edge was dropped.
        first += 1
        size = _insert_edge(edge, count, offset, size, first, start)
    last = first
    end = start + output
    while last < size and edge[last] < end:
        count[last] -= 1
        offset[last] -= prompt - start
        last += 1
    if last == size or edge[last] != end:
        size = _insert_edge(edge, count, offset, size, last, end)
        count[last] += 1
        offset[last] += prompt - start
    # An edge at which nothing changes any more would pile up, removal after removal.
    for at in (last, first):
        if at > 0 and count[at] == count[at - 1] and offset[at] == offset[at - 1]:
            size -= 1
            for i in range(at, size):
                edge[i] = edge[i + 1]
                count[i] = count[i + 1]
                offset[i] = offset[i + 1]
    return size

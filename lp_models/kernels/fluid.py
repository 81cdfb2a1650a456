"""Memory prices of the fluid limit: what one more token-step at each moment costs a relaxed machine, compiled.

The preemptive machine that always serves the least volume (``lp_models.bounds.machine``) has optimal dual prices in
closed form, and they are where raising prices begins: in large bursts hardly anything is left to be raised.
Everything here is floating point and decides nothing.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lp_models.bounds.machine_kernel import pop, sift_up

Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]


@njit(cache=True, nogil=True)
def fluid_prices(arrival: Int64s, volume: Int64s, count: Int64s, memory: int, last: int) -> Float64s:
    """Return prices per token for the steps 1 .. ``last`` (entry 0 unused).

    Args:
        arrival: arrival of each kind of request (steps).
        volume: its volume (token-steps), times ``count`` what is to be served.
        count: how many requests are of the kind.
        memory: memory budget (tokens), the machine's speed per step.
        last: last step to be priced.
    """
    piece = served_pieces(np.argsort(arrival, kind="mergesort"), arrival.astype(np.float64), volume, count, memory)
    kind, begin, end = piece[0], piece[1], piece[2]
    pieces = kind.shape[0]
    delay = np.zeros(pieces)
    later = np.empty(pieces, np.int64)
    size = 0
    price = np.zeros(last + 1)
    for i in range(pieces - 1, -1, -1):
        j = int(kind[i])
        if i + 1 < pieces and begin[i + 1] > end[i] + 1e-9:
            # An idle machine makes up for any delay.
            size = 0
        # What is served before requests that were interrupted for it is not delayed with them.
        while size > 0 and volume[int(kind[later[size - 1]])] < volume[j]:
            size -= 1
        rate = memory / volume[j]
        delay[i] = (end[i] - begin[i]) * rate + (delay[later[size - 1]] if size > 0 else 0.0)
        later[size] = i
        size += 1
        at = begin[i]
        step = int(at) + 1
        while at < end[i] and step <= last:
            until = min(end[i], float(step))
            price[step] += (until - at) * (delay[i] - (0.5 * (at + until) - begin[i]) * rate) / memory
            at = until
            step += 1
    return price


@njit(cache=True, nogil=True)
def served_pieces(
    by_arrival: Int64s, arrival: Float64s, volume: Int64s, count: Int64s, memory: int
) -> Float64s:  # fmt: skip
    """Return the stretches of service as rows kind, begin and end (steps), in order of time."""
    n = arrival.shape[0]
    piece = np.empty((3, 2 * n))
    pieces = 0
    left = np.empty(n)
    heap = np.empty(n, np.int64)
    size = 0
    now = 0.0
    for place in range(n + 1):
        until = arrival[by_arrival[place]] if place < n else np.inf
        while size > 0 and now < until:
            top = heap[0]
            end = min(now + left[top], until)
            piece[0, pieces] = top
            piece[1, pieces] = now
            piece[2, pieces] = end
            pieces += 1
            left[top] -= end - now
            if end < until:
                size = pop(heap, volume, size)
            now = end
        if place < n:
            j = by_arrival[place]
            now = max(now, until)
            left[j] = volume[j] / memory * count[j]
            heap[size] = j
            sift_up(heap, volume, size)
            size += 1
    return piece[:, :pieces]

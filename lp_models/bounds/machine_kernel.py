"""The preemptive single machine of ``machine``, compiled for numbers that fit 64 bits.

Times are in 1/M steps, so that all of them are integers. Every result is exact; the caller checks beforehand, with
``machine_fits``, that nothing here can overflow.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from lp_models.bounds.exact import exact_sum

Int64s = NDArray[np.int64]

_INT64_SAFE = 2**62

_NEVER = 2**63 - 1


def machine_fits(latest: int, processing: Int64s) -> bool:
    """Return whether the kernels may serve requests the last of which arrives at ``latest`` (1/M steps).

    The greatest number formed is a piece of service times twice the time by which all is served, or the sum of as
    many of the latter as there are requests.
    """
    return 2 * (latest + exact_sum(processing)) * max(int(processing.max()), len(processing)) < _INT64_SAFE


@njit(cache=True, nogil=True)
def sum_of_completions(by_release: Int64s, release: Int64s, processing: Int64s) -> int:
    """Return the sum of completion times (1/M steps) when the least remaining is served first.

    ``by_release`` lists the requests by ascending ``release``; columns are in 1/M steps.
    """
    n = release.shape[0]
    key = processing.copy()
    heap = np.empty(n, np.int64)
    size = 0
    now = total = 0
    for place in range(n + 1):
        until = release[by_release[place]] if place < n else _NEVER
        while size > 0 and now < until:
            top = heap[0]
            end = now + key[top]
            if end > until:
                # The least key gets smaller, so the heap stays one.
                key[top] -= until - now
                now = until
                break
            now = end
            total += end
            size = pop(heap, key, size)
        if place < n:
            now = max(now, until)
            heap[size] = by_release[place]
            sift_up(heap, key, size)
            size += 1
    return total


@njit(cache=True, nogil=True)
def doubled_busy_times(by_release: Int64s, release: Int64s, processing: Int64s, remainder: Int64s) -> int:
    """Return the sum over requests of floor(sum over pieces (e^2 - b^2) / v), least original v served first.

    ``by_release`` lists the requests by ascending ``release``; ``remainder`` receives what the divisions leave, one
    number in [0, v) for each request.
    """
    n = release.shape[0]
    left = processing.copy()
    heap = np.empty(n, np.int64)
    size = 0
    now = total = 0
    remainder[:] = 0
    for place in range(n + 1):
        until = release[by_release[place]] if place < n else _NEVER
        while size > 0 and now < until:
            top = heap[0]
            end = now + left[top]
            if end > until:
                end = until
            v = processing[top]
            moment = (end - now) * (end + now)
            remainder[top] += moment % v
            total += moment // v
            if remainder[top] >= v:
                remainder[top] -= v
                total += 1
            left[top] -= end - now
            now = end
            if left[top] == 0:
                size = pop(heap, processing, size)
        if place < n:
            now = max(now, until)
            heap[size] = by_release[place]
            sift_up(heap, processing, size)
            size += 1
    return total


@njit(cache=True, nogil=True)
def pop(heap: Int64s, key: Int64s, size: int) -> int:
    """Take the first request off a binary heap by (key, request); return the heap's new size."""
    size -= 1
    heap[0] = heap[size]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            return size
        if child + 1 < size and _before(key, heap[child + 1], heap[child]):
            child += 1
        if not _before(key, heap[child], heap[i]):
            return size
        heap[i], heap[child] = heap[child], heap[i]
        i = child


@njit(cache=True, nogil=True)
def sift_up(heap: Int64s, key: Int64s, i: int) -> None:
    """Restore the heap whose entry ``i`` is new."""
    while i > 0:
        parent = (i - 1) >> 1
        if _before(key, heap[parent], heap[i]):
            return
        heap[parent], heap[i] = heap[i], heap[parent]
        i = parent


@njit(cache=True, nogil=True, inline="always")
def _before(key: Int64s, a: int, b: int) -> bool:
    return bool(key[a] < key[b] or (key[a] == key[b] and a < b))

"""Compiled float versions of the mean busy times, to find a good threshold; they decide no bound's value."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
Float64s = NDArray[np.float64]


@njit(cache=True, nogil=True)
def pair_minimum_sums(volume: Float64s, rank: Int64s) -> Float64s:
    """Return, for every prefix, sum over pairs of min(v_i, v_j) plus half the sum of v.

    That is the sum of V_{j-1} + v_j / 2 over the prefix sorted by volume. ``rank`` is each request's place among all
    when sorted by volume; a Fenwick tree over ranks holds the number and the sum of the volumes seen so far.
    """
    n = volume.shape[0]
    count = np.zeros(n + 1, np.float64)
    weight = np.zeros(n + 1, np.float64)
    sums = np.empty(n, np.float64)
    total = 0.0
    for j in range(n):
        below = 0.0
        below_weight = 0.0
        i = rank[j]
        while i > 0:
            below += count[i]
            below_weight += weight[i]
            i &= i - 1
        total += below_weight + (j - below + 0.5) * volume[j]
        sums[j] = total
        i = rank[j] + 1
        while i <= n:
            count[i] += 1.0
            weight[i] += volume[j]
            i += i & -i
    return sums


@njit(cache=True, nogil=True)
def busy_times_by_threshold(arrival: Float64s, volume: Float64s, output: Int64s, thresholds: Int64s) -> Float64s:
    """Return, for every threshold, the sum of mean busy times of the requests with output <= threshold.

    Requests are given by ascending arrival, times in steps, ``volume`` being divided by M.
    """
    n = arrival.shape[0]
    sums = np.zeros(thresholds.shape[0], np.float64)
    heap = np.empty(n, np.int64)
    left = np.empty(n, np.float64)
    for k in range(thresholds.shape[0]):
        size = 0
        now = 0.0
        for j in range(n + 1):
            # Serve what is released until the next kept request arrives.
            if j < n and output[j] > thresholds[k]:
                continue
            until = arrival[j] if j < n else np.inf
            while size > 0 and now < until:
                top = heap[0]
                end = min(now + left[top], until)
                sums[k] += (end - now) * (end + now) / (2.0 * volume[top])
                if end < until:
                    size -= 1
                    heap[0] = heap[size]
                    _sift_down(heap, volume, size)
                left[top] -= end - now
                now = end
            if j < n:
                now = max(now, until)
                left[j] = volume[j]
                heap[size] = j
                _sift_up(heap, volume, size)
                size += 1
    return sums


@njit(cache=True, nogil=True)
def _sift_up(heap: Int64s, key: Float64s, i: int) -> None:
    while i > 0:
        parent = (i - 1) >> 1
        if key[heap[parent]] <= key[heap[i]]:
            return
        heap[parent], heap[i] = heap[i], heap[parent]
        i = parent


@njit(cache=True, nogil=True)
def _sift_down(heap: Int64s, key: Float64s, size: int) -> None:
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            return
        if child + 1 < size and key[heap[child + 1]] < key[heap[child]]:
            child += 1
        if key[heap[i]] <= key[heap[child]]:
            return
        heap[i], heap[child] = heap[child], heap[i]
        i = child

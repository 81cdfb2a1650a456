"""The run, compiled: the same rules as the reference on int64 arrays.

The running requests are kept in arrays sorted by completion; ``offset`` holds prompt - start, so that the memory of
the running requests at step t is (sum of offset) + (their number) * t. Waiting requests are kept in binary heaps of
(time before which it cannot start, rank), packed into parallel arrays.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cr_toolkit.model import Instance
from cr_toolkit.policies.admission import Admission, Queue

Int64s = NDArray[np.int64]


def kernel_starts(instance: Instance, order: Int64s, admission: Admission, queue: Queue) -> Int64s:
    """Return the start (step) of each request, int64 of shape (n,), in request order.

    The caller guarantees that (last arrival + sum of outputs + M) * (n + 1) fits an int64.
    """
    arrival, prompt, output = instance.arrays
    run = skipping_starts if queue is Queue.SKIPPING else head_of_line_starts
    starts: Int64s = run(arrival[order], prompt[order], output[order], instance.memory, admission is Admission.PEAK)
    result = np.empty_like(starts)
    result[order] = starts
    return result


@njit(cache=True, nogil=True)
def earliest_start(
    prompt: int, output: int, now: int, memory: int, peak_rule: bool,
    completion: Int64s, offset: Int64s, first: int, last: int,
) -> int:  # fmt: skip
    """Return the first time >= now at which a request fits beside the running ones in [first, last).

    ``completion`` is ascending over [first, last); entries completed by ``now`` may be among them.
    """
    while first < last and completion[first] <= now:
        first += 1
    if peak_rule:
        held = 0
        for i in range(first, last):
            held += offset[i] + completion[i]
        while first < last and held + prompt + output > memory:
            held -= offset[first] + completion[first]
            now = completion[first]
            first += 1
        return now
    while True:
        later = now
        end = now + output
        total = 0
        own_checked = False
        # From the last completion backwards: total and count are those of the requests still running at the step.
        i = last - 1
        while i >= first:
            step = completion[i]
            if not own_checked and step < end:
                own_checked = True
                if total + (last - 1 - i) * end + prompt + output > memory:
                    # What runs only grows until the next completion, so it cannot complete before that either.
                    later = max(later, completion[i + 1] - output + 1)
            total += offset[i]
            if step <= end:
                if step <= later:
                    break
                overflow = total + (last - i) * step + prompt + step - now - memory
                if overflow > 0:
                    later = max(later, min(now + overflow, step))
                own_checked = own_checked or step == end
            i -= 1
        if not own_checked and total + (last - first) * end + prompt + output > memory:
            later = max(later, completion[first] - output + 1)
        if later == now:
            return now
        now = later
        while first < last and completion[first] <= now:
            first += 1


@njit(cache=True, nogil=True)
def insert_running(completion: Int64s, offset: Int64s, first: int, last: int, end: int, shift: int) -> None:
    """Insert a request that completes at ``end`` into the running ones in [first, last), keeping them sorted."""
    i = last
    while i > first and completion[i - 1] > end:
        completion[i] = completion[i - 1]
        offset[i] = offset[i - 1]
        i -= 1
    completion[i] = end
    offset[i] = shift


@njit(cache=True, nogil=True)
def _sift_up(rank: Int64s, i: int) -> None:
    while i > 0:
        parent = (i - 1) >> 1
        if rank[parent] <= rank[i]:
            return
        rank[parent], rank[i] = rank[i], rank[parent]
        i = parent


@njit(cache=True, nogil=True)
def _sift_down(rank: Int64s, size: int) -> None:
    i = 0
    while True:
        child = 2 * i + 1
        if child >= size:
            return
        if child + 1 < size and rank[child + 1] < rank[child]:
            child += 1
        if rank[i] <= rank[child]:
            return
        rank[child], rank[i] = rank[i], rank[child]
        i = child


@njit(cache=True, nogil=True)
def _earlier(time: Int64s, rank: Int64s, i: int, j: int) -> bool:
    return bool(time[i] < time[j] or (time[i] == time[j] and rank[i] < rank[j]))


@njit(cache=True, nogil=True)
def _swap(time: Int64s, rank: Int64s, i: int, j: int) -> None:
    time[i], time[j] = time[j], time[i]
    rank[i], rank[j] = rank[j], rank[i]


@njit(cache=True, nogil=True)
def _sink(time: Int64s, rank: Int64s, size: int, i: int) -> None:
    while True:
        child = 2 * i + 1
        if child >= size:
            return
        if child + 1 < size and _earlier(time, rank, child + 1, child):
            child += 1
        if not _earlier(time, rank, child, i):
            return
        _swap(time, rank, i, child)
        i = child


@njit(cache=True, nogil=True)
def head_of_line_starts(arrival: Int64s, prompt: Int64s, output: Int64s, memory: int, peak_rule: bool) -> Int64s:
    """Return the starts of requests given in priority order, nobody overtaking a blocked head."""
    n = arrival.shape[0]
    start = np.empty(n, np.int64)
    completion = np.empty(n, np.int64)
    offset = np.empty(n, np.int64)
    first = 0
    coming = waiting = 0
    for j in range(n):
        if arrival[j] != arrival[0]:
            coming = n
            break
    # A burst is served in the given order; only other traffic needs the two heaps.
    coming_time, coming_rank, waiting_rank = arrival[:coming].copy(), np.arange(coming), np.empty(coming, np.int64)
    for root in range(coming // 2 - 1, -1, -1):
        _sink(coming_time, coming_rank, coming, root)
    now = arrival[0] if coming == 0 else coming_time[0]
    burst = coming == 0
    # Those that run are among the ``served`` ones placed so far, from ``first`` on by completion.
    for served in range(n):
        head = served
        begin = now
        while not burst:
            if waiting == 0:
                now = max(now, coming_time[0])
            while coming > 0 and coming_time[0] <= now:
                waiting_rank[waiting] = coming_rank[0]
                _sift_up(waiting_rank, waiting)
                waiting += 1
                coming -= 1
                _swap(coming_time, coming_rank, 0, coming)
                _sink(coming_time, coming_rank, coming, 0)
            head = waiting_rank[0]
            begin = earliest_start(
                prompt[head], output[head], now, memory, peak_rule, completion, offset, first, served
            )
            if begin == now or coming == 0 or coming_time[0] > begin:
                break
            # A newcomer may take the head's place before the head can start.
            now = coming_time[0]
        if burst:
            begin = earliest_start(
                prompt[head], output[head], now, memory, peak_rule, completion, offset, first, served
            )
        else:
            waiting -= 1
            waiting_rank[0] = waiting_rank[waiting]
            _sift_down(waiting_rank, waiting)
        now = begin
        start[head] = now
        while first < served and completion[first] <= now:
            first += 1
        insert_running(completion, offset, first, served, now + output[head], prompt[head] - now)
    return start


@njit(cache=True, nogil=True)
def _next_alike(arrival: Int64s, prompt: Int64s, output: Int64s) -> tuple[Int64s, Int64s]:
    """Return for each request the next identical one or -1, and the first of every kind, ascending."""
    n = arrival.shape[0]
    order = np.argsort(output, kind="mergesort")
    order = order[np.argsort(prompt[order], kind="mergesort")]
    order = order[np.argsort(arrival[order], kind="mergesort")]
    after = np.full(n, -1)
    is_first = np.ones(n, np.bool_)
    for k in range(n - 1):
        i, j = order[k], order[k + 1]
        if output[i] == output[j] and prompt[i] == prompt[j] and arrival[i] == arrival[j]:
            after[i] = j
            is_first[j] = False
    return after, np.flatnonzero(is_first)


@njit(cache=True, nogil=True)
def skipping_starts(arrival: Int64s, prompt: Int64s, output: Int64s, memory: int, peak_rule: bool) -> Int64s:
    """Return the starts of requests given in priority order, later ones passing those that do not fit.

    A heap holds a time before which a waiting request cannot start. Further starts only delay that time, so it stays
    valid, and a request is looked at again only when its time has come. Of identical requests only the first that
    waits is in the heap: what delays it delays the others.
    """
    n = arrival.shape[0]
    start = np.empty(n, np.int64)
    completion = np.empty(n, np.int64)
    offset = np.empty(n, np.int64)
    first = last = 0
    after, rank = _next_alike(arrival, prompt, output)
    time = arrival[rank]
    size = rank.shape[0]
    for root in range(size // 2 - 1, -1, -1):
        _sink(time, rank, size, root)
    while size > 0:
        now = time[0]
        job = rank[0]
        while first < last and completion[first] <= now:
            first += 1
        begin = earliest_start(prompt[job], output[job], now, memory, peak_rule, completion, offset, first, last)
        if begin > now:
            time[0] = begin
            _sink(time, rank, size, 0)
            continue
        if after[job] >= 0:
            rank[0] = after[job]
        else:
            size -= 1
            _swap(time, rank, 0, size)
        _sink(time, rank, size, 0)
        start[job] = now
        insert_running(completion, offset, first, last, now + output[job], prompt[job] - now)
        last += 1
    return start

"""Every small instance, compiled: lists of requests in service order, and the exact optimum of those worth it."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from cr_toolkit.simulation.kernel import head_of_line_starts, skipping_starts

Int64s = NDArray[np.int64]

_SCALE = 1 << 20
"""Offsets are rounded down to multiples of 1/2^20, which keeps the screening bound a lower bound."""


@njit(cache=True, nogil=True)
def _earliest_fit(memory: int, prompt: int, output: int, usage: Int64s, begin: int, last: int) -> int:
    """Return the first start in [begin, last] at which a request fits into ``usage``, or last + 1."""
    start = begin
    k = 1
    while k <= output:
        if start > last:
            return last + 1
        if usage[start + k] + prompt + k > memory:
            start += 1
            k = 0
        k += 1
    return start


@njit(cache=True, nogil=True)
def _add(usage: Int64s, prompt: int, output: int, start: int, sign: int) -> None:
    for k in range(1, output + 1):
        usage[start + k] += sign * (prompt + k)


@njit(cache=True, nogil=True)
def least_start_sum(memory: int, prompt: Int64s, output: Int64s, most: int) -> int:
    """Return the least sum of starts (steps) of a feasible schedule of a burst, or -1 if it exceeds ``most``.

    Depth first over starts, longest outputs first, identical requests in order. Some optimal schedule has no step
    without a running request, so that nobody starts after the sum of the other outputs. A branch ends when the
    earliest starts that the placed requests leave to the others already cost too much.
    """
    n = output.shape[0]
    place = np.argsort(-(output * (memory + 1) + prompt), kind="mergesort")
    total = output.sum()
    usage = np.zeros(total + 1, np.int64)
    start = np.full(n, -1, np.int64)
    best = -1
    spent = 0
    depth = 0
    while depth >= 0:
        i = place[depth]
        last = total - output[i]
        if start[depth] < 0:
            begin = 0
            if depth > 0:
                before = place[depth - 1]
                if prompt[before] == prompt[i] and output[before] == output[i]:
                    begin = start[depth - 1]
        else:
            _add(usage, prompt[i], output[i], start[depth], -1)
            spent -= start[depth]
            begin = start[depth] + 1
        at = _earliest_fit(memory, prompt[i], output[i], usage, begin, last)
        least = spent + at
        for later in range(depth + 1, n):
            if least > most:
                break
            j = place[later]
            least += _earliest_fit(memory, prompt[j], output[j], usage, 0, total - output[j])
        if at > last or least > most:
            start[depth] = -1
            depth -= 1
            continue
        start[depth] = at
        spent += at
        _add(usage, prompt[i], output[i], at, 1)
        if depth == n - 1:
            best = spent
            most = spent - 1
            continue
        depth += 1
        start[depth] = -1
    return best


@njit(cache=True, nogil=True)
def _screen(memory: int, prompt: Int64s, output: Int64s) -> int:
    """Return a lower bound on the optimum of a burst (steps): mean-busy-time, rounded down, then up to an integer."""
    n = output.shape[0]
    volume = np.empty(n, np.int64)
    offsets = 0
    for j in range(n):
        s, o = prompt[j], output[j]
        offsets += (6 * s * o + (o + 1) * (2 * o + 1)) * _SCALE // (6 * (2 * s + o + 1))
        v = s * o + o * (o + 1) // 2
        i = j
        while i > 0 and volume[i - 1] > v:
            volume[i] = volume[i - 1]
            i -= 1
        volume[i] = v
    busy = 0
    for j in range(n):
        busy += volume[j] * (2 * (n - j) - 1)
    return int(-(-(offsets + busy * _SCALE // (2 * memory)) // _SCALE))


@njit(cache=True, nogil=True)
def scan(
    memory: int, peak_rule: bool, skipping: bool, prompt: Int64s, output: Int64s, rank: Int64s, longest: int,
    first: int, n: int, cost: int, optimum: int, worst: Int64s,
) -> tuple[int, int, int, int]:  # fmt: skip
    """Visit every list of ``n`` types in service order that begins with type ``first`` and has an output ``longest``.

    A list is in service order if ranks do not fall, so each way to order tied types is visited and each other
    permutation left out. Where the policy's cost over the optimum exceeds ``cost`` / ``optimum``, the list becomes
    the new record and is copied to ``worst``.

    Args:
        memory: the budget (tokens).
        peak_rule: whether the admission rule is ``peak``.
        skipping: whether the queue is ``skipping``.
        prompt: of each type (tokens), as ``output``.
        output: of each type; none above ``longest``.
        rank: of each type: the policy serves ascending ranks, ties in the order of the list.
        longest: the largest output, which every list visited must have.
        first: the type each list begins with.
        n: requests of a list.
        cost: of the record so far.
        optimum: of the record so far.
        worst: receives the types of a new record, shape (n,).

    Returns:
        Lists visited, optima computed, and the record's two costs.
    """
    types = rank.shape[0]
    chosen = np.full(n, -1, np.int64)
    has_longest = np.zeros(n + 1, np.int64)
    s, o = np.empty(n, np.int64), np.empty(n, np.int64)
    arrival = np.zeros(n, np.int64)
    visited = solved = 0
    chosen[0] = first - 1
    depth = 0
    while depth >= 0:
        t = chosen[depth] + 1
        needs = depth == n - 1 and has_longest[depth] == 0
        while t < types and ((depth > 0 and rank[t] < rank[chosen[depth - 1]]) or (needs and output[t] != longest)):
            t += 1
        if t >= types or (depth == 0 and t != first):
            chosen[depth] = -1
            depth -= 1
            continue
        chosen[depth] = t
        s[depth], o[depth] = prompt[t], output[t]
        has_longest[depth + 1] = has_longest[depth] + (output[t] == longest)
        if depth < n - 1:
            depth += 1
            chosen[depth] = -1
            continue
        visited += 1
        if skipping:
            starts = skipping_starts(arrival, s, o, memory, peak_rule)
        else:
            starts = head_of_line_starts(arrival, s, o, memory, peak_rule)
        outputs = o.sum()
        total = starts.sum() + outputs
        # The largest optimum at which this list would be worse than the record.
        most = (total * optimum - 1) // cost
        if most < outputs or _screen(memory, s, o) > most:
            continue
        solved += 1
        sum_of_starts = least_start_sum(memory, s, o, most - outputs)
        if sum_of_starts >= 0:
            cost, optimum = total, sum_of_starts + outputs
            worst[:] = chosen
    return visited, solved, cost, optimum

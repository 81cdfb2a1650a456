"""Good offline schedules for instances made of few kinds of requests, compiled.

The certified ratio of an instance is the policy's cost over that of the best schedule found here, so a cheaper
schedule is a worse instance. Memory is kept as a plain array over steps, which suits the short horizons of a search.
Three steps: place the requests greedily kind by kind, starts of one kind spread so that their memory phases
interleave (SPS of arXiv 2601.22996); pull every request forward into the holes left; ruin and recreate.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Int64s = NDArray[np.int64]


@njit(cache=True, nogil=True)
def kinds_of(arrival: Int64s, prompt: Int64s, output: Int64s) -> Int64s:
    """Return for each request the number of its kind, kinds numbered by first appearance."""
    n = arrival.shape[0]
    kind = np.empty(n, np.int64)
    first = np.empty(n, np.int64)
    kinds = 0
    for j in range(n):
        c = 0
        while c < kinds:
            i = first[c]
            if arrival[i] == arrival[j] and prompt[i] == prompt[j] and output[i] == output[j]:
                break
            c += 1
        if c == kinds:
            first[kinds] = j
            kinds += 1
        kind[j] = c
    return kind


@njit(cache=True, nogil=True)
def interleaving(prompt: int, output: int, memory: int, most: int) -> int:
    """Return how many requests fit when spread evenly: the largest K <= ``most`` with K s + sum ceil(k o / K) <= M.

    The sum is over k = 1..K and equals o + ((K - 1)(o + 1) - gcd(K, o) + 1) / 2. At least 1, as every request fits.
    """
    k = max(1, min(most, memory // (prompt + output)))
    while k < most:
        wider = k + 1
        common, rest = wider, output
        while rest > 0:
            common, rest = rest, common % rest
        if wider * prompt + output + (k * (output + 1) - common + 1) // 2 > memory:
            return k
        k = wider
    return k


@njit(cache=True, nogil=True)
def fit(usage: Int64s, prompt: int, output: int, earliest: int, memory: int) -> int:
    """Return the first start >= ``earliest`` at which a request fits over ``usage`` (tokens held in each step)."""
    start = earliest
    k = output
    while k >= 1:
        overflow = usage[start + k] + prompt + k - memory
        if overflow > 0:
            # Started d later it holds d less there, or runs after that step once d >= k.
            start += min(overflow, k)
            k = output
        else:
            k -= 1
    return start


@njit(cache=True, nogil=True)
def add(usage: Int64s, prompt: int, output: int, start: int, sign: int) -> None:
    """Add (sign 1) or remove (sign -1) a request started at ``start``."""
    for k in range(1, output + 1):
        usage[start + k] += sign * (prompt + k)


@njit(cache=True, nogil=True)
def load(usage: Int64s, prompt: Int64s, output: Int64s, starts: Int64s) -> None:
    """Set ``usage`` to what the requests started at ``starts`` hold in each step (tokens)."""
    usage[:] = 0
    for j in range(starts.shape[0]):
        add(usage, prompt[j], output[j], starts[j], 1)


@njit(cache=True, nogil=True)
def place(
    memory: int, arrival: Int64s, prompt: Int64s, output: Int64s,
    kind: Int64s, order: Int64s, numerator: Int64s, denominator: Int64s, starts: Int64s, usage: Int64s,
) -> int:  # fmt: skip
    """Start the requests one by one in ``order``, each as early as it fits; return the sum of the starts.

    The j-th request of kind c is also held back to j numerator[c] / denominator[c] steps after the first.
    """
    kinds = numerator.shape[0]
    cursor = np.zeros(kinds, np.int64)
    base = np.zeros(kinds, np.int64)
    placed = np.zeros(kinds, np.int64)
    usage[:] = 0
    total = 0
    for i in range(order.shape[0]):
        j = order[i]
        c = kind[j]
        start = max(cursor[c], arrival[j])
        if placed[c] > 0:
            start = max(start, base[c] + placed[c] * numerator[c] // denominator[c])
        start = fit(usage, prompt[j], output[j], start, memory)
        add(usage, prompt[j], output[j], start, 1)
        if placed[c] == 0:
            base[c] = start
        # Usage only grows, so the next one of this kind cannot start earlier.
        cursor[c] = start
        placed[c] += 1
        starts[j] = start
        total += start
    return total


@njit(cache=True, nogil=True)
def pull_forward(
    memory: int, arrival: Int64s, prompt: Int64s, output: Int64s,
    kind: Int64s, kinds: int, starts: Int64s, usage: Int64s, sweeps: int,
) -> int:  # fmt: skip
    """Move requests one at a time to the earliest place they fit; return by how much the sum of starts fell."""
    n = starts.shape[0]
    gained = 0
    length = np.zeros(kinds, np.int64)
    for j in range(n):
        length[kind[j]] = output[j]
    for sweep in range(sweeps):
        before = gained
        order = np.argsort(starts, kind="mergesort")
        cursor = np.zeros(kinds, np.int64)
        for i in range(n):
            j = order[i] if sweep % 2 == 0 else order[n - 1 - i]
            c = kind[j]
            old = starts[j]
            from_ = max(cursor[c], arrival[j])
            if from_ >= old:
                continue
            add(usage, prompt[j], output[j], old, -1)
            new = fit(usage, prompt[j], output[j], from_, memory)
            add(usage, prompt[j], output[j], new, 1)
            starts[j] = new
            cursor[c] = new
            if new < old:
                gained += old - new
                # The freed steps may serve others, which reach them from as early as their own length before.
                for other in range(kinds):
                    cursor[other] = max(0, min(cursor[other], old - length[other]))
        if gained == before and sweep > 0:
            break
    return gained


@njit(cache=True, nogil=True)
def _next(state: np.uint64) -> np.uint64:
    # xorshift64: the search must not depend on numba's hidden generator.
    state ^= state << np.uint64(13)
    state ^= state >> np.uint64(7)
    state ^= state << np.uint64(17)
    return state


@njit(cache=True, nogil=True)
def ruin_and_recreate(
    memory: int, arrival: Int64s, prompt: Int64s, output: Int64s,
    starts: Int64s, usage: Int64s, rounds: int, most: int, seed: int,
) -> int:  # fmt: skip
    """Take out up to ``most`` requests at a time and put them back as early as they fit, in random order.

    Keeps what does not raise the sum of starts; returns by how much it fell. ``usage`` must reach ``most`` + 1 times
    the longest output beyond the last completion.
    """
    n = starts.shape[0]
    # A round may push requests out beyond the last completion; none that did is kept.
    last = 0
    for j in range(n):
        last = max(last, starts[j] + output[j])
    taken = np.empty(most, np.int64)
    old = np.empty(most, np.int64)
    state = np.uint64(88172645463325252) ^ np.uint64(seed * 2654435761 + 1)
    gained = 0
    for _ in range(rounds):
        state = _next(state)
        count = 1 + int(state >> np.uint64(33)) % min(most, n)
        state = _next(state)
        pivot = int(state >> np.uint64(33)) % n
        chosen = 0
        before = 0
        for i in range(count):
            state = _next(state)
            draw = int(state >> np.uint64(33))
            j = pivot if i == 0 else draw % n
            fresh = True
            for k in range(chosen):
                if taken[k] == j:
                    fresh = False
            if fresh:
                taken[chosen] = j
                old[chosen] = starts[j]
                before += starts[j]
                add(usage, prompt[j], output[j], starts[j], -1)
                chosen += 1
        after = 0
        outside = False
        for i in range(chosen):
            j = taken[i]
            state = _next(state)
            draw = int(state >> np.uint64(33))
            # Mostly from the front; sometimes a deliberate delay, which an optimum may need.
            lead = draw % (output[j] + 1) if draw & 3 == 0 else 0
            earliest = max(arrival[j], min(old[i], fit(usage, prompt[j], output[j], arrival[j], memory) + lead))
            starts[j] = fit(usage, prompt[j], output[j], earliest, memory)
            add(usage, prompt[j], output[j], starts[j], 1)
            after += starts[j]
            outside = outside or starts[j] + output[j] > last
        if after <= before and not outside:
            gained += before - after
        else:
            for i in range(chosen - 1, -1, -1):
                j = taken[i]
                add(usage, prompt[j], output[j], starts[j], -1)
                starts[j] = old[i]
                add(usage, prompt[j], output[j], old[i], 1)
    return gained

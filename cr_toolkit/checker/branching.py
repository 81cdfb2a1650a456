"""A proof by branching: a tree of cases, each closed by memory prices or by a step in which too much must be held.

A node holds, for every request, the starts that are left to it. At the root that is every start of a schedule cheaper
than the target: if the outputs sum to O, no request waits longer than target - 1 - O steps. Identical requests start
in the order in which they are listed. Each entry of the tree works on the newest open node:
1. *prices* y >= 0 charge a start k of request i
       e_i(k) = k + sum_{tau=1..o_i} (s_i + tau) y_{k+tau},
   so every schedule in the node has starts that sum to at least B = sum_i min_k e_i(k) - M sum_t y_t. If that makes
   it as dear as the target, the node is closed. Else a start that exceeds the least charge of its request by more
   than what B falls short is left out.
2. *full step* t: a request that runs in step t wherever it starts, the latest time at k, holds at least s_i + t - k
   tokens in it. If these exceed M together, the node is closed. Else a start that would hold more in step t than the
   others leave is left out.
3. *split*: the starts of one request up to k, and those after k, are two nodes. The first one becomes the newest.
A node in which a request has no start left is closed too. When all nodes are closed, no schedule is cheaper than the
target. Whatever the entries are, none of them can leave out a cheaper schedule: poor ones leave nodes open.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from cr_toolkit.checker.enumeration import NodeLimitError
from cr_toolkit.checker.state_space import Requests

MAX_STARTS = 8_000_000
"""Most starts of all requests together at the root, most entries of open nodes, and last step of a cheaper schedule."""

MAX_SUMS = 8_000_000
"""Most entries of all running sums of prices that are kept, about."""

Starts = list[list[int]]
"""The starts that are left, ascending, for every request."""


def prove_by_branching(
    memory: int, requests: Requests, target: int, scale: int, pool: Sequence[Sequence[int]],
    tree: Sequence[int | tuple[int, int]], work_limit: int,
) -> int:  # fmt: skip
    """Prove that no feasible schedule has total latency below ``target``; return the work done.

    Args:
        memory: M (tokens).
        requests: (arrival, prompt, output) of each request.
        target: the claimed lower bound (steps).
        scale: positive denominator of the prices.
        pool: price vectors over ``scale``: how many steps have no price, then prices per token for the steps after.
        tree: the entries: v >= 0 is vector v of the pool, -t the full step t, and a pair (i, k) a split of the starts
            of request i after step k.
        work_limit: most starts looked at, steps of price vectors included.

    Raises:
        NodeLimitError: if the limit is reached first.
        ValueError: if the scale is not positive, a vector or a request does not exist, a price is negative, a vector
            is too long, a split leaves a side empty, or entries are left over or missing.
    """
    slack = target - 1 - sum(output for _, _, output in requests)
    branching = _Branching(memory, requests, slack, scale, pool, work_limit)
    opened: list[Starts] = []
    if slack >= 0:
        branching.require_room(len(requests) * (slack + 1))
        branching.count(len(requests) * (slack + 1))
        opened.append([list(range(arrival, arrival + slack + 1)) for arrival, _, _ in requests])
    for entry in tree:
        if not opened:
            raise ValueError("entries of the tree are left over")
        starts = opened.pop()
        if isinstance(entry, tuple):
            opened += [side for side in branching.split(starts, *entry) if all(side)]
            branching.require_room(len(opened) * len(requests))
            continue
        left = branching.priced(starts, entry) if entry >= 0 else branching.full(starts, -entry)
        if left is not None and all(left):
            opened.append(left)
    if opened:
        raise ValueError(f"the tree ends with {len(opened)} open nodes")
    return branching.work


class _Branching:
    """One proof: what is proved, the price vectors, and the work done so far."""

    def __init__(
        self, memory: int, requests: Requests, slack: int, scale: int, pool: Sequence[Sequence[int]], work_limit: int
    ) -> None:
        if scale < 1:
            raise ValueError("prices must be over a positive scale")
        self._memory, self._requests, self._scale, self._pool = memory, requests, scale, pool
        # What the starts of a schedule cheaper than the target may sum to, scaled.
        self._most = scale * (slack + sum(arrival for arrival, _, _ in requests))
        self._last = max(arrival + output for arrival, _, output in requests) + slack
        seen: dict[tuple[int, int, int], int] = {}
        self._twins: list[tuple[int, int]] = []
        for index, request in enumerate(requests):
            if request in seen:
                self._twins.append((seen[request], index))
            seen[request] = index
        self._sums: dict[int, tuple[list[int], list[int]]] = {}
        self._limit = work_limit
        self.work = 0

    def count(self, work: int) -> None:
        """Count work; raise NodeLimitError if it is too much."""
        self.work += work
        if self.work > self._limit:
            raise NodeLimitError(f"more than {self._limit} starts to look at")

    def require_room(self, entries: int) -> None:
        """Raise NodeLimitError if open nodes of so many entries, or prices up to the last step, are too large."""
        if max(entries, self._last) > MAX_STARTS:
            raise NodeLimitError(f"more than {MAX_STARTS} starts or steps at once")

    def priced(self, starts: Starts, number: int) -> Starts | None:
        """Return what a price vector leaves of ``starts``, or None if it closes the node."""
        sums, moments = self._vector(number)
        scale = self._scale
        self.count(sum(map(len, starts)))
        charges = [
            [scale * k + (s - k) * (sums[k + o] - sums[k]) + moments[k + o] - moments[k] for k in left]
            for left, (_, s, o) in zip(starts, self._requests, strict=True)
        ]
        least = list(map(min, charges))
        slack = self._most + self._memory * sums[-1] - sum(least)
        if slack < 0:
            return None
        return self._ordered([
            [k for k, charge in zip(left, here, strict=True) if charge <= cheapest + slack] if len(left) > 1 else left
            for left, here, cheapest in zip(starts, charges, least, strict=True)
        ])  # fmt: skip

    def full(self, starts: Starts, step: int) -> Starts | None:
        """Return what the memory of a step leaves of ``starts``, or None if it closes the node."""
        self.count(len(starts))
        room = self._memory
        running: list[tuple[int, int, int]] = []  # index, prompt + step, least that it holds
        for index, (left, (_, prompt, output)) in enumerate(zip(starts, self._requests, strict=True)):
            if left[0] < step and left[-1] + output >= step:
                latest = left[-1]
                held = prompt + step - latest if latest < step <= left[0] + output else 0
                room -= held
                running.append((index, prompt + step, held))
        if room < 0:
            return None
        kept = list(starts)
        for index, whole, held in running:
            output, left = self._requests[index][2], starts[index]
            # A start k holds whole - k tokens if it runs in the step: the earlier, the more.
            earliest = whole - held - room
            if left[0] < earliest:
                self.count(len(left))
                kept[index] = [k for k in left if k >= min(earliest, step) or k + output < step]
        return self._ordered(kept)

    def split(self, starts: Starts, index: int, step: int) -> tuple[Starts, Starts]:
        """Return two nodes: the request starts after ``step``, or at it or before."""
        if not 0 <= index < len(starts):
            raise ValueError(f"there is no request {index}")
        self.count(len(starts) + len(starts[index]))
        late, soon = list(starts), list(starts)
        late[index] = [k for k in starts[index] if k > step]
        soon[index] = [k for k in starts[index] if k <= step]
        if not late[index] or not soon[index]:
            raise ValueError("a split must leave starts on both sides")
        return self._ordered(late), self._ordered(soon)

    def _vector(self, number: int) -> tuple[list[int], list[int]]:
        """Return the running sums, up to every step, of the prices y_t of a vector and of t y_t."""
        found = self._sums.get(number)
        if found is None:
            if not number < len(self._pool) or not self._pool[number]:
                raise ValueError(f"there is no price vector {number}")
            skipped, *prices = self._pool[number]
            beyond = self._last - skipped - len(prices)
            if skipped < 0 or min(prices, default=0) < 0 or beyond < 0:
                raise ValueError("a price vector must be non-negative and end by the last step of a cheaper schedule")
            self.count(self._last)
            price = [0] * (skipped + 1) + prices + [0] * beyond
            found = list(accumulate(price)), list(accumulate(step * y for step, y in enumerate(price)))
            if len(self._sums) * self._last > MAX_SUMS:
                del self._sums[next(iter(self._sums))]
            self._sums[number] = found
        return found

    def _ordered(self, starts: Starts) -> Starts:
        """Return ``starts`` without those at which an identical request would start before one listed earlier."""
        for one, other in self._twins:
            if starts[one] and starts[other] and starts[other][0] < starts[one][0]:
                self.count(len(starts[other]))
                starts[other] = [k for k in starts[other] if k >= starts[one][0]]
        for one, other in reversed(self._twins):
            if starts[one] and starts[other] and starts[one][-1] > starts[other][-1]:
                self.count(len(starts[one]))
                starts[one] = [k for k in starts[one] if k <= starts[other][-1]]
        return starts

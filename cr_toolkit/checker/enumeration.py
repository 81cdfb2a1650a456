"""A re-enumeration that proves that no feasible schedule is cheaper than a claimed bound.

Memory prices y >= 0 bound a whole search state. Let a state be a beginning of a schedule: who waits, the sum of the
starts so far, the memory load_t that the running requests will hold, and a step k before which nothing more starts.
Whatever completes it holds at most M in every step, so the waiting requests W together hold at most M - load_t. With
    e_i(k') = k' + sum_{tau=1..o_i} (s_i + tau) y_{k'+tau},
the sum of all starts is therefore at least
    starts so far + sum_{i in W} min_{k' >= max(k, a_i)} e_i(k') - sum_{t > k} y_t (M - load_t),
for *any* prices: poor ones only cut less. (As schedules are built by ascending (start, kind), what is of a lesser kind
than the last start begins at k + 1 or later.) That is all that the certificate contributes. It brings price vectors,
and for each state that the others do not cut, the number of the vector to be tried on it; its descendants inherit that
vector. Nothing in a certificate can make the search leave out what it must not.

The search builds schedules by ascending (start, kind), kinds being the distinct requests, one start per level. A
state is left out only if
1. *prices*: a price vector bounds every completion of it at ``upper`` or more; or
2. *left move*: some request began at k > a_i although it could have begun at k - 1 in the final schedule. Moving its
   start from k to k - 1 adds s + 1 tokens in step k and one token in each of its other steps but the last, which it
   leaves. So in an optimal schedule either step k lacks that room, or one of the steps k+1 .. k+o-1 is full. Step k is
   final when the request starts. A full step must be made by a later start before it; a state whose next start comes
   too late for that is not continued; or
3. *dominance*: another state of its level has the same requests waiting, a sum of starts and a last (start, kind) that
   are not greater, and holds at most the same memory in every step after the left-out state's last start. Then
   whatever completes the left-out state completes the other, at no greater cost.
Suppose some schedule is cheaper than ``upper``; then optimal schedules are. At every level some kept state is the
beginning of an optimal one: no price vector bounds an optimal schedule at ``upper``, and it admits no left move, so its
next state is left out only by rule 3, and the (finally) kept state that dominates it begins an optimal schedule too. At
the last level a schedule cheaper than ``upper`` is found. So if none is found, there is none.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from operator import add, le
from typing import NamedTuple

MAX_TABLE = 2_000_000
"""Most entries of the table of charges of a price vector (kinds x steps)."""

_RIVALS = 64
"""States with which a new one is compared."""

_SHORT_LOAD = 256
"""Lists of loads up to this length come free."""

_WORK_PER_NODE = 8
"""So many comparisons of states, or charges under a price vector, count as one node, so that nodes measure time."""

Requests = Sequence[tuple[int, int, int]]
"""(arrival, prompt, output) of each request."""

Running = tuple[tuple[int, int], ...]
"""(completion, peak) of each running request, by ascending completion."""

Waiting = tuple[int, ...]
"""How many requests of each kind wait."""

Pool = Sequence[Sequence[int]]
"""Price vectors, each as [number of steps without a price, price of the step after them, ...]."""

Last = tuple[int, int]
"""Start and kind of the last start: nothing that waits starts at a lesser (start, kind)."""

Choose = Callable[[Waiting, int, Last, Running, int], int]
"""Called with a state's waiting requests, sum of starts, last start, running requests and inherited price vector;
returns the number of the vector to try on it: 0 for the common prices, 1 for the first of the pool, and so on."""


class BetterScheduleError(Exception):
    """A feasible schedule costs less than the claimed optimum: ``start`` (in request order) and ``cost``."""

    def __init__(self, start: tuple[int, ...], cost: int) -> None:
        super().__init__(f"a schedule of total latency {cost} exists")
        self.start = start
        self.cost = cost


class NodeLimitError(Exception):
    """The enumeration needs more nodes, or larger tables, than it was given."""


def inherit(waiting: Waiting, total: int, last: Last, running: Running, vector: int) -> int:
    """Choose for every state the vector that it inherits."""
    return vector


class _State(NamedTuple):
    total: int  # sum of the starts so far
    last: Last
    held: int  # memory held in the step that ends at the last start
    deadline: float  # a full step must come before this one (rule 2)
    running: Running
    load: array[int]  # memory that these hold in the steps after the last start
    vector: int  # number of the price vector that its descendants inherit
    path: tuple[tuple[int, int], ...]  # every (start, kind)


class _Search:
    """One enumeration: what is searched, below which cost, and the price vectors in use."""

    def __init__(self, memory: int, requests: Requests, upper: int, prices: Mapping[int, int], scale: int) -> None:
        if scale < 1 or any(step < 1 or price < 0 for step, price in prices.items()):
            raise ValueError("prices must be non-negative, on steps from 1, over a positive scale")
        self.memory, self.scale = memory, scale
        self.kinds = sorted(set(requests), key=lambda r: (r[1] * r[2] + r[2] * (r[2] + 1) // 2, r))
        fixed = sum(output - arrival for arrival, _, output in requests)
        self.most = (upper - fixed - 1) * scale  # what the starts of a cheaper schedule may sum to, scaled
        # Where nothing is priced any more, a start this late makes the schedule cost ``upper`` by itself.
        longest = max(upper, sum(output for _, _, output in requests))
        self.horizon = max(max(prices, default=0), max(arrival for arrival, _, _ in requests)) + longest + 1
        if self.horizon * len(self.kinds) > MAX_TABLE:
            raise NodeLimitError("the table of charges is too large")
        self.root = _Vector(self, [prices.get(step, 0) for step in range(max(prices, default=0) + 1)])
        self._recent: dict[int, _Vector] = {}
        self.nodes = self.work = 0

    def vector(self, number: int, pool: Pool) -> _Vector:
        """Return the price vector of that number; tables are kept for those used of late."""
        if number == 0:
            return self.root
        vector = self._recent.pop(number, None)
        if vector is None:
            skipped, *price = pool[number - 1]
            if min(pool[number - 1]) < 0 or skipped + len(price) > self.horizon:
                raise ValueError("a price vector of the pool must be non-negative and end by the horizon")
            vector = _Vector(self, [0] * (skipped + 1) + price)
            self.work += vector.end
            if len(self._recent) * len(self.kinds) * self.horizon > MAX_TABLE:
                del self._recent[next(iter(self._recent))]
        self._recent[number] = vector
        return vector


class _Vector:
    """A price vector with the tables that evaluate it; the charges of a kind are computed when first needed."""

    def __init__(self, search: _Search, price: list[int]) -> None:
        self._search = search
        self.price, self.end = price, len(price) - 1
        self._sums = list(accumulate(price))
        self._moments = list(accumulate(step * y for step, y in enumerate(price)))
        self._least: list[tuple[int, list[int]]] = [(self.end, []) for _ in search.kinds]

    def bound(self, waiting: Waiting, total: int, last: Last, running: Running) -> int:
        """Return ``scale`` times the bound on the sum of all starts, if what waits starts at ``last`` or later."""
        k, least_kind = last
        value = self._search.scale * total
        for kind, count in enumerate(waiting):
            if count:
                value += count * self.least(kind, k if kind >= least_kind else k + 1)
        if k < self.end:
            value -= self._search.memory * (self._sums[-1] - self._sums[k])
            for end, peak in running:
                if end > k:
                    value += self._held(peak - end, k, end)
        return value

    def charge(self, kind: int, k: int) -> int:
        """Return ``scale`` times a start at ``k``, plus the price of what the request then holds."""
        _, prompt, output = self._search.kinds[kind]
        return self._search.scale * k + (self._held(prompt - k, k, k + output) if k < self.end else 0)

    def least(self, kind: int, k: int) -> int:
        """Return the least charge over all starts from ``k`` on."""
        first = max(k, self._search.kinds[kind][0])
        if first >= self.end:
            return self._search.scale * first
        low, least = self._least[kind]
        if first < low:
            charges = [self.charge(kind, start) for start in range(self.end, first - 1, -1)]
            if self is not self._search.root:
                self._search.work += len(charges)
            low, least = first, list(accumulate(charges, min))
            self._least[kind] = low, least
        return least[self.end - first]

    def _held(self, offset: int, start: int, end: int) -> int:
        # Tokens held in step t are offset + t.
        end = min(end, self.end)
        return offset * (self._sums[end] - self._sums[start]) + self._moments[end] - self._moments[start]


def prove_no_better(
    memory: int, requests: Requests, upper: int, prices: Mapping[int, int], scale: int, node_limit: int,
    pool: Pool = (), choose: Choose = inherit,
) -> int:  # fmt: skip
    """Prove that no feasible schedule has total latency below ``upper``; return the nodes used.

    Args:
        memory: M (tokens).
        requests: (arrival, prompt, output) of each request.
        upper: the claimed optimum, or any lower bound on it (steps).
        prices: price per token by step, in units of 1/``scale``; any non-negative numbers are sound.
        scale: positive denominator.
        node_limit: most nodes: states expanded and made; comparisons and the charges of the pool count a little too.
        pool: more price vectors over ``scale``: how many steps have no price, then the prices of the steps after them.
        choose: which vector to try on a state; any choice is sound.

    Raises:
        BetterScheduleError: if a cheaper schedule exists; it carries one.
        NodeLimitError: if the limit is reached first.
        ValueError: if a price is negative, the scale or a priced step is not positive, or a vector of the pool
            that was chosen does not exist or is too long.
    """
    search = _Search(memory, requests, upper, prices, scale)
    counts = tuple(list(requests).count(kind) for kind in search.kinds)
    level = {counts: [_State(0, (0, 0), 0, float("inf"), (), array("q"), 0, ())]}
    for _ in requests:
        following: dict[Waiting, list[_State]] = {}
        for waiting, states in level.items():
            for state in states:
                search.nodes += 1
                for child in _children(search, waiting, state, search.vector(state.vector, pool)):
                    kind = child.last[1]
                    rest = (*waiting[:kind], waiting[kind] - 1, *waiting[kind + 1 :])
                    if not any(rest):
                        _require(search, requests, upper, child)
                        continue
                    rivals = following.setdefault(rest, [])
                    if _dominated(search, rivals, child):
                        continue
                    number = choose(rest, child.total, child.last, child.running, state.vector)
                    if number != state.vector:
                        vector = search.vector(number, pool)
                        if vector.bound(rest, child.total, child.last, child.running) > search.most:
                            continue
                    _keep(rivals, child._replace(vector=number))
                if search.nodes + search.work // _WORK_PER_NODE > node_limit:
                    raise NodeLimitError(f"more than {node_limit} nodes")
        level = following
    return search.nodes + search.work // _WORK_PER_NODE


def _children(search: _Search, waiting: Waiting, state: _State, own: _Vector) -> Iterator[_State]:
    """Yield the states after one more start that neither the left move nor ``root`` or ``own`` leaves out."""
    begin = state.last[0]
    vectors = (search.root,) if own is search.root else (search.root, own)
    present = [kind for kind, count in enumerate(waiting) if count]
    k = begin
    while k <= state.deadline - 2:
        search.nodes += (k - begin) % 64 == 63  # a long wait takes time too
        first = state.last if k == begin else (k, 0)
        room = [search.most - vector.bound(waiting, state.total, first, state.running) for vector in vectors]
        if min(room) < 0:
            return
        after = state.load[k - begin :]
        held = state.held if k == begin else state.load[k - begin - 1] if k - begin <= len(state.load) else 0
        for kind in present:
            arrival, prompt, output = search.kinds[kind]
            if k < arrival or kind < first[1]:
                continue
            least = [vector.least(kind, k) for vector in vectors]
            left = [r + cheapest - v.charge(kind, k) for r, cheapest, v in zip(room, least, vectors, strict=True)]
            # From the next kind on, this one starts after k.
            later = [v.least(kind, k + 1) - cheapest for v, cheapest in zip(vectors, least, strict=True)]
            room = [r - waiting[kind] * delay for r, delay in zip(room, later, strict=True)]
            if min(left) < 0:
                continue
            load = _added(after, prompt, output)
            fullest = max(load[:output])
            if fullest > search.memory:
                continue
            full_step = k + 1 + load.index(fullest) if fullest == search.memory else float("inf")
            # Long lists take time and space.
            search.nodes += 1 + (len(load) // 16 if len(load) > _SHORT_LOAD else 0)
            deadline = float("inf") if full_step < state.deadline else state.deadline
            if k > arrival and held + prompt + 1 <= search.memory and full_step >= k + output:
                deadline = min(deadline, k + output)
            running = sorted([*(r for r in state.running if r[0] > k), (k + output, prompt + output)])
            path = (*state.path, (k, kind))
            yield _State(
                state.total + k, (k, kind), held, deadline, tuple(running), array("q", load), state.vector, path
            )
        k += 1


def _added(load: Sequence[int], prompt: int, output: int) -> list[int]:
    """Return ``load`` with a request that starts just before its first step."""
    own = range(prompt + 1, prompt + output + 1)
    return [*map(add, load, own), *load[output:], *own[len(load) :]]


def _dominated(search: _Search, states: list[_State], new: _State) -> bool:
    """Return whether rule 3 leaves out ``new``; any pairs may be compared, here those with the latest states."""
    rivals = states[-_RIVALS:]
    search.work += len(rivals)
    return any(old.total <= new.total and old.last <= new.last and _holds_no_more(old, new) for old in rivals)


def _keep(states: list[_State], new: _State) -> None:
    """Add a state and drop those that it makes superfluous."""
    rivals = states[-_RIVALS:]
    kept = [old for old in rivals if new.total > old.total or new.last > old.last or not _holds_no_more(new, old)]
    states[-_RIVALS:] = [*kept, new]


def _holds_no_more(a: _State, b: _State) -> bool:
    """Return whether ``a``, whose last start is not later, holds at most what ``b`` does after the last start of ``b``.

    A load is positive up to its end.
    """
    load = a.load[b.last[0] - a.last[0] :]
    return len(load) <= len(b.load) and all(map(le, load, b.load))


def _require(search: _Search, requests: Requests, upper: int, complete: _State) -> None:
    """Raise BetterScheduleError if a state without waiting requests costs less than ``upper``."""
    cost = complete.total + sum(output - arrival for arrival, _, output in requests)
    if cost < upper:
        starts: dict[tuple[int, int, int], list[int]] = {}
        for start, kind in reversed(complete.path):
            starts.setdefault(search.kinds[kind], []).append(start)
        raise BetterScheduleError(tuple(starts[request].pop() for request in requests), cost)

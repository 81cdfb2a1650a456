"""A re-enumeration that proves that no feasible schedule is cheaper than a claimed bound.

Memory prices y >= 0 bound a whole search state. Let a state be a beginning of a schedule: who waits (W), the sum of the
starts so far, the memory load_t that the running requests will hold, and, for every i in W, a step first_i before which
i cannot start, because it arrives later, because it would come too early in the order of starts, or because it does not
fit beside what runs already. With cut = min first_i nothing that waits holds memory in a step t <= cut, and together
they hold at most M - load_t in a later one. So with
    e_i(k) = k + sum_{tau=1..o_i} (s_i + tau) y_{k+tau},
the sum of all starts is at least
    starts so far + sum_{i in W} min_{k >= first_i} e_i(k) - sum_{t > cut} y_t (M - load_t),
for *any* prices: poor ones only cut less. So do prices of starts and completions (``state_space``): from the moment
cut on, the state is one of (tokens held, requests running), what runs pays for its completion, and what waits starts at
first_i or later. That is all that the certificate contributes. It brings memory prices, and for each state that others
do not cut, the number of the vector to be tried on it; its descendants inherit that vector. It may bring one set of
prices of starts and completions, which is tried on every state. Nothing in a certificate can make the search leave out
what it must not.

The search builds schedules by ascending (start, kind), kinds being the distinct requests, one start per level. A
state is left out only if
1. *prices*: a price vector, or the prices of events, bound every completion of it at ``upper`` or more; or
2. *left move*: some request began at k > a_i although it could have begun at k - 1 in the final schedule. Moving its
   start from k to k - 1 adds s + 1 tokens in step k and one token in each of its other steps but the last, which it
   leaves. So in an optimal schedule either step k lacks that room, or one of the steps k+1 .. k+o-1 is full. Step k is
   final when the request starts. A full step must be made by a later start before it; a state whose next start comes
   too late for that is not continued; or
3. *idle gap*: the next start is at first_i + o_i or later for a request i that waits. Started at first_i instead, i
   would have completed before anything else starts, at a lower cost; or
4. *dominance*: another state of its level has the same requests waiting, and there is a delay d (negative: an advance)
   so that whatever completes the left-out state completes the other if it starts d steps later, at no greater cost: the
   other's sum of starts plus d for each request that waits is not greater; nor is its last (start, kind), set against
   (start + d, kind) of the left-out state; in step t + d it holds at most what the left-out state holds in t, for every
   t after the latter's last start; and if d < 0, all that waits has arrived d steps before that start.
Suppose some schedule is cheaper than ``upper``; then optimal schedules are. At every level some kept state is the
beginning of an optimal one: no price vector bounds an optimal schedule at ``upper``, and it admits neither a left move
nor an idle gap, so its next state is left out only by rule 4, and the state that dominates it begins an optimal
schedule too. That one is kept or gives way to one made later: a state drops others only when none of them stands for
it. So this ends, at a state that is kept. At the last level a schedule cheaper than ``upper`` is found. So if none is
found, there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from math import inf
from operator import sub

from cr_toolkit.checker.lanes import Lanes
from cr_toolkit.checker.state_space import PathLimitError, Paths, Requests

MAX_TABLE = 2_000_000
"""Most entries of the tables of a price vector (kinds x steps)."""

MAX_KEPT = 16_000_000
"""Most entries of all tables that are kept, about."""
MAX_LANES = 4_000_000
"""Longest output times the number of kinds, at most: the memory for loads."""

_RIVALS = 64
"""States with which a new one is compared, the latest; rule 4 allows any."""

_PATH_WORK_PER_ENTRY, _BITS_PER_ENTRY = 1_000, 50_000
"""Changing so many bits of the states of paths, or reading past them, takes as long as an entry of a table, about."""

_WORK_PER_NODE = 32
"""So many entries of a table, or steps in which nothing starts, count as one node, so that nodes measure time."""

Events = tuple[Sequence[Sequence[int]], Sequence[Sequence[int]]]
"""Prices of starts and of completions, as ``Paths`` takes them."""

Running = list[tuple[int, int]]
"""(completion, peak) of each running request, by ascending completion."""

Waiting = tuple[int, ...]
"""How many requests of each kind wait."""

Path = tuple["Path", int, int] | None
"""The starts so far, last one first: those before it, its step and its kind."""


class BetterScheduleError(Exception):
    """A feasible schedule costs less than the claimed optimum: ``start`` (in request order) and ``cost``."""

    def __init__(self, start: tuple[int, ...], cost: int) -> None:
        super().__init__(f"a schedule of total latency {cost} exists")
        self.start = start
        self.cost = cost


class NodeLimitError(Exception):
    """The enumeration needs more nodes, or larger tables, than it was given."""


class _State:
    """A beginning of a schedule."""

    __slots__ = ("alive", "deadline", "first", "held", "kind", "load", "path", "running", "start", "total", "vector")

    def __init__(
        self, total: int, start: int, kind: int, held: int, deadline: float, running: Running, load: int, path: Path,
        vector: int,
    ) -> None:  # fmt: skip
        self.total = total  # sum of the starts so far
        self.start, self.kind = start, kind  # of the last start: nothing that waits starts at a lesser (start, kind)
        self.held = held  # memory held in the step that ends at the last start
        self.deadline = deadline  # a full step must come before this one (rule 2)
        self.running = running
        self.load = load  # memory that these hold in the steps after the last start, one lane each
        self.path = path
        self.first: list[int] = []  # of each kind that waits: no start of it before this step
        self.vector = vector  # number of the price vector that its descendants inherit
        self.alive = True  # False when a later state dominates it


class _Vector:
    """A price vector with the tables that evaluate it; those of a kind are made when first needed."""

    def __init__(self, search: _Search, price: list[int]) -> None:
        self._search = search
        self.price, self.end = price, len(price) - 1
        self.sums = list(accumulate(price))
        self.moments = list(accumulate(step * y for step, y in enumerate(price)))
        self._numbers = range(len(search.kinds))
        self._tables: list[tuple[list[int], list[int]] | None] = [None] * len(search.kinds)

    def bound(self, total: int, waiting: Waiting, first: Sequence[int], running: Running) -> int:
        """Return ``scale`` times the bound on the sum of all starts; nothing that waits starts before its ``first``."""
        scale, end = self._search.scale, self.end
        value = scale * total
        cut = end  # where nothing waits, or only what starts later, no price counts
        for count, at, tables, kind in zip(waiting, first, self._tables, self._numbers, strict=True):
            if count:
                if at >= end:
                    value += count * scale * at
                    continue
                value += count * (tables or self.tables(kind))[0][at]
                if at < cut:
                    cut = at
        if cut < end:
            sums, moments = self.sums, self.moments
            before, moment = sums[cut], moments[cut]
            value -= self._search.memory * (sums[end] - before)
            for completion, peak in running:
                if completion > cut:
                    last = completion if completion < end else end
                    value += (peak - completion) * (sums[last] - before) + moments[last] - moment
        return value

    def held(self, offset: int, begin: int, completion: int) -> int:
        """Return the price of ``offset`` + t tokens in every step t = ``begin`` + 1 .. ``completion``."""
        last = min(completion, self.end)
        if last <= begin:
            return 0
        sums, moments = self.sums, self.moments
        return offset * (sums[last] - sums[begin]) + moments[last] - moments[begin]

    def tables(self, kind: int) -> tuple[list[int], list[int]]:
        """Return, by start k = 0 .. end, the least charge of a start at k or later, and by how much k exceeds it.

        The charge of a start is ``scale`` times the start, plus the price of what the request then holds.
        """
        tables = self._tables[kind]
        if tables is None:
            _, prompt, output = self._search.kinds[kind]
            scale, end, sums, moments = self._search.scale, self.end, self.sums, self.moments
            # Beyond ``end`` nothing is priced.
            later_sums = sums[output:] + [sums[end]] * min(output, end + 1)
            later_moments = moments[output:] + [moments[end]] * min(output, end + 1)
            charges = [
                scale * k + (prompt - k) * (p - q) + (x - y)
                for k, (p, q, x, y) in enumerate(zip(later_sums, sums, later_moments, moments, strict=False))
            ]
            least = list(accumulate(reversed(charges), min))
            least.reverse()
            tables = least, [charge - cheapest for charge, cheapest in zip(charges, least, strict=True)]
            self._tables[kind] = tables
            self._search.work += end + 1
        return tables


class _PathBound:
    """Bounds of states by prices of starts and completions."""

    def __init__(self, search: _Search, paths: Paths) -> None:
        self._search, self._paths = search, paths
        if len(search.kinds) * paths.last > MAX_TABLE:
            raise NodeLimitError("the table of charges is too large")
        self._lookup = 1 + paths.bits // _BITS_PER_ENTRY
        self._charges = [paths.least_charges(search.scale, prompt, output) for _, prompt, output in search.kinds]
        search.work += paths.work // _PATH_WORK_PER_ENTRY + paths.last * len(search.kinds)

    def bound(self, state: _State, waiting: Waiting) -> int:
        """Return ``scale`` times the bound on the sum of all starts after ``state``."""
        cut = min(at for count, at in zip(waiting, state.first, strict=True) if count)
        value, held, number = self.idle_until(cut, state, waiting)
        return value + self._least_cost(cut, held, number)

    def idle_until(self, moment: int, state: _State, waiting: Waiting) -> tuple[int, int, int]:
        """Return, if nothing starts before ``moment``, the charges of all starts (scaled), and H and c there."""
        scale, last = self._search.scale, self._paths.last
        self._search.work += len(waiting)
        value = scale * state.total
        for count, at, charges in zip(waiting, state.first, self._charges, strict=True):
            if count:
                if at < moment:
                    at = moment
                value += count * (charges[at] if at < last else scale * at)
        held = number = 0
        for completion, peak in state.running:
            if completion > moment:
                held += peak - completion + moment
                number += 1
                if completion < last:
                    value += self._paths.completion_prices[peak][completion]
        return value, held, number

    def start_bound(self, kind: int, moment: int, idle: tuple[int, int, int]) -> int:
        """Return the bound (scaled) if the next start is one of ``kind`` at ``moment``, until when nothing starts."""
        value, held, number = idle
        last = self._paths.last
        if moment >= last:
            return value
        _, prompt, output = self._search.kinds[kind]
        # The path goes on after that start, so that its price falls out.
        value += self._search.scale * moment - self._charges[kind][moment]
        if moment + output < last:
            value += self._paths.completion_prices[prompt + output][moment + output]
        return value + self._least_cost(moment, held + prompt, number + 1)

    def _least_cost(self, moment: int, held: int, number: int) -> int:
        cost = self._paths.least_cost(moment, held, number)
        self._search.work += self._lookup
        # What runs can always complete, so there is a path.
        assert cost is not None
        return cost


class _Search:
    """One enumeration: what is searched, below which cost, and the price vectors in use."""

    def __init__(
        self, memory: int, requests: Requests, upper: int, scale: int, pool: Sequence[Sequence[int]], width: int,
        events: Events | None = None,
    ) -> None:  # fmt: skip
        if scale < 1 or width < 1:
            raise ValueError("prices must be over a positive scale, and each hold for at least one step")
        self.memory, self.scale, self._pool, self._width = memory, scale, pool, width
        self._latest = max(arrival for arrival, _, _ in requests)
        self.kinds = sorted(set(requests), key=lambda r: (r[1] * r[2] + r[2] * (r[2] + 1) // 2, r))
        fixed = sum(output - arrival for arrival, _, output in requests)
        self.most = (upper - fixed - 1) * scale  # what the starts of a cheaper schedule may sum to, scaled
        # Where nothing is priced any more, a start this late makes the schedule cost ``upper`` by itself.
        longest = max(upper, sum(output for _, _, output in requests))
        self._horizon = max(arrival for arrival, _, _ in requests) + longest + width
        if (self._horizon + 1) * len(self.kinds) > MAX_TABLE:
            raise NodeLimitError("the table of charges is too large")
        if max(output for _, _, output in self.kinds) * len(self.kinds) > MAX_LANES:
            raise NodeLimitError("the outputs are too long to be enumerated")
        self.lanes = Lanes(memory, self.kinds)
        self._vectors: dict[int, _Vector] = {}
        self.nodes = self.work = 0
        self.paths: _PathBound | None = None
        if events is not None:
            try:
                self.paths = _PathBound(self, Paths(memory, requests, *events))
            except PathLimitError as error:
                raise NodeLimitError(str(error)) from None

    def vector(self, number: int) -> _Vector:
        """Return the price vector of that number; tables are kept for those used of late."""
        vector = self._vectors.get(number)
        if vector is None:
            if not 0 <= number < len(self._pool) or not self._pool[number]:
                raise ValueError(f"there is no price vector {number}")
            entry = self._pool[number]
            skipped, prices = entry[0], entry[1:]
            if min(entry) < 0 or skipped + len(prices) * self._width > self._horizon:
                raise ValueError("a price vector must be non-negative and end by the horizon")
            price = [0] * (skipped + 1)
            for y in prices:
                price += [y] * self._width
            vector = _Vector(self, price)
            self.work += len(price)
            if len(self._vectors) * len(self.kinds) * self._horizon > MAX_KEPT:
                del self._vectors[next(iter(self._vectors))]
            self._vectors[number] = vector
        return vector

    def arrived(self, waiting: Waiting, step: int) -> bool:
        """Return whether all that waits has arrived by ``step``."""
        return step >= self._latest or all(
            arrival <= step for count, (arrival, _, _) in zip(waiting, self.kinds, strict=True) if count
        )

    @property
    def spent(self) -> int:
        """Nodes so far, work included."""
        return self.nodes + self.work // _WORK_PER_NODE


def prove_no_better(
    memory: int, requests: Requests, upper: int, scale: int, pool: Sequence[Sequence[int]], node_limit: int, *,
    width: int = 1, events: Events | None = None, choices: Iterable[int] = (),
) -> int:  # fmt: skip
    """Prove that no feasible schedule has total latency below ``upper``; return the nodes used.

    Args:
        memory: M (tokens).
        requests: (arrival, prompt, output) of each request.
        upper: the claimed optimum, or any lower bound on it (steps).
        scale: positive denominator of the prices.
        pool: price vectors over ``scale``: how many steps have no price, then prices per token for the next
            ``width`` steps, the ``width`` steps after them, and so on; any non-negative numbers are sound.
        node_limit: most nodes: states expanded and made; tables and idle steps count a little too.
        width: steps that a price holds for.
        events: prices of starts and completions over ``scale``; any are sound.
        choices: what to try on the starts that fit and that inherited prices and events do not leave out, as they come
            (``_children``); any choice is sound. The first vector is used to begin with, and when the choices are used
            up, states inherit.

    Raises:
        BetterScheduleError: if a cheaper schedule exists; it carries one.
        NodeLimitError: if the limit is reached first.
        ValueError: if a memory price is negative, the scale or the width is not positive, a vector that was chosen
            does not exist or is too long, events have too few or too many rows, a range is not left out by its
            vector, or choices are left over.
    """
    search = _Search(memory, requests, upper, scale, pool, width, events)
    counts = tuple(list(requests).count(kind) for kind in search.kinds)
    answers = iter(choices)
    root = _State(0, 0, 0, 0, inf, [], 0, None, 0)
    root.first = [arrival for arrival, _, _ in search.kinds]
    cut = search.vector(0).bound(0, counts, root.first, []) > search.most
    level = [] if cut else [(counts, root)]
    while level:
        following: list[tuple[Waiting, _State]] = []
        rivals: dict[Waiting, list[_State]] = {}
        for waiting, state in level:
            if not state.alive:
                continue
            search.nodes += 1
            for child in _children(search, waiting, state, answers):
                kind = child.kind
                rest = _without(waiting, kind)
                if not any(rest):
                    _require(search, requests, upper, child)
                    continue
                same = rivals.setdefault(rest, [])
                # Where another vector than the inherited one is to be tried, it is likely to leave the state out.
                inherits = child.vector == state.vector
                if inherits and any(_replaces(search, rest, old, child) for old in same[-_RIVALS:]):
                    continue
                child.first = _first_starts(search.lanes, rest, child.load, child.start, kind, state.first)
                # Rule 2: something that waits must start before the deadline.
                if min(step for step, count in zip(child.first, rest, strict=True) if count) > child.deadline - 2:
                    continue
                if search.paths is not None and search.paths.bound(child, rest) > search.most:
                    continue
                if search.vector(child.vector).bound(child.total, rest, child.first, child.running) > search.most:
                    continue
                if not inherits and any(_replaces(search, rest, old, child) for old in same[-_RIVALS:]):
                    continue
                _keep(search, rest, same, child)
                following.append((rest, child))
            if search.spent > node_limit:
                raise NodeLimitError(f"more than {node_limit} nodes")
        level = following
    if next(answers, None) is not None:
        raise ValueError("choices of price vectors are left over")
    return search.spent


def _children(search: _Search, waiting: Waiting, state: _State, answers: Iterator[int]) -> Iterator[_State]:
    """Yield the states after one more start that fit and that neither rule 2 or 3 nor prices leave out.

    Each start that fits and that neither the inherited prices nor those of events leave out takes one of ``answers``:
    the vector to be tried on the state after it; or -m and then the number of a vector that leaves out this and the
    next m - 1 such starts of its kind.
    """
    vector = search.vector(state.vector)
    present = [(kind, count, state.first[kind], *vector.tables(kind)) for kind, count in enumerate(waiting) if count]
    begin = min(soonest for _, _, soonest, _, _ in present)
    slacks = _slacks(search, vector, waiting, state, begin)
    stop = begin + len(slacks)
    paths = search.paths
    idle = [] if paths is None else [paths.idle_until(k, state, waiting) for k in range(begin, stop)]
    for kind, count, soonest, least, excess in present:
        if soonest >= stop:
            continue
        low, priced = soonest - begin, min(stop, vector.end)
        dearer = excess[soonest:priced] + [0] * (stop - max(soonest, priced))
        starts = [k for k, (more, slack) in enumerate(zip(dearer, slacks[low:], strict=True), soonest) if more <= slack]
        starts = [k for k in starts if search.lanes.fits(kind, state.load, k - state.start)]
        if paths is not None:
            starts = [k for k in starts if paths.start_bound(kind, k, idle[k - begin]) <= search.most]
        covered = 0
        for position, k in enumerate(starts):
            if position < covered:
                continue
            search.nodes += 1
            answer = next(answers, state.vector)
            if answer >= 0:
                yield _started(search, state, k, kind, answer)
                continue
            covered = position - answer
            number = next(answers, -1)
            if covered > len(starts) or not _excluded(search, waiting, state, kind, k, starts[covered - 1], number):
                raise ValueError("a range of starts is not left out by its price vector")
        # From the next kind on, this one starts after k.
        later = [count * (y - x) for x, y in pairwise(least[soonest : priced + 1])]
        later += [count * search.scale] * (stop - max(soonest, priced))
        slacks[low:] = map(sub, slacks[low:], later)


def _slacks(search: _Search, vector: _Vector, waiting: Waiting, state: _State, begin: int) -> list[int]:
    """Return how far ``vector`` lets the charges rise if the next start is at k = ``begin``, ``begin`` + 1, ...

    The list ends where the slack is negative, or where rule 2 or 3 leaves out every start.
    """
    lanes, memory, scale, end, price = search.lanes, search.memory, search.scale, vector.end, vector.price
    present = [(kind, count, state.first[kind]) for kind, count in enumerate(waiting) if count]
    limit = min(state.deadline - 2, min(soonest + search.kinds[kind][2] - 1 for kind, _, soonest in present))
    slack = search.most - vector.bound(state.total, waiting, state.first, state.running)
    tables = [(count, soonest, vector.tables(kind)[0]) for kind, count, soonest in present]
    slacks: list[int] = []
    k = begin
    while k <= limit and slack >= 0:
        slacks.append(slack)
        if k < end:
            for count, soonest, least in tables:
                if soonest <= k:
                    slack -= count * (least[k + 1] - least[k])
            slack -= price[k + 1] * (memory - (state.load >> (lanes.width * (k - state.start)) & lanes.mask))
        else:
            slack -= scale * sum(count for count, soonest, _ in tables if soonest <= k)
        k += 1
    search.work += k - begin
    return slacks


def _excluded(
    search: _Search, waiting: Waiting, state: _State, kind: int, earliest: int, latest: int, number: int
) -> bool:
    """Return whether a price vector leaves out every start of ``kind`` at ``earliest`` .. ``latest``.

    Whichever of them it is, the request holds s + t - ``latest`` tokens or more in step t = ``latest`` + 1 ..
    ``earliest`` + o, and nothing that waits starts before (``earliest``, ``kind``).
    """
    lanes = search.lanes
    _, prompt, output = search.kinds[kind]
    vector = search.vector(number)
    rest = _without(waiting, kind)
    load = state.load >> (lanes.width * (earliest - state.start))
    common = max(0, output - (latest - earliest))
    load += (lanes.job[kind] & ((1 << (lanes.width * common)) - 1)) << (lanes.width * (latest - earliest))
    first = _first_starts(lanes, rest, load, earliest, kind, state.first)
    value = vector.bound(state.total + earliest, rest, first, state.running)
    # Where nothing is left to wait, no price counts.
    cut = min((step for step, count in zip(first, rest, strict=True) if count), default=vector.end)
    value += vector.held(prompt - latest, max(latest, cut), earliest + output)
    return value > search.most


def _without(waiting: Waiting, kind: int) -> Waiting:
    return (*waiting[:kind], waiting[kind] - 1, *waiting[kind + 1 :])


def _started(search: _Search, state: _State, k: int, kind: int, vector: int) -> _State:
    """Return the state after a start of ``kind`` at ``k``, where it fits; ``vector`` is to be tried on it."""
    lanes, memory = search.lanes, search.memory
    arrival, prompt, output = search.kinds[kind]
    load = (state.load >> (lanes.width * (k - state.start))) + lanes.job[kind]
    full = (load + lanes.ones[kind] * (lanes.limit + 1 - memory)) & lanes.high[kind]
    full_step = k + 1 + ((full & -full).bit_length() - 1) // lanes.width if full else inf
    held = state.held
    if k > state.start:
        held = state.load >> (lanes.width * (k - state.start - 1)) & lanes.mask
    deadline = inf if full_step < state.deadline else state.deadline
    if k > arrival and held + prompt + 1 <= memory and full_step >= k + output:
        deadline = min(deadline, k + output)
    running = [entry for entry in state.running if entry[0] > k]
    running.append((k + output, prompt + output))
    running.sort()
    return _State(state.total + k, k, kind, held, deadline, running, load, (state.path, k, kind), vector)


def _first_starts(lanes: Lanes, waiting: Waiting, load: int, start: int, kind: int, before: Sequence[int]) -> list[int]:
    """Return from which step at (``start``, ``kind``) or later each kind that waits fits beside ``load``.

    Nothing fits sooner than it did before the last start (``before``).
    """
    fit = lanes.first_fit
    after = start + 1
    return [
        fit(other, load, start, soonest if soonest > start else after if other < kind else start) if count else soonest
        for other, (count, soonest) in enumerate(zip(waiting, before, strict=True))
    ]


def _keep(search: _Search, waiting: Waiting, states: list[_State], new: _State) -> None:
    """Add a state and drop those that it makes superfluous."""
    for old in states[-_RIVALS:]:
        old.alive = not _replaces(search, waiting, new, old)
    states[-_RIVALS:] = [*(old for old in states[-_RIVALS:] if old.alive), new]


def _replaces(search: _Search, waiting: Waiting, one: _State, other: _State) -> bool:
    """Return whether rule 4 lets ``one`` stand for ``other``.

    Tried are no delay, and the one after which the last starts coincide, the least that keeps the order of starts.
    """
    lanes, later = search.lanes, one.kind > other.kind
    least = one.start - other.start + later
    spare = other.total - one.total
    if least <= 0 <= spare and lanes.no_more(one.load >> (lanes.width * (later - least)), other.load):
        return True
    if least * sum(waiting) > spare or (least < 0 and not search.arrived(waiting, other.start + least)):
        return False
    return lanes.no_more(one.load >> (lanes.width * later), other.load)


def _require(search: _Search, requests: Requests, upper: int, complete: _State) -> None:
    """Raise BetterScheduleError if a state without waiting requests costs less than ``upper``."""
    cost = complete.total + sum(output - arrival for arrival, _, output in requests)
    if cost < upper:
        starts: dict[tuple[int, int, int], list[int]] = {}
        path = complete.path
        while path is not None:
            path, start, kind = path
            starts.setdefault(search.kinds[kind], []).append(start)
        raise BetterScheduleError(tuple(starts[request].pop() for request in requests), cost)

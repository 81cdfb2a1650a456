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
do not cut, the number of the vector to be tried on it; its descendants inherit that vector. It may bring sets of
prices of starts and completions, for states with a certain number of starts. Each is tried on all states that are kept
with so many starts, and on all that arise from then on, until the next one takes its place. Nothing in a certificate
can make the search leave out what it must not.

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
from math import inf

from cr_toolkit.checker.charges import MAX_TABLE, EventPrices, MemoryPrices, Running, Terms, Waiting
from cr_toolkit.checker.lanes import Lanes, load_bits
from cr_toolkit.checker.state_space import PathLimitError, Paths, Requests

MAX_KEPT = 16_000_000
"""Most entries of all tables that are kept, about."""
MAX_LANE_BITS = 10_000_000
"""Most bits of the loads of one request of each kind, each as long as the longest one."""

_RIVALS = 64
"""States with which a new one is compared, the latest; rule 4 allows any."""

_WORK_PER_NODE = 32
"""So many entries of a table, or steps in which nothing starts, count as one node, so that nodes measure time."""

_LONG_BITS = 32_768
"""For each so many bits of a load, all that counts counts once more, and so does a start that does not fit."""

_WORK_PER_SET, _WORK_PER_MOMENT = 300, 8
"""Entries of tables that a set of prices of events counts as, by itself and for each moment, however few states."""

Events = Sequence[tuple[Sequence[Sequence[int]], Sequence[Sequence[int]]]]
"""Sets of prices of starts and of completions, as ``Paths`` takes them."""

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


class _Waiting(Waiting):
    """Requests that wait; all states of a level that leave the same ones share one object."""

    __slots__ = ("latest", "states")

    def __init__(self, search: _Search, kinds: tuple[int, ...], counts: tuple[int, ...]) -> None:
        super().__init__(kinds, counts)
        self.latest = max((search.kinds[kind][0] for kind in kinds), default=0)  # the last of them arrives here
        self.states: list[_State] = []  # those kept


_Rests = dict[tuple[tuple[int, ...], tuple[int, ...]], _Waiting]
"""What waits at a level, by its kinds and counts."""


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
        self.first: list[int] = []  # of each kind that waits, in order: no start of it before this step
        self.vector = vector  # number of the price vector that its descendants inherit
        self.alive = True  # False when a later state dominates it


class _Search:
    """One enumeration: what is searched, below which cost, and the price vectors in use."""

    def __init__(
        self, memory: int, requests: Requests, upper: int, scale: int, pool: Sequence[Sequence[int]], width: int,
        events: Events | None, limit: int,
    ) -> None:  # fmt: skip
        if scale < 1 or width < 1:
            raise ValueError("prices must be over a positive scale, and each hold for at least one step")
        self.memory, self.scale, self._pool, self._width, self._limit = memory, scale, pool, width, limit
        self.requests = requests
        self.kinds = sorted(set(requests), key=lambda r: (r[1] * r[2] + r[2] * (r[2] + 1) // 2, r))
        fixed = sum(output - arrival for arrival, _, output in requests)
        self.most = (upper - fixed - 1) * scale  # what the starts of a cheaper schedule may sum to, scaled
        # Where nothing is priced any more, a start this late makes the schedule cost ``upper`` by itself.
        longest = max(upper, sum(output for _, _, output in requests))
        self._horizon = max(arrival for arrival, _, _ in requests) + longest + width
        if (self._horizon + 1) * len(self.kinds) > MAX_TABLE:
            raise NodeLimitError("the table of charges is too large")
        bits = load_bits(memory, self.kinds)
        if bits * len(self.kinds) > MAX_LANE_BITS:
            raise NodeLimitError("the outputs are too long to be enumerated")
        self._long = bits // _LONG_BITS
        self.lanes = Lanes(memory, self.kinds)
        self._vectors: dict[int, MemoryPrices] = {}
        self.terms = Terms(memory, self.kinds, scale)
        self.nodes = 0
        self.sets = iter(() if events is None else events)
        self.events: EventPrices | None = None

    def vector(self, number: int) -> MemoryPrices:
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
            vector = MemoryPrices(self.terms, price)
            self.terms.work += len(price)
            if len(self._vectors) * len(self.kinds) * self._horizon > MAX_KEPT:
                del self._vectors[next(iter(self._vectors))]
            self._vectors[number] = vector
        return vector

    def use_next_set(self) -> EventPrices:
        """Have the next set of prices of events tried from now on; return it."""
        rows = next(self.sets, None)
        if rows is None:
            raise ValueError("there are not so many sets of prices of events")
        moments = max(map(len, (*rows[0], *rows[1])), default=0)
        self.terms.work += _WORK_PER_SET + len(self.requests) + _WORK_PER_MOMENT * moments
        self.check_limit()
        try:
            self.events = EventPrices(self.terms, Paths(self.memory, self.requests, *rows))
        except PathLimitError as error:
            raise NodeLimitError(str(error)) from None
        self.check_limit()
        return self.events

    @property
    def spent(self) -> int:
        """Nodes so far, work included."""
        spent = self.nodes + self.terms.work // _WORK_PER_NODE
        return spent + self._long * (spent + self.lanes.misfits)

    def check_limit(self) -> None:
        """Raise NodeLimitError if there were too many nodes."""
        if self.spent > self._limit:
            raise NodeLimitError(f"more than {self._limit} nodes")


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
        events: sets of prices of starts and completions over ``scale``; any are sound.
        choices: what to try on the starts that fit and that inherited prices and events do not leave out, as they come
            (``_children``); any choice is sound. The first vector is used to begin with, and when the choices are used
            up, states inherit. Where there are ``events``, the states of a level are preceded by how many more sets
            are tried on them.

    Raises:
        BetterScheduleError: if a cheaper schedule exists; it carries one.
        NodeLimitError: if the limit is reached first.
        ValueError: if a memory price is negative, the scale or the width is not positive, a vector that was chosen
            does not exist or is too long, events have too few or too many rows, a range is not left out by its
            vector, or choices or sets are left over.
    """
    search = _Search(memory, requests, upper, scale, pool, width, events, node_limit)
    counts = tuple(list(requests).count(kind) for kind in search.kinds)
    everything = _Waiting(search, tuple(range(len(counts))), counts)
    answers = iter(choices)
    root = _State(0, 0, 0, 0, inf, [], 0, None, 0)
    root.first = [arrival for arrival, _, _ in search.kinds]
    cut = search.vector(0).bound(0, everything, root.first, min(root.first), []) > search.most
    level = [] if cut else [(everything, root)]
    while level:
        if events is not None:
            level = _sifted(search, level, next(answers, 0))
        following: list[tuple[_Waiting, _State]] = []
        rests: _Rests = {}
        for waiting, state in level:
            if not state.alive:
                continue
            search.nodes += 1
            for rest, before, child in _children(search, waiting, state, answers, rests):
                if not rest.number:
                    _require(search, upper, child)
                elif _is_needed(search, rest, before, child, state.vector):
                    _keep(search.lanes, rest, child)
                    following.append((rest, child))
                search.check_limit()
            search.check_limit()
        level = following
    if next(answers, None) is not None or next(search.sets, None) is not None:
        raise ValueError("choices, or sets of prices of events, are left over")
    return search.spent


def _sifted(search: _Search, level: list[tuple[_Waiting, _State]], number: int) -> list[tuple[_Waiting, _State]]:
    """Return the states of a level that the next sets of prices of events, so many, do not leave out (rule 1)."""
    if number < 0:
        raise ValueError("a level must be preceded by a number of sets")
    for _ in range(number):
        events = search.use_next_set()
        level = [
            (waiting, state)
            for waiting, state in level
            if state.alive
            and events.bound(state.total, waiting, state.first, min(state.first), state.running) <= search.most
        ]
        search.check_limit()
    return level


def _is_needed(search: _Search, rest: _Waiting, before: list[int], child: _State, inherited: int) -> bool:
    """Set ``first`` of a new state; return whether rules 1, 2 and 4 leave it in.

    ``before`` was the ``first`` of the same requests in its parent, which tried the vector ``inherited``.
    """
    # Where another vector than the inherited one is to be tried, it is likely to leave the state out.
    inherits = child.vector == inherited
    if inherits and _is_replaced(search.lanes, rest, child):
        return False
    first = child.first = search.lanes.first_fits(rest.kinds, child.load, child.start, child.kind, before)
    cut = min(first)
    # Rule 2: something that waits must start before the deadline.
    if cut > child.deadline - 2:
        return False
    if search.events is not None and search.events.bound(child.total, rest, first, cut, child.running) > search.most:
        return False
    if search.vector(child.vector).bound(child.total, rest, first, cut, child.running) > search.most:
        return False
    return inherits or not _is_replaced(search.lanes, rest, child)


def _children(
    search: _Search, waiting: _Waiting, state: _State, answers: Iterator[int], rests: _Rests
) -> Iterator[tuple[_Waiting, list[int], _State]]:
    """Yield the states after one more start that fit and that neither rule 2 or 3 nor prices leave out.

    Before each comes what waits then, and ``first`` of that in ``state``. Each start that fits and that neither the
    inherited prices nor those of events leave out takes one of ``answers``: the vector to be tried on the state after
    it; or -m and then the number of a vector that leaves out this and the next m - 1 such starts of its kind.
    """
    vector, events, scale = search.vector(state.vector), search.events, search.scale
    tables = [vector.least(kind, soonest) for kind, soonest in zip(waiting.kinds, state.first, strict=True)]
    begin = min(state.first)
    slacks = _slacks(search, vector, waiting, state, begin, tables)
    stop, idle = begin + len(slacks), []
    if events is not None:
        idle = events.idle(begin, stop, state.total, waiting, state.first, state.running, search.most)
        stop = begin + len(idle)
    end = vector.end
    columns = zip(waiting.kinds, waiting.counts, state.first, tables, strict=True)
    for place, (kind, count, soonest, least) in enumerate(columns):
        _, prompt, output = search.kinds[kind]
        starts = []
        for k in range(soonest, stop):
            slack = slacks[k - begin]
            dearer, later = 0, scale
            if k < end:
                cheapest = least[end - k]
                dearer = scale * k + vector.held(prompt - k, k, k + output) - cheapest
                later = least[end - k - 1] - cheapest
            if (
                dearer <= slack
                and search.lanes.fits(kind, state.load, k - state.start)
                and (events is None or events.start_bound(kind, k, idle[k - begin]) <= search.most)
            ):
                starts.append(k)
            # From the next kind on, this one starts after k.
            slacks[k - begin] = slack - count * later
        if not starts:
            continue
        rest, before = _without(search, waiting, place, state.first, rests)
        covered = 0
        for position, k in enumerate(starts):
            if position < covered:
                continue
            search.nodes += 1
            answer = next(answers, state.vector)
            if answer >= 0:
                yield rest, before, _started(search, state, k, kind, answer)
                continue
            covered = position - answer
            number = next(answers, -1)
            if covered > len(starts) or not _excluded(
                search, rest, before, state, kind, k, starts[covered - 1], number
            ):
                raise ValueError("a range of starts is not left out by its price vector")


def _without(
    search: _Search, waiting: _Waiting, place: int, first: list[int], rests: _Rests
) -> tuple[_Waiting, list[int]]:
    """Return what waits when one of the kind at ``place`` has started, and ``first`` for that."""
    kinds, counts = waiting.kinds, waiting.counts
    if counts[place] > 1:
        counts = (*counts[:place], counts[place] - 1, *counts[place + 1 :])
    else:
        kinds, counts = kinds[:place] + kinds[place + 1 :], counts[:place] + counts[place + 1 :]
        first = first[:place] + first[place + 1 :]
    rest = rests.get((kinds, counts))
    if rest is None:
        rest = rests[kinds, counts] = _Waiting(search, kinds, counts)
    return rest, first


def _slacks(
    search: _Search, vector: MemoryPrices, waiting: _Waiting, state: _State, begin: int, tables: list[list[int]]
) -> list[int]:
    """Return how far ``vector`` lets the charges rise if the next start is at k = ``begin``, ``begin`` + 1, ...

    The list ends where the slack is negative, or where rule 2 or 3 leaves out every start.
    """
    lanes, memory, scale, end, price = search.lanes, search.memory, search.scale, vector.end, vector.price
    columns = zip(waiting.kinds, state.first, strict=True)
    limit = min(state.deadline - 2, min(soonest + search.kinds[kind][2] - 1 for kind, soonest in columns))
    slack = search.most - vector.bound(state.total, waiting, state.first, begin, state.running)
    present = list(zip(waiting.counts, state.first, tables, strict=True))
    slacks: list[int] = []
    k = begin
    while k <= limit and slack >= 0:
        slacks.append(slack)
        if k < end:
            for count, soonest, least in present:
                if soonest <= k:
                    slack -= count * (least[end - k - 1] - least[end - k])
            slack -= price[k + 1] * (memory - (state.load >> (lanes.width * (k - state.start)) & lanes.mask))
        else:
            slack -= scale * sum(count for count, soonest, _ in present if soonest <= k)
        k += 1
    search.terms.work += k - begin
    return slacks


def _excluded(
    search: _Search, rest: _Waiting, before: list[int], state: _State, kind: int, earliest: int, latest: int,
    number: int,
) -> bool:  # fmt: skip
    """Return whether a price vector leaves out every start of ``kind`` at ``earliest`` .. ``latest``.

    Whichever of them it is, the request holds s + t - ``latest`` tokens or more in step t = ``latest`` + 1 ..
    ``earliest`` + o, and nothing that waits starts before (``earliest``, ``kind``).
    """
    lanes = search.lanes
    _, prompt, output = search.kinds[kind]
    vector = search.vector(number)
    load = state.load >> (lanes.width * (earliest - state.start))
    common = max(0, output - (latest - earliest))
    load += (lanes.job[kind] & ((1 << (lanes.width * common)) - 1)) << (lanes.width * (latest - earliest))
    first = lanes.first_fits(rest.kinds, load, earliest, kind, before)
    # Where nothing is left to wait, no price counts.
    cut = min(first, default=vector.end)
    value = vector.bound(state.total + earliest, rest, first, cut, state.running)
    value += vector.held(prompt - latest, max(latest, cut), earliest + output)
    return value > search.most


def _started(search: _Search, state: _State, k: int, kind: int, vector: int) -> _State:
    """Return the state after a start of ``kind`` at ``k``, where it fits; ``vector`` is to be tried on it."""
    lanes, width, memory = search.lanes, search.lanes.width, search.memory
    arrival, prompt, output = search.kinds[kind]
    load = (state.load >> (width * (k - state.start))) + lanes.job[kind]
    full = (load + lanes.fill[kind]) & lanes.high[kind]
    full_step = k + 1 + ((full & -full).bit_length() - 1) // width if full else inf
    held = state.held
    if k > state.start:
        held = state.load >> (width * (k - state.start - 1)) & lanes.mask
    deadline = inf if full_step < state.deadline else state.deadline
    completion = k + output
    if completion < deadline and k > arrival and held + prompt + 1 <= memory and full_step >= completion:
        deadline = completion
    running = [entry for entry in state.running if entry[0] > k]
    running.append((completion, prompt + output))
    return _State(state.total + k, k, kind, held, deadline, running, load, (state.path, k, kind), vector)


def _is_replaced(lanes: Lanes, waiting: _Waiting, new: _State) -> bool:
    """Return whether one of the states last kept stands for a new one (rule 4)."""
    return any(_replaces(lanes, waiting, old, new) for old in waiting.states[-_RIVALS:])


def _keep(lanes: Lanes, waiting: _Waiting, new: _State) -> None:
    """Add a state and drop those that it makes superfluous."""
    states, dropped = waiting.states, False
    for old in states[-_RIVALS:]:
        if _replaces(lanes, waiting, new, old):
            old.alive, dropped = False, True
    if dropped:
        states[-_RIVALS:] = [old for old in states[-_RIVALS:] if old.alive]
    states.append(new)


def _replaces(lanes: Lanes, waiting: _Waiting, one: _State, other: _State) -> bool:
    """Return whether rule 4 lets ``one`` stand for ``other``.

    Tried are no delay, and the one after which the last starts coincide, the least that keeps the order of starts.
    """
    later = one.kind > other.kind
    least = one.start - other.start + later
    spare = other.total - one.total
    if least * waiting.number > spare:
        return False  # With no delay too: that takes least <= 0 <= spare.
    # As numbers, loads that hold no more are no greater, which is seen sooner.
    if least <= 0 <= spare:
        load = one.load >> (lanes.width * (later - least))
        if load <= other.load and lanes.no_more(load, other.load):
            return True
    if least < 0 and waiting.latest > other.start + least:
        return False
    load = one.load >> lanes.width if later else one.load
    return load <= other.load and lanes.no_more(load, other.load)


def _require(search: _Search, upper: int, complete: _State) -> None:
    """Raise BetterScheduleError if a state without waiting requests costs less than ``upper``."""
    cost = complete.total + sum(output - arrival for arrival, _, output in search.requests)
    if cost < upper:
        starts: dict[tuple[int, int, int], list[int]] = {}
        path = complete.path
        while path is not None:
            path, start, kind = path
            starts.setdefault(search.kinds[kind], []).append(start)
        raise BetterScheduleError(tuple(starts[request].pop() for request in search.requests), cost)

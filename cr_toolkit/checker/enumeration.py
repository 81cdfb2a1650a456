"""A re-enumeration that proves that no feasible schedule is cheaper than a claimed optimum.

Why it is right. Let the *budget* be everything a schedule of total latency at most ``upper`` - 1 may spend. With
prices y >= 0 let c_i(k) = k + o_i - a_i + sum_{tau=1..o_i} (s_i + tau) y_{k+tau}. For every feasible schedule,
    total latency = L(y) + sum_i [c_i(k_i) - min c_i] + sum_t y_t (M - load_t),      L(y) = sum_i min c_i - M sum_t y_t,
and no term in the two sums is negative. So with *any* prices, a schedule below ``upper`` spends at most
upper - 1 - L(y) on starting requests off their cheapest step and on idle memory; poor prices only cut less.

The search builds schedules by ascending (start, kind), kinds being the distinct requests, one start per level. A
state is who waits, the sum of the starts, the last (start, kind), and when which peaks will be freed. It is left
out only if
1. *budget*: what it spent (idle memory only up to its last start, whose loads are final), plus the least its waiting
   requests can spend from there on, exceeds the budget; or
2. *left move*: some request began at k > a_i although it could have begun at k - 1 in the final schedule. Moving its
   start from k to k - 1 adds s + 1 tokens in step k and one token in each of its other steps but the last, which it
   leaves. So in an optimal schedule either step k lacks that room, or one of the steps k+1 .. k+o-1 is full. Step k is
   final when the request starts. A full step must be made by a later start before it; a state whose next start comes
   too late for that is not continued; or
3. *dominance*: another state of its level has the same requests waiting, a sum of starts and a last (start, kind) that
   are not greater, and holds at most the same memory in every step after the left-out state's last start. Then
   whatever completes the left-out state completes the other, at no greater cost.
Suppose some schedule is cheaper than ``upper``; then optimal schedules are. At every level some kept state is the
beginning of an optimal one: an optimal schedule spends within the budget and admits no left move, so its next
state is left out only by rule 3, and the (finally) kept state that dominates it begins an optimal schedule too. At the
last level a schedule cheaper than ``upper`` is found. So if none is found, there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

MAX_TABLE = 2_000_000
"""Most entries of the charge table (kinds x steps)."""

_RIVALS = 64
"""States with which a new one is compared."""

_PAIRS_PER_NODE = 8
"""So many comparisons count as one node, so that nodes measure time."""

Requests = Sequence[tuple[int, int, int]]
"""(arrival, prompt, output) of each request."""


class BetterScheduleError(Exception):
    """A feasible schedule costs less than the claimed optimum: ``start`` (in request order) and ``cost``."""

    def __init__(self, start: tuple[int, ...], cost: int) -> None:
        super().__init__(f"a schedule of total latency {cost} exists")
        self.start = start
        self.cost = cost


class NodeLimitError(Exception):
    """The enumeration needs more nodes, or larger tables, than it was given."""


class _State(NamedTuple):
    total: int  # sum of the starts so far
    last: tuple[int, int]  # start and kind of the last start
    held: int  # memory held in the step that ends at the last start
    deadline: float  # a full step must come before this one (rule 2)
    running: tuple[tuple[int, int], ...]  # (completion, peak), ascending
    spent: int  # budget spent, idle memory after the last start excluded
    path: tuple[tuple[int, int], ...]  # every (start, kind)


class _Tables(NamedTuple):
    memory: int
    kinds: list[tuple[int, int, int]]  # distinct requests, least volume first
    price: list[int]  # by step
    extra: list[list[int]]  # [kind][k]: c(k) - min c, scaled (meaningless before the arrival)
    least: list[list[int]]  # [kind][k]: min of extra from k on
    budget: int


def prove_no_better(
    memory: int, requests: Requests, upper: int, prices: Mapping[int, int], scale: int, node_limit: int
) -> int:
    """Prove that no feasible schedule has total latency below ``upper``; return the nodes used.

    Args:
        memory: M (tokens).
        requests: (arrival, prompt, output) of each request.
        upper: the claimed optimum, or any lower bound on it (steps).
        prices: price per token by step, in units of 1/``scale``; any non-negative numbers are sound.
        scale: positive denominator.
        node_limit: most states to expand plus states to make; comparisons of states count a little too.

    Raises:
        BetterScheduleError: if a cheaper schedule exists; it carries one.
        NodeLimitError: if the limit is reached first.
        ValueError: if a price is negative, or the scale or a priced step is not positive.
    """
    tables = _tables(memory, requests, upper, prices, scale)
    counts = tuple(list(requests).count(kind) for kind in tables.kinds)
    fixed = sum(output - arrival for arrival, _, output in requests)
    level = {counts: [_State(0, (0, 0), 0, float("inf"), (), 0, ())]}
    nodes = 0
    for _ in requests:
        following: dict[tuple[int, ...], list[_State]] = {}
        for waiting, states in level.items():
            for state in states:
                nodes += 1
                for child in _children(tables, waiting, state):
                    nodes += 1
                    kind = child.last[1]
                    rest = (*waiting[:kind], waiting[kind] - 1, *waiting[kind + 1 :])
                    if any(rest):
                        nodes += _keep(following.setdefault(rest, []), child) // _PAIRS_PER_NODE
                    elif fixed + child.total < upper:
                        raise BetterScheduleError(_starts(tables.kinds, requests, child), fixed + child.total)
                if nodes > node_limit:
                    raise NodeLimitError(f"more than {node_limit} nodes")
        level = following
    return nodes


def _tables(memory: int, requests: Requests, upper: int, prices: Mapping[int, int], scale: int) -> _Tables:
    if scale < 1 or any(step < 1 or price < 0 for step, price in prices.items()):
        raise ValueError("prices must be non-negative, on steps from 1, over a positive scale")
    kinds = sorted(set(requests), key=lambda r: (r[1] * r[2] + r[2] * (r[2] + 1) // 2, r))
    last = max(max(prices, default=0), max(arrival for arrival, _, _ in requests))
    # No price can make L(y) less than this, nor the budget more: a request pays c at its cheapest, at least o.
    most = upper + memory * sum(prices.values()) // scale
    horizon = last + most + 1
    if horizon * len(kinds) > MAX_TABLE:
        raise NodeLimitError("the table of charges is too large")
    price = [prices.get(step, 0) for step in range(horizon + 1)]
    sums, moments = [0], [0]
    for step in range(1, horizon + 1):
        sums.append(sums[-1] + price[step])
        moments.append(moments[-1] + step * price[step])
    extra, least = [], []
    budget = (upper - 1) * scale + memory * sums[-1]
    for arrival, prompt, output in kinds:
        charges = []
        for k in range(horizon + 1):
            end = min(k + output, horizon)
            held = (prompt - k) * (sums[end] - sums[k]) + moments[end] - moments[k]
            charges.append((k + output - arrival) * scale + held)
        cheapest = min(charges[arrival:])
        minima = [charges[-1] - cheapest]
        for k in range(horizon - 1, -1, -1):
            minima.append(min(minima[-1], charges[k] - cheapest) if k >= arrival else minima[-1])
        extra.append([charge - cheapest for charge in charges])
        least.append(minima[::-1])
        budget -= list(requests).count((arrival, prompt, output)) * cheapest
    return _Tables(memory, kinds, price, extra, least, budget)


def _children(tables: _Tables, waiting: tuple[int, ...], state: _State) -> Iterator[_State]:
    """Yield the states after one more start that rules 1 and 2 do not leave out."""
    begin, spent = state.last[0], state.spent
    present = [kind for kind, count in enumerate(waiting) if count]
    load = [state.held] + [0] * (state.running[-1][0] - begin if state.running else 0)
    for end, peak in state.running:
        for step in range(begin + 1, end + 1):
            load[step - begin] += peak - end + step
    k = begin
    while k <= state.deadline - 2:
        held = load[k - begin] if k - begin < len(load) else 0
        if k > begin:
            # Past the tables nothing waits within the budget: every step of delay costs ``scale`` there.
            spent += tables.price[k] * (tables.memory - held)
        floor = spent + sum(waiting[kind] * tables.least[kind][k] for kind in present)
        if floor > tables.budget:
            return
        for kind in present:
            arrival, prompt, output = tables.kinds[kind]
            extra = tables.extra[kind][k]
            if k < arrival or (k, kind) < state.last or floor - tables.least[kind][k] + extra > tables.budget:
                continue
            full_step = _first_full_step(tables.memory, load, begin, k, prompt, output)
            if full_step is None:
                continue
            deadline = float("inf") if full_step < state.deadline else state.deadline
            if k > arrival and held + prompt + 1 <= tables.memory and full_step >= k + output:
                deadline = min(deadline, k + output)
            running = sorted([*(r for r in state.running if r[0] > k), (k + output, prompt + output)])
            path = (*state.path, (k, kind))
            yield _State(state.total + k, (k, kind), held, deadline, tuple(running), spent + extra, path)
        k += 1


def _first_full_step(memory: int, load: list[int], begin: int, k: int, prompt: int, output: int) -> float | None:
    """Return the first full step if a request starts at k (infinity if there is none), or None if it does not fit."""
    first = float("inf")
    for step in range(k + output, k, -1):
        room = memory - (prompt + step - k) - (load[step - begin] if step - begin < len(load) else 0)
        if room < 0:
            return None
        if room == 0:
            first = step
    return first


def _keep(states: list[_State], new: _State) -> int:
    """Add a state unless rule 3 leaves it out, drop those it makes superfluous; return how many were compared.

    Rule 3 may be applied to any pairs; the latest states, which resemble each other, are compared.
    """
    rivals = states[-_RIVALS:]
    for old in rivals:
        if old.total <= new.total and old.last <= new.last and _holds_no_more(old, new):
            return len(rivals)
    kept = [old for old in rivals if new.total > old.total or new.last > old.last or not _holds_no_more(new, old)]
    states[-_RIVALS:] = [*kept, new]
    return len(rivals)


def _holds_no_more(a: _State, b: _State) -> bool:
    # Memory changes linearly between completions, so the steps next to completions decide.
    after = b.last[0]
    if _memory(a.running, after + 1) > _memory(b.running, after + 1):
        return False
    ends = {end for end, _ in (*a.running, *b.running) if end > after}
    steps = {*ends, *(end + 1 for end in ends)}
    return all(_memory(a.running, step) <= _memory(b.running, step) for step in steps)


def _memory(running: tuple[tuple[int, int], ...], step: int) -> int:
    return sum(peak - end + step for end, peak in running if end >= step)


def _starts(kinds: list[tuple[int, int, int]], requests: Requests, state: _State) -> tuple[int, ...]:
    starts: dict[tuple[int, int, int], list[int]] = {}
    for start, kind in reversed(state.path):
        starts.setdefault(kinds[kind], []).append(start)
    return tuple(starts[request].pop() for request in requests)

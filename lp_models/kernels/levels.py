"""The forward search, compiled: one call expands a stretch of one level's states into the next level.

The rules, and why each is valid, are stated in ``lp_models.engines.search``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from lp_models.kernels.pool import (
    Int32s,
    Int64s,
    Pool,
    Problem,
    hopeless,
    improved_prices,
    row_bound,
    use_row,
    write_prices,
)

NEVER = 2**31 - 1
"""A deadline that never comes."""

FINISHED, FULL = 0, 1

START, KIND, HELD, DEADLINE, RUNNING, PARENT, NEXT, ALIVE = range(8)
"""Columns of ``Level.last``."""

NEXT_ROW, ROWS, CODES, CHILDREN, DROPPED, IMPROVED, FORGOTTEN = range(7)
"""Entries of the counters."""


class Level(NamedTuple):
    """The states after a given number of starts, one per row.

    Attributes:
        code: which requests wait (sum of number waiting * radix).
        cost: sum of the starts so far (steps).
        last: start and kind of the last start, load of that step, deadline of the left-move rule, number of running
            requests, row of the parent, next row with the same code, whether it is still wanted.
        end: completions of the running requests, ascending.
        peak: their peaks, in the same order.
    """

    code: Int64s
    cost: Int64s
    last: Int32s
    end: Int32s
    peak: Int32s


class Table(NamedTuple):
    """Open addressing from waiting codes to the newest row that has the code (-1: free slot, -2: no row left)."""

    codes: Int64s
    heads: Int32s


@njit(cache=True, nogil=True)
def slot_of(table: Table, code: int) -> int:
    """Return the slot of ``code``, or the free slot where it belongs."""
    mask = table.codes.shape[0] - 1
    slot = ((code * 0x9E3779B97F4A7C1) >> 20) & mask
    while table.heads[slot] != -1 and table.codes[slot] != code:
        slot = (slot + 1) & mask
    return int(slot)


@njit(cache=True, nogil=True)
def at_most(
    step: int, end: Int32s, peak: Int32s, running: int, other_end: Int32s, other_peak: Int32s, others: int
) -> bool:
    """Return whether the first profile holds at most the second's memory in every step >= ``step``.

    Both are linear between completions, so the steps next to completions decide.
    """
    p = q = 0
    while p < running and end[p] < step:
        p += 1
    while q < others and other_end[q] < step:
        q += 1
    slope = (running - p) - (others - q)
    difference = 0
    for x in range(p, running):
        difference += int(peak[x]) - int(end[x])
    for x in range(q, others):
        difference -= int(other_peak[x]) - int(other_end[x])
    while p < running:
        if difference + slope * step > 0:
            return False
        until = int(end[p])
        if q < others and other_end[q] < until:
            until = int(other_end[q])
        if difference + slope * until > 0:
            return False
        while p < running and end[p] == until:
            difference -= int(peak[p]) - int(end[p])
            slope -= 1
            p += 1
        while q < others and other_end[q] == until:
            difference += int(other_peak[q]) - int(other_end[q])
            slope += 1
            q += 1
        step = until + 1
    return True


@njit(cache=True, nogil=True)
def write_loads(level: Level, row: int, load: Int64s) -> None:
    """Write the memory held in steps start, start + 1, ... to ``load``, zeros to its end."""
    begin = level.last[row, START]
    load[:] = 0
    load[0] = level.last[row, HELD]
    for x in range(level.last[row, RUNNING]):
        offset = np.int64(level.peak[row, x]) - np.int64(level.end[row, x])
        for t in range(begin + 1, level.end[row, x] + 1):
            load[t - begin] += offset + t


@njit(cache=True, nogil=True)
def full_step_of(load: Int64s, begin: int, start: int, prompt: int, output: int, memory: int) -> int:
    """Return the first full step if a request starts at ``start`` (``NEVER`` if none), or -1 if it does not fit."""
    first = NEVER
    for t in range(start + output, start, -1):
        room = memory - (prompt + t - start)
        if t - begin < load.shape[0]:
            room -= load[t - begin]
        if room < 0:
            return -1
        if room == 0:
            first = t
    return first


@njit(cache=True, nogil=True)
def merge_running(level: Level, row: int, start: int, done: int, top: int, end: Int32s, peak: Int32s) -> int:
    """Write who runs after ``start``, the newcomer included, by ascending completion; return how many."""
    size = 0
    placed = False
    for x in range(level.last[row, RUNNING]):
        if not placed and level.end[row, x] > done:
            end[size] = done
            peak[size] = top
            size += 1
            placed = True
        if level.end[row, x] > start:
            end[size] = level.end[row, x]
            peak[size] = level.peak[row, x]
            size += 1
    if not placed:
        end[size] = done
        peak[size] = top
        size += 1
    return size


@njit(cache=True, nogil=True)
def dominated(
    level: Level, table: Table, slot: int, counters: Int64s, cost: int, start: int, kind: int,
    end: Int32s, peak: Int32s, running: int,
) -> bool:  # fmt: skip
    """Return whether a kept state makes the new one superfluous; drop the states the new one makes superfluous."""
    at = table.heads[slot]
    previous = -1
    while at >= 0:
        follow = level.last[at, NEXT]
        other = level.last[at, START]
        earlier = other < start or (other == start and level.last[at, KIND] <= kind)
        later = other > start or (other == start and level.last[at, KIND] >= kind)
        others = level.last[at, RUNNING]
        if (
            earlier
            and level.cost[at] <= cost
            and at_most(start + 1, level.end[at], level.peak[at], others, end, peak, running)
        ):
            return True
        if (
            later
            and cost <= level.cost[at]
            and at_most(other + 1, end, peak, running, level.end[at], level.peak[at], others)
        ):
            level.last[at, ALIVE] = 0
            counters[DROPPED] += 1
            if previous < 0:
                table.heads[slot] = follow if follow >= 0 else -2
            else:
                level.last[previous, NEXT] = follow
        else:
            previous = at
        at = follow
    return False


@njit(cache=True, nogil=True)
def beaten(
    problem: Problem, pool: Pool, target: int, waiting: Int64s, start: int, kind: int, cost: int,
    end: Int32s, peak: Int32s, running: int, iterations: int, counters: Int64s,
) -> bool:  # fmt: skip
    """Return whether prices, of the pool or newly found, bound the state above ``target`` (scaled)."""
    nearest = hopeless(problem, pool, target, waiting, start, kind, cost, end, peak, running)
    if nearest < 0:
        return True
    if iterations == 0:
        return False
    last = pool.price.shape[1] - 1
    room = np.full(last + 1, float(problem.memory))
    for x in range(running):
        for t in range(start + 1, min(end[x], last) + 1):
            room[t] -= peak[x] - end[x] + t
    counters[IMPROVED] += 1
    # A little beyond the target, so that rounding to integers does not undo it.
    goal = target / problem.scale - cost + 0.02
    found = improved_prices(problem, waiting, start, kind, room, pool.price[nearest], goal, iterations)
    row = pool.used[0]
    write_prices(problem, pool, row, np.rint(found * problem.scale).astype(np.int64))
    if row_bound(problem, pool, row, waiting, start, kind, cost, end, peak, running) <= target:
        return False
    if row < pool.price.shape[0] - 1:
        use_row(pool)
    else:
        counters[FORGOTTEN] += 1
    return True


@njit(cache=True, nogil=True)
def keep(
    level: Level, table: Table, slot: int, counters: Int64s, code: int, cost: int, start: int, kind: int, held: int,
    deadline: int, parent: int, end: Int32s, peak: Int32s, running: int,
) -> None:  # fmt: skip
    """Append a state to ``level``, which has room."""
    row = counters[ROWS]
    if table.heads[slot] == -1:
        counters[CODES] += 1
        table.codes[slot] = code
    level.code[row] = code
    level.cost[row] = cost
    last = level.last[row]
    last[START], last[KIND], last[HELD], last[DEADLINE] = start, kind, held, deadline
    last[RUNNING], last[PARENT], last[NEXT], last[ALIVE] = running, parent, table.heads[slot], 1
    level.end[row, :running] = end[:running]
    level.peak[row, :running] = peak[:running]
    table.heads[slot] = row
    counters[ROWS] += 1


@njit(cache=True, nogil=True)
def expand(
    problem: Problem, pool: Pool, iterations: int, this: Level, beyond: int, after: Level, table: Table,
    counters: Int64s, best: Int64s,
) -> int:  # fmt: skip
    """Expand the rows of ``this`` from ``counters[NEXT_ROW]`` up to ``beyond`` into ``after``.

    ``best`` is [least sum of starts known, row and kind and start of its last request (-1: not found here)]; it is
    updated when a complete schedule is cheaper.

    Returns:
        ``FINISHED``, or ``FULL`` when ``after``, ``table`` must grow before the next row is expanded.
    """
    kinds = problem.arrival.shape[0]
    horizon = pool.price.shape[1] - 1
    waiting = np.empty(kinds, np.int64)
    end = np.empty(this.end.shape[1] + 1, np.int32)
    peak = np.empty(this.end.shape[1] + 1, np.int32)
    for row in range(counters[NEXT_ROW], beyond):
        counters[NEXT_ROW] = row
        if this.last[row, ALIVE] == 0:
            continue
        begin, running = this.last[row, START], this.last[row, RUNNING]
        limit = min(horizon, this.last[row, DEADLINE] - 2)
        if (
            after.code.shape[0] - counters[ROWS] < kinds * (limit - begin + 2)
            or (counters[CODES] + kinds) * 2 > table.codes.shape[0]
        ):
            return FULL
        rest = this.code[row]
        for j in range(kinds - 1, -1, -1):
            waiting[j] = rest // problem.radix[j]
            rest -= waiting[j] * problem.radix[j]
        load = np.empty((this.end[row, running - 1] if running else begin) - begin + 1, np.int64)
        write_loads(this, row, load)
        target = (best[0] - 1) * problem.scale
        for k in range(begin, limit + 1):
            first = this.last[row, KIND] if k == begin else 0
            floor = row_bound(
                problem, pool, 0, waiting, k, first, this.cost[row], this.end[row], this.peak[row], running
            )
            if floor > target:
                break
            held = load[k - begin] if k - begin < load.shape[0] else 0
            for j in range(kinds):
                if waiting[j] == 0 or problem.arrival[j] > k or (k == begin and j < this.last[row, KIND]):
                    continue
                full_step = full_step_of(load, begin, k, problem.prompt[j], problem.output[j], problem.memory)
                if full_step < 0:
                    continue
                done = k + problem.output[j]
                cost = this.cost[row] + k
                counters[CHILDREN] += 1
                code = this.code[row] - problem.radix[j]
                if code == 0:
                    if cost < best[0]:
                        best[0], best[1], best[2], best[3] = cost, row, j, k
                        target = (cost - 1) * problem.scale
                    continue
                deadline = this.last[row, DEADLINE]
                if full_step < deadline:
                    deadline = NEVER
                if k > problem.arrival[j] and held + problem.prompt[j] + 1 <= problem.memory and full_step >= done:
                    deadline = min(deadline, done)
                size = merge_running(this, row, k, done, problem.prompt[j] + problem.output[j], end, peak)
                slot = slot_of(table, code)
                if dominated(after, table, slot, counters, cost, k, j, end, peak, size):
                    continue
                waiting[j] -= 1
                lost = beaten(problem, pool, target, waiting, k, j, cost, end, peak, size, iterations, counters)
                waiting[j] += 1
                if not lost:
                    keep(after, table, slot, counters, code, cost, k, j, held, deadline, row, end, peak, size)
    counters[NEXT_ROW] = beyond
    return FINISHED

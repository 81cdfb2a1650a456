"""Driving the compiled search: levels grow as needed, the clock and the memory are watched."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.model import Instance, Schedule
from lp_models.engines.catalogue import Answer, Task
from lp_models.kernels import levels
from lp_models.kernels.levels import Level, Table
from lp_models.kernels.pool import Pool, Problem, use_row, write_prices
from lp_models.prices import SCALE, Kinds

POOL_ROWS = 64
"""Price vectors remembered; more would cost more time per state than they save."""

ITERATIONS = 60
"""Rounds of the volume algorithm per state."""

_POOL_BYTES = 300_000_000
_STATE_BYTES = 600_000_000
"""Most memory for the states of one level, and for the links of all levels together (bytes)."""

_ROWS_PER_CALL = 50
"""Rows expanded between two looks at the clock."""

Array = NDArray[Any]


class _Links(NamedTuple):
    """How the states of a level arose, one entry per state: the last start, its kind, the state before."""

    start: Array
    kind: Array
    parent: Array


class Run:
    """One search for a schedule cheaper than ``task.upper``; ``kinds`` are sorted by volume."""

    def __init__(self, task: Task, kinds: Kinds, horizon: int) -> None:
        self._task = task
        self._kinds = kinds
        radix = np.ones(len(kinds.number), np.int64)
        for j in range(1, len(radix)):
            radix[j] = radix[j - 1] * (kinds.number[j - 1] + 1)
        self._problem = Problem(kinds.arrival, kinds.prompt, kinds.output, radix, task.instance.memory, SCALE)
        self._pool = _first_pool(self._problem, task, horizon)
        self._fixed = sum(request.output - request.arrival for request in task.instance.requests)
        self._best = np.array([task.upper - self._fixed, -1, -1, -1], np.int64)
        self._width = most_running(task.instance)
        self._links: list[_Links] = []

    def answer(self) -> Answer:
        """Search level after level."""
        level = _new_level(1, self._width)
        level.code[0] = int((self._kinds.number * self._problem.radix).sum())
        level.cost[0] = 0
        level.last[0] = (0, 0, 0, levels.NEVER, 0, 0, -1, 1)
        size, note = 1, ""
        for depth in range(len(self._task.instance)):
            if size == 0:
                break
            level, size, note = self._next_level(level, size)
            if note:
                note = f"search stopped after {depth} of {len(self._task.instance)} levels: {note}"
                break
            self._links.append(
                _Links(*(level.last[:size, c].copy() for c in (levels.START, levels.KIND, levels.PARENT)))
            )
        return Answer(self._schedule(), not note, note)

    def _next_level(self, this: Level, size: int) -> tuple[Level, int, str]:
        """Expand a level; return the next one, its number of rows and why that was given up, if it was."""
        after = _new_level(1 << 10, self._width)
        table = _new_table(1 << 10)
        counters = np.zeros(7, np.int64)
        kinds = len(self._kinds.number)
        horizon = self._pool.price.shape[1]
        links = sum(len(link.start) for link in self._links)
        row_bytes = sum(column[:1].nbytes for column in after)
        while counters[levels.NEXT_ROW] < size:
            beyond = min(size, int(counters[levels.NEXT_ROW]) + _ROWS_PER_CALL)
            result = levels.expand(
                self._problem, self._pool, ITERATIONS, this, beyond, after, table, counters, self._best
            )
            if time.monotonic() > self._task.deadline:
                return after, int(counters[levels.ROWS]), "out of time"
            if result == levels.FULL:
                # Twice the size exists for a moment while the columns are copied.
                if (len(after.code) * 3 + size) * row_bytes + links * 12 > _STATE_BYTES:
                    return after, int(counters[levels.ROWS]), "out of memory"
                if len(after.code) - counters[levels.ROWS] < kinds * (horizon + 2):
                    after = Level(*(np.concatenate([column, np.empty_like(column)]) for column in after))
                else:
                    table = _grown_table(table)
        return after, int(counters[levels.ROWS]), ""

    def _schedule(self) -> Schedule | None:
        """Return the best complete schedule found, or None."""
        _, row, kind, start = self._best.tolist()
        if kind < 0:
            return None
        # The last request's parent lies in the last complete level but those after it.
        path = [(start, kind)]
        for link in reversed(self._links[: len(self._task.instance) - 1]):
            path.append((int(link.start[row]), int(link.kind[row])))
            row = int(link.parent[row])
        starts = [0] * len(self._task.instance)
        left = [list(members) for members in self._kinds.members]
        for at, kind in path:
            starts[left[kind].pop()] = at
        return Schedule(tuple(starts))


def most_running(instance: Instance) -> int:
    """Return how many requests can run at once: each holds at least prompt + 1 tokens."""
    held = 0
    for count, tokens in enumerate(sorted(request.prompt + 1 for request in instance.requests)):
        held += tokens
        if held > instance.memory:
            return count
    return len(instance)


def _first_pool(problem: Problem, task: Task, horizon: int) -> Pool:
    kinds, columns = len(problem.arrival), horizon + 1
    rows = max(2, min(POOL_ROWS, _POOL_BYTES // ((kinds + 3) * columns * 8)))
    price_rows, sums, moments = (np.zeros((rows, columns), np.int64) for _ in range(3))
    least = np.zeros((rows, kinds, columns), np.int64)
    pool = Pool(price_rows, sums, moments, least, np.zeros(rows, np.int64), np.zeros(1, np.int64))
    price = np.zeros(columns, np.int64)
    for step, value in task.prices.items():
        price[step] = value
    write_prices(problem, pool, 0, price)
    use_row(pool)
    return pool


def _new_level(rows: int, width: int) -> Level:
    code, cost = np.empty(rows, np.int64), np.empty(rows, np.int64)
    end, peak = np.empty((rows, width), np.int32), np.empty((rows, width), np.int32)
    return Level(code, cost, np.zeros((rows, 8), np.int32), end, peak)


def _new_table(slots: int) -> Table:
    return Table(np.zeros(slots, np.int64), np.full(slots, -1, np.int32))


def _grown_table(table: Table) -> Table:
    grown = _new_table(4 * len(table.codes))
    for slot in np.flatnonzero(table.heads != -1):
        place = levels.slot_of(grown, table.codes[slot])
        grown.codes[place] = table.codes[slot]
        grown.heads[place] = table.heads[slot]
    return grown

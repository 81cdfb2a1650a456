"""The states of one level of the enumeration, and where they are found by the requests that wait."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from lp_models.kernels.pool import Int32s, Int64s, Problem, first_fits

NEVER = 2**31 - 1
"""A deadline that never comes."""

START, KIND, HELD, DEADLINE, RUNNING, PARENT, NEXT, ALIVE, VECTOR = range(9)
"""Columns of ``Level.last``."""

NEXT_ROW, ROWS, CODES, CHOICES, FITS = range(5)
"""Entries of the counters."""


class Level(NamedTuple):
    """The states after a given number of starts, one per row.

    Attributes:
        code: which requests wait (sum of number waiting * radix).
        total: sum of the starts so far (steps).
        bound: scaled bound on the sum of all starts.
        last: start and kind of the last start, load of that step, deadline of the left-move rule, number of running
            requests, row of the parent, next older row with the same code, whether it is still wanted, price vector.
        end: completions of the running requests, ascending.
        peak: their peaks, ascending where completions are equal.
    """

    code: Int64s
    total: Int64s
    bound: Int64s
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
def look_at(problem: Problem, level: Level, row: int, waiting: Int64s, first: Int64s) -> int:
    """Write what waits in a state, and from which start on it fits; return the least of these."""
    rest = level.code[row]
    for j in range(waiting.shape[0] - 1, -1, -1):
        waiting[j] = rest // problem.radix[j]
        rest -= waiting[j] * problem.radix[j]
    return first_fits(
        problem, waiting, level.last[row, START], level.last[row, KIND], level.end[row], level.peak[row],
        level.last[row, RUNNING], first,
    )  # fmt: skip


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
def merge_running(level: Level, row: int, start: int, done: int, top: int, end: Int32s, peak: Int32s) -> int:
    """Write who runs after ``start``, the newcomer included, by ascending completion; return how many."""
    size = 0
    placed = False
    for x in range(level.last[row, RUNNING]):
        if level.end[row, x] <= start:
            continue
        if not placed and level.end[row, x] >= done:
            end[size] = done
            peak[size] = top
            size += 1
            placed = True
        end[size] = level.end[row, x]
        peak[size] = level.peak[row, x]
        size += 1
    if not placed:
        end[size] = done
        peak[size] = top
        size += 1
    return size


@njit(cache=True, nogil=True)
def keep(
    level: Level, table: Table, slot: int, counters: Int64s, code: int, total: int, bound: int, start: int, kind: int,
    held: int, deadline: int, parent: int, vector: int, end: Int32s, peak: Int32s, running: int,
) -> None:  # fmt: skip
    """Append a state to ``level``, which has room."""
    row = counters[ROWS]
    if table.heads[slot] == -1:
        counters[CODES] += 1
        table.codes[slot] = code
    level.code[row] = code
    level.total[row] = total
    level.bound[row] = bound
    last = level.last[row]
    last[START], last[KIND], last[HELD], last[DEADLINE] = start, kind, held, deadline
    last[RUNNING], last[PARENT], last[NEXT], last[ALIVE] = running, parent, table.heads[slot], 1
    last[VECTOR] = vector
    level.end[row, :running] = end[:running]
    level.peak[row, :running] = peak[:running]
    table.heads[slot] = row
    counters[ROWS] += 1

"""Rule 4 of the enumeration: states that others of their level may stand for, as in the checker."""

from __future__ import annotations

from numba import njit

from lp_models.kernels.levels import ALIVE, KIND, NEXT, RUNNING, START, Level, Table
from lp_models.kernels.pool import Int32s

RIVALS = 64
"""States with which a new one is compared, as in the checker."""


@njit(cache=True, nogil=True)
def at_most(
    step: int, delay: int, end: Int32s, peak: Int32s, running: int, other_end: Int32s, other_peak: Int32s, others: int
) -> bool:
    """Return whether in t + ``delay`` the first profile holds at most the second's memory in t, for all t >= ``step``.

    Both are linear between completions, so the steps next to completions decide.
    """
    p = q = 0
    while p < running and end[p] - delay < step:
        p += 1
    while q < others and other_end[q] < step:
        q += 1
    slope = (running - p) - (others - q)
    difference = 0
    for x in range(p, running):
        difference += int(peak[x]) - int(end[x]) + delay
    for x in range(q, others):
        difference -= int(other_peak[x]) - int(other_end[x])
    while p < running:
        if difference + slope * step > 0:
            return False
        until = int(end[p]) - delay
        if q < others and other_end[q] < until:
            until = int(other_end[q])
        if difference + slope * until > 0:
            return False
        while p < running and end[p] - delay == until:
            difference -= int(peak[p]) - int(end[p]) + delay
            slope -= 1
            p += 1
        while q < others and other_end[q] == until:
            difference += int(other_peak[q]) - int(other_end[q])
            slope += 1
            q += 1
        step = until + 1
    return True


@njit(cache=True, nogil=True)
def replaces(
    total: int, start: int, kind: int, end: Int32s, peak: Int32s, running: int, other_total: int, other_start: int,
    other_kind: int, other_end: Int32s, other_peak: Int32s, others: int, left: int, latest: int,
) -> bool:  # fmt: skip
    """Return whether one state may stand for another of its level, perhaps with all that waits moved in time.

    ``left`` requests wait, which have arrived by ``latest``.
    """
    aligned = start - other_start
    if kind > other_kind:
        aligned += 1
    spare = other_total - total
    step = other_start + 1
    if aligned <= 0 <= spare and at_most(step, 0, end, peak, running, other_end, other_peak, others):
        return True
    if aligned * left > spare or (aligned < 0 and other_start + aligned < latest):
        return False
    return at_most(step, aligned, end, peak, running, other_end, other_peak, others)


@njit(cache=True, nogil=True)
def dominated(
    level: Level, head: int, total: int, start: int, kind: int, end: Int32s, peak: Int32s, running: int, left: int,
    latest: int,
) -> bool:  # fmt: skip
    """Return whether one of the latest states with the same requests waiting makes the new one superfluous."""
    at = head
    for _ in range(RIVALS):
        if at < 0:
            return False
        if replaces(
            level.total[at], level.last[at, START], level.last[at, KIND], level.end[at], level.peak[at],
            level.last[at, RUNNING], total, start, kind, end, peak, running, left, latest,
        ):  # fmt: skip
            return True
        at = level.last[at, NEXT]
    return False


@njit(cache=True, nogil=True)
def drop_dominated(
    level: Level, table: Table, slot: int, total: int, start: int, kind: int, end: Int32s, peak: Int32s, running: int,
    left: int, latest: int,
) -> None:  # fmt: skip
    """Drop those of the latest states that the new one makes superfluous."""
    at = table.heads[slot]
    previous = -1
    for _ in range(RIVALS):
        if at < 0:
            return
        follow = level.last[at, NEXT]
        if replaces(
            total, start, kind, end, peak, running, level.total[at], level.last[at, START], level.last[at, KIND],
            level.end[at], level.peak[at], level.last[at, RUNNING], left, latest,
        ):  # fmt: skip
            level.last[at, ALIVE] = 0
            if previous < 0:
                table.heads[slot] = follow if follow >= 0 else -2
            else:
                level.last[previous, NEXT] = follow
        else:
            previous = at
        at = follow

"""The enumeration of ``cr_toolkit.checker.enumeration`` in compiled code, which also finds the prices that guide it.

One call expands a stretch of one level's states into the next level, by the checker's rules and in the checker's order,
so that the checker can repeat it from the price vectors and from the number of the vector used on each state.
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
    charge,
    first_fits,
    first_fits_beside,
    fitted_prices,
    least_charge,
    nearest_row,
    row_bound,
    use_row,
    write_prices,
)

NEVER = 2**31 - 1
"""A deadline that never comes."""

FINISHED, FULL, BETTER = 0, 1, 2

RIVALS = 64
"""States with which a new one is compared, as in the checker."""

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


class Effort(NamedTuple):
    """How hard to look for prices.

    Attributes:
        iterations: rounds of the volume algorithm per state.
        tries: vectors tried on a state before a new one is fitted.
        gain: a new vector that does not leave the state out is kept if it closes this share of what is missing.
        range_tries: vectors tried on a range of starts.
    """

    iterations: int
    tries: int
    gain: float
    range_tries: int


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


@njit(cache=True, nogil=True)
def choose_vector(
    problem: Problem, pool: Pool, effort: Effort, most: int, waiting: Int64s, first: Int64s, cut: int, total: int,
    end: Int32s, peak: Int32s, running: int, inherited: int, counters: Int64s,
) -> tuple[int, int]:  # fmt: skip
    """Return the price vector for a state, and its scaled bound, which leaves the state out if it exceeds ``most``.

    The latest vectors are tried, then a new one is fitted while the pool has a row for it.
    """
    extra = np.zeros(3, np.int64)
    row, bound = nearest_row(problem, pool, most, waiting, first, cut, total, end, peak, running, extra, effort.tries)
    if bound > most:
        return row, bound
    own = row_bound(problem, pool, inherited, waiting, first, cut, total, end, peak, running, extra)
    if own >= bound:
        row, bound = inherited, own
        if bound > most:
            return row, bound
    last = pool.price.shape[1] - 1
    fresh = pool.used[0]
    if fresh == pool.price.shape[0] or cut >= last:
        return row, bound
    room = np.full(last + 1, float(problem.memory))
    for x in range(running):
        for t in range(cut + 1, min(end[x], last) + 1):
            room[t] -= peak[x] - end[x] + t
    counters[FITS] += 1
    # A little beyond the target, so that rounding to integers does not undo it.
    goal = (most + 1) / problem.scale - total + 0.02
    found = fitted_prices(problem, waiting, first, cut, room, pool.price[row], goal, effort.iterations)
    for b in range(last // problem.width):
        value = np.rint(found[(b + 1) * problem.width] * problem.scale)
        for t in range(b * problem.width + 1, (b + 1) * problem.width + 1):
            found[t] = value
    write_prices(problem, pool, fresh, found.astype(np.int64))
    new = row_bound(problem, pool, fresh, waiting, first, cut, total, end, peak, running, extra)
    if new > most or new - bound > effort.gain * (most - bound):
        use_row(pool)
        return int(fresh), new
    return row, bound


@njit(cache=True, nogil=True)
def range_vector(
    problem: Problem, pool: Pool, effort: Effort, most: int, level: Level, row: int, waiting: Int64s, before: Int64s,
    load: Int64s, kind: int, earliest: int, latest: int, first: Int64s,
) -> int:  # fmt: skip
    """Return a price vector that leaves out every start of ``kind`` at ``earliest`` .. ``latest``, or -1.

    ``waiting`` counts without the one that starts; ``load`` and ``before`` are the state's. Whichever start it is, the
    request holds at least what it would if it started at ``latest``, until the completion of the earliest.
    """
    start = level.last[row, START]
    done = earliest + problem.output[kind]
    offset = problem.prompt[kind] - latest
    beside = np.zeros(max(load.shape[0] - 1 - (earliest - start), done - earliest, 0), np.int64)
    for t in range(earliest + 1, earliest + beside.shape[0] + 1):
        if t - start < load.shape[0]:
            beside[t - earliest - 1] = load[t - start]
        if latest < t <= done:
            beside[t - earliest - 1] += offset + t
    cut = first_fits_beside(problem, waiting, beside, earliest, kind, before, first)
    extra = np.array([latest, done, offset])
    total = level.total[row] + earliest
    end, peak, running = level.end[row], level.peak[row], level.last[row, RUNNING]
    found, bound = nearest_row(
        problem, pool, most, waiting, first, cut, total, end, peak, running, extra, effort.range_tries
    )
    return found if bound > most else -1


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


@njit(cache=True, nogil=True)
def write_slacks(
    problem: Problem, pool: Pool, most: int, level: Level, row: int, waiting: Int64s, first: Int64s, cut: int,
    limit: int, load: Int64s, slacks: Int64s,
) -> int:  # fmt: skip
    """Write how far the state's vector lets charges rise if the next start is at ``cut``, ``cut`` + 1, ... ``limit``.

    Returns:
        How many of these the vector does not leave out.
    """
    start, vector = level.last[row, START], level.last[row, VECTOR]
    nothing = np.zeros(3, np.int64)
    slack = most - row_bound(
        problem, pool, vector, waiting, first, cut, level.total[row], level.end[row], level.peak[row],
        level.last[row, RUNNING], nothing,
    )  # fmt: skip
    for k in range(cut, limit + 1):
        if slack < 0:
            return int(k - cut)
        slacks[k - cut] = slack
        for j in range(waiting.shape[0]):
            if waiting[j] > 0 and first[j] <= k:
                rise = least_charge(problem, pool, vector, j, k + 1) - least_charge(problem, pool, vector, j, k)
                slack -= waiting[j] * rise
        if k + 1 < pool.price.shape[1]:
            held = load[k + 1 - start] if k + 1 - start < load.shape[0] else 0
            slack -= pool.price[vector, k + 1] * (problem.memory - held)
    return int(max(0, limit - cut + 1))


@njit(cache=True, nogil=True)
def start_one(
    problem: Problem, pool: Pool, effort: Effort, most: int, this: Level, row: int, after: Level, table: Table,
    waiting: Int64s, load: Int64s, k: int, kind: int, first: Int64s, end: Int32s, peak: Int32s, choices: Int32s,
    counters: Int64s,
) -> bool:  # fmt: skip
    """Make the state after a start of ``kind`` at ``k``, which fits; return whether it is kept.

    ``waiting`` counts without the one that starts; ``first``, ``end`` and ``peak`` are scratch.
    """
    start, vector = this.last[row, START], this.last[row, VECTOR]
    total = this.total[row] + k
    prompt, output = problem.prompt[kind], problem.output[kind]
    full_step = full_step_of(load, start, k, prompt, output, problem.memory)
    held = load[k - start] if k - start < load.shape[0] else 0
    deadline = this.last[row, DEADLINE]
    if full_step < deadline:
        deadline = NEVER
    if k > problem.arrival[kind] and held + prompt + 1 <= problem.memory and full_step >= k + output:
        deadline = min(deadline, k + output)
    size = merge_running(this, row, k, k + output, prompt + output, end, peak)
    code = this.code[row] - problem.radix[kind]
    slot = slot_of(table, code)
    choices[counters[CHOICES]] = vector
    counters[CHOICES] += 1
    left, latest = 0, 0
    for j in range(waiting.shape[0]):
        if waiting[j] > 0:
            left += waiting[j]
            latest = max(latest, problem.arrival[j])
    if dominated(after, table.heads[slot], total, k, kind, end, peak, size, left, latest):
        return False
    cut = first_fits(problem, waiting, k, kind, end, peak, size, first)
    if cut > deadline - 2:
        return False
    chosen, bound = choose_vector(
        problem, pool, effort, most, waiting, first, cut, total, end, peak, size, vector, counters
    )  # fmt: skip
    choices[counters[CHOICES] - 1] = chosen
    if bound > most:
        return False
    drop_dominated(after, table, slot, total, k, kind, end, peak, size, left, latest)
    keep(after, table, slot, counters, code, total, bound, k, kind, held, deadline, row, chosen, end, peak, size)
    return True


@njit(cache=True, nogil=True)
def expand(
    problem: Problem, pool: Pool, effort: Effort, most: int, this: Level, beyond: int, after: Level, table: Table,
    choices: Int32s, counters: Int64s, better: Int64s,
) -> int:  # fmt: skip
    """Expand the rows of ``this`` from ``counters[NEXT_ROW]`` up to ``beyond`` into ``after``.

    Returns:
        ``FINISHED``; ``FULL`` when ``after``, ``table`` or ``choices`` must grow before the next row is expanded; or
        ``BETTER`` when a schedule of starts that sum to at most ``most`` (scaled) is complete: ``better`` is then the
        row, the kind and the start of its last request.
    """
    kinds = problem.arrival.shape[0]
    waiting, first, scratch = np.empty(kinds, np.int64), np.empty(kinds, np.int64), np.empty(kinds, np.int64)
    end = np.empty(this.end.shape[1] + 1, np.int32)
    peak = np.empty(this.end.shape[1] + 1, np.int32)
    for row in range(counters[NEXT_ROW], beyond):
        counters[NEXT_ROW] = row
        if this.last[row, ALIVE] == 0:
            continue
        start, running, vector = this.last[row, START], this.last[row, RUNNING], this.last[row, VECTOR]
        rest = this.code[row]
        for j in range(kinds - 1, -1, -1):
            waiting[j] = rest // problem.radix[j]
            rest -= waiting[j] * problem.radix[j]
        cut = first_fits(problem, waiting, start, this.last[row, KIND], this.end[row], this.peak[row], running, first)
        # Beyond the prices a start costs itself alone.
        limit = min(np.int64(this.last[row, DEADLINE]) - 2, max(most // problem.scale, pool.price.shape[1]))
        for j in range(kinds):
            if waiting[j] > 0:
                limit = min(limit, first[j] + problem.output[j] - 1)
        room = kinds * max(0, limit - cut + 1)
        if (
            after.code.shape[0] - counters[ROWS] < room
            or choices.shape[0] - counters[CHOICES] < 2 * room
            or (counters[CODES] + kinds) * 2 > table.codes.shape[0]
        ):
            return FULL
        load = np.empty(max(0, (this.end[row, running - 1] if running else start) - start) + 1, np.int64)
        write_loads(this, row, load)
        slacks = np.empty(max(0, limit - cut + 1), np.int64)
        size = write_slacks(problem, pool, most, this, row, waiting, first, cut, limit, load, slacks)
        starts = np.empty(size, np.int64)
        for j in range(kinds):
            if waiting[j] == 0:
                continue
            found = 0
            for k in range(first[j], cut + size):
                cheapest = least_charge(problem, pool, vector, j, k)
                excess = charge(problem, pool, vector, j, k) - cheapest
                prompt, output = problem.prompt[j], problem.output[j]
                if excess <= slacks[k - cut] and full_step_of(load, start, k, prompt, output, problem.memory) >= 0:
                    starts[found] = k
                    found += 1
                # From the next kind on, this one starts after k.
                slacks[k - cut] -= waiting[j] * (least_charge(problem, pool, vector, j, k + 1) - cheapest)
            if found == 0:
                continue
            waiting[j] -= 1
            if this.code[row] == problem.radix[j]:
                if (this.total[row] + starts[0]) * problem.scale <= most:
                    better[0], better[1], better[2] = row, j, starts[0]
                    return BETTER
            else:
                take_starts(
                    problem, pool, effort, most, this, row, after, table, waiting, first, load, j, starts[:found],
                    scratch, end, peak, choices, counters,
                )  # fmt: skip
            waiting[j] += 1
    counters[NEXT_ROW] = beyond
    return FINISHED


@njit(cache=True, nogil=True)
def take_starts(
    problem: Problem, pool: Pool, effort: Effort, most: int, this: Level, row: int, after: Level, table: Table,
    waiting: Int64s, before: Int64s, load: Int64s, kind: int, starts: Int64s, scratch: Int64s, end: Int32s,
    peak: Int32s, choices: Int32s, counters: Int64s,
) -> None:  # fmt: skip
    """Go through the starts of one kind: ranges of them are left out together where a price vector allows it."""
    position = 0
    reach = starts.shape[0]
    while position < starts.shape[0]:
        many = min(reach, starts.shape[0] - position)
        if many > 1:
            earliest, latest = starts[position], starts[position + many - 1]
            number = range_vector(
                problem, pool, effort, most, this, row, waiting, before, load, kind, earliest, latest, scratch
            )  # fmt: skip
            if number < 0:
                reach = many // 2
                continue
            choices[counters[CHOICES]] = -many
            choices[counters[CHOICES] + 1] = number
            counters[CHOICES] += 2
        else:
            start_one(
                problem, pool, effort, most, this, row, after, table, waiting, load, starts[position], kind, scratch,
                end, peak, choices, counters,
            )  # fmt: skip
        position += many
        reach = 2 * many

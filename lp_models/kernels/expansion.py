"""The enumeration of ``cr_toolkit.checker.enumeration`` in compiled code, which also finds the prices that guide it.

One call expands a stretch of one level's states into the next level, by the checker's rules and in the checker's order,
so that the checker can repeat it from the price vectors and from the number of the vector used on each state.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from lp_models.kernels.dominance import dominated, drop_dominated
from lp_models.kernels.levels import (
    ALIVE,
    CHOICES,
    CODES,
    DEADLINE,
    NEVER,
    NEXT_ROW,
    ROWS,
    RUNNING,
    START,
    VECTOR,
    Level,
    Table,
    keep,
    look_at,
    merge_running,
    slot_of,
    write_loads,
)
from lp_models.kernels.paths import idle_until, path_bound, start_bound
from lp_models.kernels.pool import Int32s, Int64s, Pool, Problem, charge, first_fits, least_charge
from lp_models.kernels.vectors import Effort, choose_vector, range_vector, write_slacks

FINISHED, FULL, BETTER = 0, 1, 2
"""What ``expand`` returns."""


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
        cut = look_at(problem, this, row, waiting, first)
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
        by_paths = pool.costs.paths.shape[0] > 0
        idle = np.empty((size if by_paths else 0, 3), np.int64)
        for k in range(cut, cut + idle.shape[0]):
            bound = idle_until(
                pool.costs, problem.scale, waiting, first, k, this.total[row], this.end[row], this.peak[row], running,
                idle[k - cut],
            )  # fmt: skip
            if bound > most:
                size = k - cut
                break
        for j in range(kinds):
            if waiting[j] == 0:
                continue
            found = 0
            for k in range(first[j], cut + size):
                cheapest = least_charge(problem, pool, vector, j, k)
                excess = charge(problem, pool, vector, j, k) - cheapest
                prompt, output = problem.prompt[j], problem.output[j]
                if (
                    excess <= slacks[k - cut]
                    and full_step_of(load, start, k, prompt, output, problem.memory) >= 0
                    and not (
                        by_paths and start_bound(pool.costs, problem.scale, j, prompt, output, k, idle[k - cut]) > most
                    )
                ):
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
    by_events = problem.scale * total
    if pool.costs.paths.shape[0] > 0:
        by_events = path_bound(pool.costs, problem.scale, waiting, first, cut, total, end, peak, size)
        if by_events > most:
            return False
    chosen, bound = choose_vector(
        problem, pool, effort, most, waiting, first, cut, total, end, peak, size, vector, counters
    )  # fmt: skip
    choices[counters[CHOICES] - 1] = chosen
    if bound > most:
        return False
    drop_dominated(after, table, slot, total, k, kind, end, peak, size, left, latest)
    keep(
        after, table, slot, counters, code, total, max(bound, by_events), k, kind, held, deadline, row, chosen, end,
        peak, size,
    )  # fmt: skip
    return True


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

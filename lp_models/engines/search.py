"""The search engine: forward in time, level by level, bounded by memory prices that are refitted to every state.

A state stands for a beginning of a schedule in which requests are started by ascending (start, kind): who waits, the
sum of the starts, the last start, and when which peaks will be freed. A state is left out only if

1. *prices*: a price vector, of the pool or found for this state, bounds every completion of it above the target;
2. *left move*: a request began at k > a_i although step k had room for prompt + 1 more tokens, and no step
   k+1 .. k+o-1 can still become full: it could then start at k - 1, so the schedule is not optimal;
3. *dominance*: a state with the same requests waiting has no later last (start, kind), no larger sum of starts and no
   more memory held in any later step; whatever completes the one completes the other.

Rules 1 and 2 never leave out the beginning of an optimal schedule that is cheaper than the target, and rule 3 swaps
one beginning of an optimal schedule for another, so some optimal schedule survives every level. States are compared in
full; the hash table only finds the ones with the same requests waiting. Rule 1 draws on design facts on Lagrangean
bounds of time-indexed programmes and the volume algorithm (Barahona and Anbil, 2000).
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np

from cr_toolkit.model import Instance, Schedule
from lp_models.engines.catalogue import ENGINES, Answer, Task
from lp_models.prices import SCALE, Kinds, kinds_of, price_value

_POOL_ROWS = 64
_ITERATIONS = 60
"""Rounds of the volume algorithm per state."""

_STATE_BYTES = 1_000_000_000
"""Most memory for the states of one level, and for the links of all levels together (bytes)."""

_TABLE_BYTES = 300_000_000
"""Most memory for the tables of the price pool (bytes)."""

_ROWS_PER_CALL = 50
"""Rows expanded between two looks at the clock."""

_MAX_LENGTH = 2**28
"""Largest memory and horizon: compiled code keeps completions and peaks in 32 bits."""


class _Links(NamedTuple):
    """Where the states of a level came from: columns (start, kind, row of the parent)."""

    start: np.ndarray
    kind: np.ndarray
    parent: np.ndarray


@ENGINES.register("search")
def search(task: Task) -> Answer:
    """Search every schedule cheaper than ``task.upper`` that the rules above do not exclude."""
    budget = (task.upper - 1) * SCALE - int(price_value(task.instance, task.prices) * SCALE)
    if budget < 0:
        return Answer(None, True)
    kinds = _by_volume(kinds_of(task.instance))
    horizon = max(max(task.prices, default=1), int(kinds.arrival.max())) + budget // SCALE + 2
    reason = _too_large(task, kinds, horizon)
    if reason:
        return Answer(None, False, reason)
    return _Run(task, kinds, horizon).answer()


def _by_volume(kinds: Kinds) -> Kinds:
    volume = kinds.prompt.astype(object) * kinds.output + kinds.output.astype(object) * (kinds.output + 1) // 2
    order = sorted(range(len(volume)), key=lambda i: volume[i])
    return Kinds(*(column[order] for column in kinds[:4]), tuple(kinds.members[i] for i in order))


def _too_large(task: Task, kinds: Kinds, horizon: int) -> str:
    """Return why the instance is beyond this engine, or an empty string."""
    sets = 1
    for count in kinds.count.tolist():
        sets *= count + 1
    charge = (sum(task.prices.values()) + SCALE) * (horizon + task.instance.memory + task.instance.horizon)
    if (
        max(task.instance.memory, horizon + task.instance.longest_output) > _MAX_LENGTH
        or charge * 4 * len(task.instance) > 2**61
    ):
        return "too large for the search: its numbers need more than 64 bits"
    if sets > 2**61:
        return "too large for the search: too many sets of requests may wait"
    if 2 * (len(kinds.count) + 3) * (horizon + 1) * 8 > _TABLE_BYTES:
        return f"too large for the search: {len(kinds.count)} kinds of requests over {horizon} steps"
    return ""


class _Run:
    """One run of the search; the compiled part is imported here, when it is needed."""

    def __init__(self, task: Task, kinds: Kinds, horizon: int) -> None:
        from lp_models.engines import levels_kernel, pool_kernel

        self._kernel = levels_kernel
        self._task = task
        self._kinds = kinds
        self._horizon = horizon
        radix = np.ones(len(kinds.count), np.int64)
        for j in range(1, len(radix)):
            radix[j] = radix[j - 1] * (kinds.count[j - 1] + 1)
        self._problem = pool_kernel.Problem(
            kinds.arrival, kinds.prompt, kinds.output, radix, task.instance.memory, SCALE
        )
        self._pool = self._first_pool(pool_kernel)
        self._fixed = sum(request.output - request.arrival for request in task.instance.requests)
        self._best = np.array([task.upper - self._fixed, -1, -1, -1], np.int64)
        self._width = _most_running(task.instance)

    def _first_pool(self, pool_kernel: object) -> object:
        from lp_models.engines.pool_kernel import Pool, use_row, write_prices

        kinds = len(self._kinds.count)
        columns = self._horizon + 1
        rows = max(2, min(_POOL_ROWS, _TABLE_BYTES // ((kinds + 3) * columns * 8)))
        flat = [np.zeros((rows, columns), np.int64) for _ in range(3)]
        pool = Pool(*flat, np.zeros((rows, kinds, columns), np.int64), np.zeros(rows, np.int64), np.zeros(1, np.int64))
        price = np.zeros(columns, np.int64)
        for step, value in self._task.prices.items():
            price[step] = value
        write_prices(self._problem, pool, 0, price)
        use_row(pool)
        return pool

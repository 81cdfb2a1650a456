"""Driving the compiled enumeration: levels grow as needed, the clock and the memory are watched."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.model import Instance, Schedule
from lp_models.concurrency import most_running
from lp_models.kernels import expansion, levels
from lp_models.kernels.levels import Level, Table
from lp_models.kernels.paths import Costs
from lp_models.kernels.pool import Pool, Problem, row_bound, use_row, write_prices
from lp_models.kernels.vectors import Effort
from lp_models.prices import Kinds

if TYPE_CHECKING:
    from lp_models.sieve import EventPrices, Sieve

POOL_ROWS = 12000
"""Price vectors that a proof may use."""

_ROUNDS, _TRIES = (20, 120, 320), (60, 500, 1_000)
"""Fewest and most rounds of a fit, and what they are times the kinds of requests in between: the fewer kinds there are,
the quicker is a round, and the more it is worth. The same for the vectors that are tried before."""

_POOL_BYTES = 400_000_000
STATE_BYTES = 600_000_000
"""Most memory for the states of one level, and for the links of all levels together (bytes)."""

FIRST_ROWS = 1 << 10
"""States that a level has room for at first."""

_FIRST_ROWS_PER_CALL, _CALL_SECONDS = 50, 0.05
"""Rows expanded by a first call, and what a call may take: between two, the clock is looked at and choices are told."""

_MOST_CHOICES = 2_000_000
"""More choices than these do not fit into a certificate that is of use."""

Array = NDArray[Any]


class Listener(Protocol):
    """What is told how a search goes."""

    def sifted(self, prices: EventPrices | None) -> None:
        """Hear of the prices that are tried on the states of the next level, if others than before."""

    def chose(self, choices: Sequence[int]) -> None:
        """Hear of the next choices: the rows of vectors, and how many starts are left out together, negative."""


class _Links(NamedTuple):
    """How the states of a level arose, one entry per state: the last start, its kind, the state before."""

    start: Array
    kind: Array
    parent: Array


class Run:
    """One enumeration below a target; ``kinds`` are sorted as the checker sorts them.

    Attributes:
        schedule: a schedule cheaper than the target, if one was met.
        paused: whether the search stopped for lack of time and can go on.
        note: why the run stopped, or empty.
        states: states made.
        bytes: what states, their links and the choices take while a level grows, about.
    """

    def __init__(
        self, instance: Instance, kinds: Kinds, problem: Problem, pool: Pool, target: int, listener: Listener,
        beam: int | None = None, sieve: Sieve | None = None,
    ) -> None:  # fmt: skip
        """Prepare to search below ``target`` (steps), level after level.

        Args:
            instance: the instance.
            kinds: its kinds of requests.
            problem: what compiled code needs to know of it.
            pool: price vectors; others are added.
            target: below which cost a schedule is sought (steps).
            listener: is told what the checker needs to repeat the search.
            beam: expand only so many states of each level, those of least bound: a way to find schedules, which proves
                nothing unless no state was dropped.
            sieve: leaves out states of a level before it is expanded.
        """
        self._instance, self._kinds = instance, kinds
        self._problem, self._pool = problem, pool
        self._listener, self._beam, self._sieve = listener, beam, sieve
        self._most = (target - 1 - sum(r.output - r.arrival for r in instance.requests)) * problem.scale
        self._width = most_running(instance)
        self._links: list[_Links] = []
        self._choices = np.empty(1 << 12, np.int32)
        self._counters = np.zeros(5, np.int64)
        self._better = np.full(3, -1, np.int64)
        self._effort = _effort(len(kinds.number))
        self._rows = _FIRST_ROWS_PER_CALL
        self._told = 0
        self._pause = self._deadline = 0.0
        self._levels = self._search()
        self.schedule: Schedule | None = None
        self.paused = False
        self.note = ""
        self.states = self.bytes = 0

    def search(self, deadline: float, pause: float = inf) -> bool:
        """Search, or go on searching; return whether nothing is cheaper than the target.

        Args:
            deadline: when the time is over, on the clock of ``time.monotonic`` (seconds); nothing is begun that would
                end after it.
            pause: when to stop although the time is not over; the search may go on later.
        """
        self._deadline, self._pause, self.paused, self.note = deadline, min(pause, deadline), False, ""
        try:
            next(self._levels)
        except StopIteration as end:
            return bool(end.value)
        self.paused = True
        return False

    def close(self) -> None:
        """Give the search up, so that its memory is free at once."""
        self._levels.close()

    def _search(self) -> Generator[None, None, bool]:
        """Search level after level, stopping at each pause; return whether nothing is cheaper than the target."""
        complete = True
        level = _new_level(1, self._width)
        level.code[0] = int((self._kinds.number * self._problem.radix).sum())
        level.total[0] = 0
        level.last[0] = (0, 0, 0, levels.NEVER, 0, 0, -1, 1, 0)
        size = 0 if self._root_is_cut() else 1
        for depth in range(len(self._instance)):
            if size == 0:
                break
            if self._sieve is not None:
                prices = self._sieve.sift(depth, self._problem, level, size, self._most, self._deadline)
                self._listener.sifted(prices)
                if prices is not None:
                    self._pool = self._pool._replace(costs=prices.costs)
            level, size = yield from self._next_level(level, size)
            if self.schedule is not None or self.note:
                return False
            self.states += size
            if self._beam is not None and size > self._beam:
                complete = False
                level.last[:size, levels.ALIVE] &= (
                    level.bound[:size] <= np.partition(level.bound[:size], self._beam - 1)[self._beam - 1]
                )
            self._links.append(
                _Links(*(level.last[:size, c].copy() for c in (levels.START, levels.KIND, levels.PARENT)))
            )
        return complete

    def _root_is_cut(self) -> bool:
        nobody = np.zeros(0, np.int32)
        arrival = self._kinds.arrival
        bound = row_bound(
            self._problem,
            self._pool,
            0,
            self._kinds.number,
            arrival,
            int(arrival.min()),
            0,
            nobody,
            nobody,
            0,
            np.zeros(3, np.int64),
        )
        return bool(bound > self._most)

    def _next_level(self, this: Level, size: int) -> Generator[None, None, tuple[Level, int]]:
        """Expand a level; return the next one and its number of rows, or set ``schedule`` or ``note``."""
        after = _new_level(FIRST_ROWS, self._width)
        table = _new_table(1 << 10)
        counters = self._counters
        counters[[levels.NEXT_ROW, levels.ROWS, levels.CODES]] = 0
        kinds = len(self._kinds.number)
        links = sum(len(link.start) for link in self._links)
        row_bytes = sum(column[:1].nbytes for column in after)
        while counters[levels.NEXT_ROW] < size:
            before = int(counters[levels.NEXT_ROW])
            counters[levels.CHOICES] = 0
            beyond = min(size, before + self._rows)
            begin = time.monotonic()
            result = expansion.expand(
                self._problem, self._pool, self._effort, self._most, this, beyond, after, table, self._choices,
                counters, self._better,
            )  # fmt: skip
            if result == expansion.BETTER:
                # At the last level a start is quickly looked at, and the next schedule may be cheaper still.
                self.schedule = self._schedule()
                self._most = (sum(self.schedule.start) - 1) * self._problem.scale
                continue
            now = time.monotonic()
            if now > begin + _CALL_SECONDS:
                self._rows = max(1, self._rows // 2)
            elif now < begin + _CALL_SECONDS / 2 and beyond == before + self._rows:
                self._rows *= 2
            told = self._choices[: counters[levels.CHOICES]].tolist()
            self._listener.chose(told)
            self._told += len(told)
            if self._told > _MOST_CHOICES:
                self._give_up("the certificate is too large to be useful")
                break
            if now > self._pause:
                self._give_up("out of time")
                yield
            if result == expansion.FULL and counters[levels.NEXT_ROW] == before:
                # Twice the size exists for a moment while the columns are copied.
                self.bytes = (len(after.code) * 3 + size) * row_bytes + links * 12 + self._choices.nbytes
                if self.bytes > STATE_BYTES:
                    self._give_up("out of memory")
                    break
                if (counters[levels.CODES] + kinds) * 2 > len(table.codes):
                    table = _grown_table(table)
                elif len(after.code) - counters[levels.ROWS] <= len(self._choices) - counters[levels.CHOICES]:
                    after = Level(*(np.concatenate([column, np.empty_like(column)]) for column in after))
                else:
                    self._choices = np.concatenate([self._choices, np.empty_like(self._choices)])
        return after, int(counters[levels.ROWS])

    def _give_up(self, why: str) -> None:
        self.note = f"stopped after {len(self._links)} of {len(self._instance)} levels: {why}"

    def _schedule(self) -> Schedule:
        row, kind, start = self._better.tolist()
        path = [(start, kind)]
        for link in reversed(self._links):
            path.append((int(link.start[row]), int(link.kind[row])))
            row = int(link.parent[row])
        starts = [0] * len(self._instance)
        left = [list(members) for members in self._kinds.members]
        for at, kind in path:
            starts[left[kind].pop()] = at
        return Schedule(tuple(starts))


def _effort(kinds: int) -> Effort:
    rounds, tries = (min(most, max(fewest, total // kinds)) for fewest, most, total in (_ROUNDS, _TRIES))
    return Effort(iterations=rounds, tries=tries, gain=0.3, range_tries=40)


def problem_of(instance: Instance, kinds: Kinds, scale: int, width: int) -> Problem:
    """Return what compiled code needs to know of ``instance``; prices are over ``scale``, each for ``width`` steps."""
    radix = np.ones(len(kinds.number), np.int64)
    for j in range(1, len(radix)):
        radix[j] = radix[j - 1] * (kinds.number[j - 1] + 1)
    return Problem(kinds.arrival, kinds.prompt, kinds.output, radix, instance.memory, scale, width)


def first_pool(problem: Problem, prices: Mapping[int, int], horizon: int) -> Pool:
    """Return a pool of one price vector, by step; steps up to ``horizon`` (a multiple of the width) may have prices."""
    kinds, columns = len(problem.arrival), horizon + 1
    rows = max(2, min(POOL_ROWS, _POOL_BYTES // ((kinds + 3) * columns * 8)))
    price_rows, sums, moments = (np.zeros((rows, columns), np.int64) for _ in range(3))
    least = np.zeros((rows, kinds, columns), np.int64)
    nothing = Costs(np.zeros((kinds, 1), np.int64), np.zeros((1, 1), np.int64), np.zeros((0, 1, 1), np.int64))
    pool = Pool(price_rows, sums, moments, least, np.zeros(rows, np.int64), np.zeros(1, np.int64), nothing)
    price = np.zeros(columns, np.int64)
    for step, value in prices.items():
        price[step] = value
    write_prices(problem, pool, 0, price)
    use_row(pool)
    return pool


def vector_of(problem: Problem, pool: Pool, row: int) -> list[int]:
    """Return a price vector: how many steps have no price, then the prices, each of which holds for ``width``."""
    width = problem.width
    blocks = pool.price[row, width::width]
    priced = np.flatnonzero(blocks)
    low, high = (int(priced[0]), int(priced[-1]) + 1) if len(priced) else (0, 0)
    return [low * width, *blocks[low:high].tolist()]


def _new_level(rows: int, width: int) -> Level:
    code, total, bound = (np.empty(rows, np.int64) for _ in range(3))
    end, peak = np.empty((rows, width), np.int32), np.empty((rows, width), np.int32)
    return Level(code, total, bound, np.zeros((rows, 9), np.int32), end, peak)


def _new_table(slots: int) -> Table:
    return Table(np.zeros(slots, np.int64), np.full(slots, -1, np.int32))


def _grown_table(table: Table) -> Table:
    grown = _new_table(4 * len(table.codes))
    for slot in np.flatnonzero(table.heads != -1):
        place = levels.slot_of(grown, table.codes[slot])
        grown.codes[place] = table.codes[slot]
        grown.heads[place] = table.heads[slot]
    return grown

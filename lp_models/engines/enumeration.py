"""The enumeration engine: every start of every request, in plain Python, for a handful of requests.

It is there to check the others, so it borrows nothing from them: no prices, no horizon, no dominance, no loads by step.
Two facts carry it. What runs together holds ever more until one of them completes, so a schedule is feasible if the
memory suffices at every completion. And placing a request only takes room, so what is still to be placed starts no
sooner than it would if it came next.
"""

from __future__ import annotations

import time

from cr_toolkit.model import Request, Schedule
from lp_models.engines.catalogue import ENGINES, Answer, Task

MAX_REQUESTS = 8
"""Most requests: the time grows with the number of start vectors."""

_TESTS = 256
"""Starts tested between two looks at the clock."""


@ENGINES.register("enumeration")
def enumeration(task: Task) -> Answer:
    """Try every start vector that may be cheaper than ``task.upper``."""
    if len(task.instance) > MAX_REQUESTS:
        return Answer(None, False, f"too large to be enumerated: more than {MAX_REQUESTS} requests")
    placing = _Placing(task)
    try:
        placing.place_rest(0, [request.arrival for request in placing.requests])
    except _OutOfTimeError:
        return Answer(placing.best, False, "out of time")
    return Answer(placing.best, True)


class _OutOfTimeError(Exception):
    """The deadline has passed, or nobody waits for the answer any more."""


class _Placing:
    """A depth-first search over the starts of one request after the other, the longest output first.

    Attributes:
        requests: in the order in which they are placed, identical ones next to each other.
        best: the cheapest schedule met, if it is cheaper than the task's.
    """

    def __init__(self, task: Task) -> None:
        self._task = task
        given = task.instance.requests
        self._order = sorted(range(len(given)), key=lambda i: (-given[i].output, given[i].prompt, given[i].arrival))
        self.requests = [given[i] for i in self._order]
        self._placed: list[tuple[int, Request]] = []
        self._delays = task.upper - sum(request.output for request in given)  # a better schedule delays less in all
        self._tests = 0
        self.best: Schedule | None = None

    def place_rest(self, delays: int, first: list[int]) -> None:
        """Try all starts of what is not placed, each at ``first`` or later; the placed ones wait ``delays`` steps."""
        rest = self.requests[len(self._placed) :]
        if not rest:
            starts = dict(zip(self._order, (start for start, _ in self._placed), strict=True))
            self.best, self._delays = Schedule(tuple(starts[i] for i in range(len(starts)))), delays
            return
        request = rest[0]
        first = [self._first_fit(other, k) for other, k in zip(rest, first, strict=True)]
        least = delays + sum(k - other.arrival for other, k in zip(rest, first, strict=True)) - first[0]
        k = first[0]
        while least + k < self._delays:
            self._placed.append((k, request))
            # Identical requests start in the order in which they are placed.
            later = [max(k, f) if other == request else f for other, f in zip(rest[1:], first[1:], strict=True)]
            self.place_rest(delays + k - request.arrival, later)
            self._placed.pop()
            k = self._first_fit(request, k + 1)

    def _first_fit(self, request: Request, k: int) -> int:
        """Return the first start >= ``k`` at which ``request`` fits beside what is placed."""
        while later := self._not_before(request, k):
            k = later
        return k

    def _not_before(self, request: Request, k: int) -> int:
        """Return 0 if ``request`` fits at ``k``; else a later start, before which it does not fit."""
        self._watch()
        done = k + request.output
        completions = (start + other.output for start, other in self._placed)
        for step in (done, *(c for c in completions if k < c < done)):
            held = sum(o.prompt + step - x for x, o in self._placed if x < step <= x + o.output)
            over = held + request.prompt + step - k - self._task.instance.memory
            if over > 0:
                # It still runs in that step, with a token less for every step that it starts later.
                return min(k + over, step)
        return 0

    def _watch(self) -> None:
        if self._tests % _TESTS == 0 and (self._task.stop.is_set() or time.monotonic() >= self._task.deadline):
            raise _OutOfTimeError
        self._tests += 1

"""The process in which CP-SAT works: reads a problem as a line of JSON, writes an answer as a line of JSON, repeats.

OR-Tools and highspy may bring two copies of one solver library, which cannot share a process. So this file is run as a
script, by its path: it imports the standard library and OR-Tools, nothing of this project.

    problem  {"memory": M, "requests": [[arrival, prompt, output], ...], "upper": U, "seconds": S, "plain": false,
              "starts": [[first, last, first, last, ...], ...]}        intervals of useful starts
    answer   {"start": [...] or null, "proved": bool, "note": "..."}, as an ``Answer`` of an engine

The process ends with its standard input, even in the middle of a search, so that it cannot outlive whoever asked.

The model. With starts x_i and completions C_i = x_i + o_i, every ordered pair (i, j) is in one of three states:
``after`` j starts when i has completed, C_i <= x_j; ``gone`` j has completed, C_j < C_i; ``active`` j runs in step C_i.
The memory held rises from one completion to the next, so it is enough that it fits in every step C_i.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import sys
import threading
import time
from itertools import pairwise
from typing import Any, TextIO

_IDLE = 60.0
"""How long to wait for another problem before leaving (seconds)."""

_LAYERS = 4
"""A request's memory is approximated from below by so many steps of a staircase in the cumulative constraint."""

_FIRST_TRIES = 6
"""After so many improvements by "is there anything cheaper?" the rest is asked as "what is the least?"."""


class PairwiseModel:
    """The schedules of a problem that cost less than ``upper``.

    Args:
        cp_model: the module of that name.
        problem: as in the description of the module.
        upper: cost of a known schedule (steps).
    """

    def __init__(self, cp_model: Any, problem: dict[str, Any], upper: int) -> None:
        self._memory: int = problem["memory"]
        self._requests: list[list[int]] = problem["requests"]
        self._all = range(len(self._requests))
        self._peaks = [prompt + output for _, prompt, output in self._requests]
        self.model = model = cp_model.CpModel()
        domains = map(cp_model.Domain.from_flat_intervals, problem["starts"])
        self.starts = [model.new_int_var_from_domain(domain, "") for domain in domains]
        self._ends = [x + output for x, (_, _, output) in zip(self.starts, self._requests, strict=True)]
        base = sum(output - arrival for arrival, _, output in self._requests)
        model.add(sum(self.starts) <= upper - 1 - base)
        self._after: dict[tuple[int, int], Any] = {}
        self._gone: dict[tuple[int, int], Any] = {}
        self._active: dict[tuple[int, int], Any] = {}
        self._held: list[Any] = []
        """Per request i, the memory that the others hold in step C_i (tokens)."""
        self._relate()
        self._hold(exact=not problem["plain"])
        self._order_identical()
        if not problem["plain"]:
            self._leave_out_left_moves()
            self._accumulate(cp_model)

    def _relate(self) -> None:
        """Say what ``after``, ``gone`` and ``active`` mean for every ordered pair."""
        model = self.model
        for i in self._all:
            for j in self._all:
                if i == j:
                    continue
                after, gone, active = (model.new_bool_var("") for _ in range(3))
                model.add(self.starts[j] >= self._ends[i]).only_enforce_if(after)
                model.add(self.starts[j] <= self._ends[i] - 1).only_enforce_if(~after)
                model.add(self._ends[i] >= self._ends[j] + 1).only_enforce_if(gone)
                model.add(self._ends[i] <= self._ends[j]).only_enforce_if(~gone)
                model.add_exactly_one(after, gone, active)
                self._after[i, j], self._gone[i, j], self._active[i, j] = after, gone, active

    def _hold(self, exact: bool) -> None:
        """Limit the memory held at completions.

        The memory that j holds at C_i is only bounded from below in the plain model; ``exact`` also bounds it from
        above, which the rule of left moves needs, and says what follows for the pair alone.
        """
        model = self.model
        for i in self._all:
            room = self._memory - self._peaks[i]
            held = []
            for j in self._all:
                if i == j:
                    continue
                _, prompt, output = self._requests[j]
                active, grown = self._active[i, j], self._ends[i] - self.starts[j]
                if exact and prompt + 1 > room:
                    model.add(active == 0)
                    continue
                tokens = model.new_int_var(0, self._peaks[j], "")
                model.add(tokens >= prompt + grown).only_enforce_if(active)
                if exact:
                    model.add(tokens <= prompt + grown).only_enforce_if(active)
                    model.add(tokens == 0).only_enforce_if(~active)
                    model.add(tokens >= (prompt + 1) * active)
                    model.add(grown <= min(room - prompt, output)).only_enforce_if(active)
                held.append(tokens)
            self._held.append(sum(held))
            model.add(self._held[i] <= room)

    def _order_identical(self) -> None:
        groups: dict[tuple[int, ...], list[int]] = {}
        for i in self._all:
            groups.setdefault(tuple(self._requests[i]), []).append(i)
        for group in groups.values():
            for earlier, later in pairwise(group):
                self.model.add(self.starts[earlier] <= self.starts[later])

    def _leave_out_left_moves(self) -> None:
        """Leave out schedules in which a request could start one step earlier: they are not optimal.

        Moved from x_i > a_i to x_i - 1, request i holds s_i + 1 tokens in step x_i and one more in the steps up to
        C_i - 1. So one of these is too full: either step x_i had less room than that, or a later one was full. As the
        memory held rises between completions, that step is the completion of another request j.
        """
        model = self.model
        full = []
        for held, peak in zip(self._held, self._peaks, strict=True):
            is_full = model.new_bool_var("")
            model.add(held >= self._memory - peak).only_enforce_if(is_full)
            full.append(is_full)
        for i in self._all:
            arrival, prompt, _ = self._requests[i]
            reasons = [model.new_bool_var("")]
            model.add(self.starts[i] <= arrival).only_enforce_if(reasons[0])
            for j in self._all:
                if i == j:
                    continue
                first, later = model.new_bool_var(""), model.new_bool_var("")
                model.add(self.starts[i] <= self._ends[j]).only_enforce_if(first)
                model.add_implication(first, self._after[j, i])
                model.add(self._held[j] >= self._memory - self._peaks[j] - prompt).only_enforce_if(first)
                for consequence in (full[j], self._active[j, i], self._gone[i, j]):
                    model.add_implication(later, consequence)
                reasons += [first, later]
            model.add_bool_or(reasons)

    def _accumulate(self, cp_model: Any) -> None:
        """Limit staircases below every request's memory in all steps: redundant, but seen before all is ordered."""
        intervals, demands = [], []
        for start, (_, prompt, output) in zip(self.starts, self._requests, strict=True):
            steps = min(_LAYERS, output)
            level = 0
            for step in range(steps):
                offset = step * output // steps
                intervals.append(self.model.new_fixed_size_interval_var(start + offset, output - offset, ""))
                demands.append(prompt + 1 + offset - level)
                level = prompt + 1 + offset
        self.model.add_cumulative(intervals, demands, self._memory)


def solve(problem: dict[str, Any], deadline: float) -> dict[str, Any]:
    """Return the best answer found before ``deadline`` (on ``time.monotonic``).

    CP-SAT shows twice as fast that there is no cheaper schedule when it has no objective; where there is one it is
    asked again with the lower target, and for the least one if that happens often or the plain model is wanted.
    """
    from ortools.sat.python import cp_model

    requests, upper = problem["requests"], problem["upper"]
    best: list[int] | None = None
    tries = 0 if problem["plain"] else _FIRST_TRIES
    while True:
        left = deadline - time.monotonic()
        if left <= 0:
            return {"start": best, "proved": False, "note": "the time is over"}
        built = PairwiseModel(cp_model, problem, upper)
        minimise = tries == 0
        if minimise:
            built.model.minimize(sum(built.starts))
        for variable, value in zip(built.starts, best or (), strict=False):
            built.model.add_hint(variable, value)
        solver = cp_model.CpSolver()
        settings = solver.parameters
        settings.num_workers, settings.random_seed, settings.max_time_in_seconds = 1, 0, left
        settings.log_search_progress = settings.catch_sigint_signal = False
        if not problem["plain"]:
            settings.linearization_level = 0
        status = solver.solve(built.model)
        if status == cp_model.INFEASIBLE:
            return {"start": best, "proved": True, "note": ""}
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            best = [solver.value(variable) for variable in built.starts]
            upper = sum(k - a + o for k, (a, _, o) in zip(best, requests, strict=True))
            if minimise and status == cp_model.OPTIMAL:
                return {"start": best, "proved": True, "note": ""}
            tries = max(0, tries - 1)
        elif status == cp_model.UNKNOWN:
            return {"start": best, "proved": False, "note": "the time is over"}
        else:
            return {"start": best, "proved": False, "note": f"CP-SAT: {solver.status_name(status)}"}


def answer(line: str, received: float) -> dict[str, Any]:
    """Return the answer to a line, whatever it is; ``received`` is when it was read (on ``time.monotonic``)."""
    try:
        problem = json.loads(line)
        return solve(problem, received + problem["seconds"])
    except Exception as error:  # Whoever asked needs a sentence, not a broken pipe.
        return {"start": None, "proved": False, "note": f"failed: {type(error).__name__}: {error}"}


def _listen(lines: queue.SimpleQueue[tuple[str, float]]) -> None:
    for line in sys.stdin:
        lines.put((line, time.monotonic()))
    os._exit(0)


def main() -> None:
    """Answer line by line until the input ends or nothing came for a while."""
    # A Ctrl-C reaches all processes of a terminal; whoever asked decides what becomes of this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Answers have a channel of their own; what a library prints goes to the standard error stream.
    answers: TextIO = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    lines: queue.SimpleQueue[tuple[str, float]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(lines,), daemon=True).start()
    while True:
        try:
            line, received = lines.get(timeout=_IDLE)
        except queue.Empty:
            break
        print(json.dumps(answer(line, received)), file=answers, flush=True)
    # The listener may hold the lock of the input, so leave without the usual tidying.
    os._exit(0)


if __name__ == "__main__":
    main()

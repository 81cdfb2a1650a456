"""The cp-sat engine: starts as integers, pairs of requests as Booleans, solved by OR-Tools in a process of its own.

The model has no variable per step, so it does not grow with the memory: it is for few requests with long outputs. It is
described in ``lp_models/cp_sat_process.py``, which is all that the other process runs. A process is kept for the next
task, because starting one takes longer than most tasks.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from typing import Any

from cr_toolkit.model import Schedule
from lp_models.engines.catalogue import ENGINES, Answer, Task
from lp_models.horizon import latest_starts, useful_starts
from lp_models.prices import kinds_of
from lp_models.worker import Kept, WorkerError

COMMAND = (sys.executable, "-P", str(Path(__file__).parents[1] / "cp_sat_process.py"))
"""How the other process is started; -P keeps this package's folder out of its path."""

INSTALL = "OR-Tools is not installed; install it with: pip install cr-toolkit[cp-sat]"

_MAX_REQUESTS = 100
"""Most requests: every ordered pair has some ten constraints."""

_MAX_NUMBER = 2**44
"""Largest memory and step: sums over all requests stay far from 64 bits."""

_MAX_CHARGES = 2_000_000
"""Reduced costs are looked at while (distinct requests) x (steps) is at most this."""

_GRACE = 1.0
"""How long beyond the deadline the process may take to answer (seconds)."""

_processes = Kept(COMMAND)


@ENGINES.register("cp-sat")
def cp_sat(task: Task) -> Answer:
    """Solve the pairwise model for a schedule cheaper than ``task.upper``."""
    return solve(task)


def available() -> bool:
    """Whether OR-Tools is installed; says so without importing it."""
    return importlib.util.find_spec("ortools") is not None


def solve(task: Task, *, plain: bool = False) -> Answer:
    """Solve the pairwise model, or with ``plain`` the one without anything redundant, to compare with."""
    instance = task.instance
    if not available():
        return Answer(None, False, INSTALL)
    if len(instance) > _MAX_REQUESTS:
        return Answer(None, False, f"too large for CP-SAT: more than {_MAX_REQUESTS} requests")
    limits = latest_starts(instance, task.upper)
    if max(instance.memory, max(limits) + instance.longest_output) > _MAX_NUMBER:
        return Answer(None, False, "too large for CP-SAT: its numbers need more than 44 bits")
    starts: list[list[int]] = [[r.arrival, limit] for r, limit in zip(instance.requests, limits, strict=True)]
    if not plain:
        kinds = kinds_of(instance)
        by_kind = useful_starts(instance, task.upper, task.prices, kinds, _MAX_CHARGES)
        for members, useful in zip(kinds.members, by_kind or (), strict=False):
            if not useful:
                return Answer(None, True)
            for index in members:
                starts[index] = _intervals(useful)
    problem = {
        "memory": instance.memory,
        "requests": [[r.arrival, r.prompt, r.output] for r in instance.requests],
        "starts": starts,
        "upper": task.upper,
        "plain": plain,
    }
    try:
        return _read(_ask(problem, task), len(instance))
    except WorkerError as error:
        return Answer(None, False, str(error))


def _intervals(steps: Iterable[int]) -> list[int]:
    """Return ascending steps as [first, last, first, last, ...]."""
    ascending = list(steps)
    ends = [step for before, after in pairwise(ascending) if after > before + 1 for step in (before, after)]
    return [ascending[0], *ends, ascending[-1]]


def _ask(problem: dict[str, Any], task: Task) -> str:
    """Return what the process answers, or raise a ``WorkerError``; a process that answered is kept."""
    question = json.dumps(problem | {"seconds": task.seconds})
    for attempt in (1, 2):
        worker = _processes.take()
        try:
            line = worker.ask([question], task.deadline + _GRACE, task.stop)
        except WorkerError as error:
            # One that was kept may just be leaving for lack of work.
            if attempt == 2 or not error.ended:
                raise
        else:
            break
    _processes.give_back(worker)
    return line


def _read(line: str, requests: int) -> Answer:
    """Return the answer that ``line`` describes; whatever is not one has no proof."""
    try:
        found = json.loads(line)
        start, proved, note = found["start"], found["proved"], found["note"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return Answer(None, False, "its process answered with something else than an answer")
    starts_fit = start is None or (
        isinstance(start, list) and len(start) == requests and all(type(k) is int for k in start)
    )
    if not starts_fit or type(proved) is not bool or type(note) is not str:
        return Answer(None, False, "its process answered with something else than an answer")
    return Answer(None if start is None else Schedule(tuple(start)), proved, note)


def close() -> None:
    """End the process that is kept, if any."""
    _processes.close()

"""Tasks: the pieces a search is cut into, each with its own random stream, run here or in worker processes."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing import parent_process
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from adversaries.evaluation import Evaluator
from adversaries.searchers import SEARCHERS, Scored
from adversaries.space import Space
from cr_toolkit.policies import Admission, Policy, Queue, make_policy

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event

_KEPT = 8


@dataclass(frozen=True)
class Setting:
    """What is attacked and where: the same for all tasks of a search."""

    policy: str | Policy | type[Policy]
    parameters: Mapping[str, int | str]
    admission: Admission
    queue: Queue
    space: Space
    seed: int

    def evaluator(self) -> Evaluator:
        """Return an evaluator for the policy.

        Raises:
            InputError: if there is no such policy or parameter.
        """
        return Evaluator(make_policy(self.policy, self.parameters), self.admission, self.queue)


@dataclass(frozen=True)
class Task:
    """A number of evaluations for one searcher.

    Attributes:
        index: its number, which keys its random stream.
        searcher: registered name.
        evaluations: how many.
        max_requests: most requests of its candidates.
        elites: candidates it may start from, best first.
    """

    index: int
    searcher: str
    evaluations: int
    max_requests: int
    elites: tuple[Scored, ...]


class Outcome(NamedTuple):
    """What a task found: its best candidates, best first, and how many evaluations it made."""

    task: Task
    evaluations: int
    found: tuple[Scored, ...]
    interrupted: bool = False


def task_random(seed: int, index: int) -> Random:
    """Return the random stream of task ``index``: independent of the others and of who runs it."""
    words = np.random.SeedSequence(seed, spawn_key=(index,)).generate_state(4, np.uint64)
    return Random(int.from_bytes(words.tobytes(), "little"))


def run_task(
    setting: Setting, evaluator: Evaluator, task: Task, deadline: float | None, stopped: Callable[[], bool]
) -> Outcome:
    """Run ``task`` until it is done, the ``deadline`` (of time.monotonic) has passed or ``stopped`` says so."""
    space = setting.space.within(task.max_requests)
    searcher = SEARCHERS[task.searcher](space, task_random(setting.seed, task.index), task.elites)
    found: dict[object, Scored] = {}
    done = 0
    try:
        while done < task.evaluations and not stopped() and (deadline is None or time.monotonic() < deadline):
            asked = searcher.ask()
            done += 1
            pattern = space.fitted(asked)
            if not space.admits(pattern):
                continue
            ratio = evaluator.evaluate(pattern).ratio
            # A searcher climbs over what it proposes, whatever the policy's premises make of it.
            searcher.tell(asked, ratio)
            found[pattern] = Scored(pattern, ratio)
            if len(found) > 4 * _KEPT:
                found = {scored.pattern: scored for scored in _best(found)}
    except KeyboardInterrupt:
        return Outcome(task, done, _best(found), interrupted=True)
    return Outcome(task, done, _best(found))


def _best(found: Mapping[object, Scored]) -> tuple[Scored, ...]:
    # Stable: among equal ratios the smaller instance, then the one found first.
    return tuple(sorted(found.values(), key=lambda scored: (-scored.ratio, scored.pattern.size))[:_KEPT])


class _Worker(NamedTuple):
    setting: Setting
    evaluator: Evaluator
    deadline: float | None
    stop: Event


_worker: list[_Worker] = []


def start_worker(setting: Setting, deadline: float | None, stop: Event) -> None:
    """Prepare a worker process: Ctrl-C is the parent's business, and no worker outlives the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()
    _worker.append(_Worker(setting, setting.evaluator(), deadline, stop))


def run_in_worker(task: Task) -> Outcome:
    """Run ``task`` in a process prepared by ``start_worker``."""
    worker = _worker[-1]
    return run_task(worker.setting, worker.evaluator, task, worker.deadline, worker.stop.is_set)


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

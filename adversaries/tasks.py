"""Tasks: the pieces a search is cut into, each with its own random stream, run here or in worker processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adversaries.campaigns.journal import TaskLog
from adversaries.evaluation import Evaluator
from adversaries.pattern import Pattern
from adversaries.searchers import SEARCHERS, Scored
from adversaries.searchers.base import WatchingSearcher
from adversaries.space import Space
from adversaries.subject import Subject
from cr_toolkit.policies import Admission, Policy, Queue, make_policy

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
        alpha: largest share of the memory that a peak of its candidates may have.
        max_requests: most requests of its candidates.
        elites: candidates it may start from, best first.
    """

    index: int
    searcher: str
    evaluations: int
    alpha: Fraction
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
    setting: Setting,
    evaluator: Evaluator,
    task: Task,
    *,
    deadline: float | None = None,
    stopped: Callable[[], bool] = lambda: False,
    log: TaskLog | None = None,
) -> Outcome:
    """Run a task.

    Args:
        setting: what is attacked.
        evaluator: made by ``setting``.
        task: the task.
        deadline: of time.monotonic, to stop at.
        stopped: asked before every evaluation whether to stop.
        log: of the task's finished evaluations: those it holds are not made again, new ones are added.
    """
    space = setting.space.within(task.max_requests, task.alpha)
    searcher = SEARCHERS[task.searcher](space, task_random(setting.seed, task.index), task.elites)
    if isinstance(searcher, WatchingSearcher):
        searcher.watch(Subject(setting.policy, setting.parameters, setting.admission, setting.queue))
    searcher.use(evaluator)
    found: dict[object, Scored] = {}
    done = 0
    known: NDArray[np.int64] | None = None

    def measure(pattern: Pattern) -> Fraction | None:
        evaluation = evaluator.evaluate_above(pattern, searcher.threshold, known)
        return None if evaluation is None else evaluation.ratio

    with nullcontext() if log is None else log as kept:
        try:
            while done < task.evaluations and not stopped() and (deadline is None or time.monotonic() < deadline):
                asked = searcher.ask()
                done += 1
                pattern = space.fitted(asked)
                # A schedule belongs to what the searcher proposed, not to what the policy's premises make of it.
                known = searcher.schedule if pattern == asked else None
                if not space.admits(pattern):
                    continue
                ratio = measure(pattern) if kept is None else kept.ratio(pattern, measure)
                if ratio is None:
                    searcher.reject(asked)
                    continue
                # A searcher climbs over what it proposes, whatever the policy's premises make of it.
                searcher.tell(asked, ratio)
                if pattern not in found or ratio > found[pattern].ratio:
                    found[pattern] = Scored(pattern, ratio, None if known is None else tuple(known.tolist()))
                if len(found) > 4 * _KEPT:
                    found = {scored.pattern: scored for scored in _best(found)}
        except KeyboardInterrupt:
            return Outcome(task, done, _best(found), interrupted=True)
    return Outcome(task, done, _best(found))


def _best(found: Mapping[object, Scored]) -> tuple[Scored, ...]:
    """Return the best few, and the best of every spread of volumes, best first."""
    # Stable: among equal ratios the smaller instance, then the one found first.
    ranked = sorted(found.values(), key=lambda scored: (-scored.ratio, scored.pattern.size))
    kinds = {scored.pattern.spread: scored for scored in reversed(ranked)}
    return tuple(dict.fromkeys((*ranked[:_KEPT], *sorted(kinds.values(), key=lambda scored: -scored.ratio))))

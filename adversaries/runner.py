"""Running tasks within a budget, in this process or in several, merging their outcomes in order."""

from __future__ import annotations

import pickle
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from typing import Literal

from adversaries.portfolio import LAG, Portfolio
from adversaries.tasks import Outcome, Setting, Task, run_in_worker, run_task, start_worker
from cr_toolkit.errors import CrtoolError

StopReason = Literal["evaluations", "seconds", "interrupted"]


@dataclass(frozen=True)
class Budget:
    """When to stop: after a counted number of evaluations, at a time of time.monotonic, or whichever is first."""

    evaluations: int | None
    deadline: float | None


class Runner:
    """Plans, runs and merges the tasks of one search.

    Args:
        setting: what is attacked.
        portfolio: plans tasks and takes in outcomes.
        budget: when to stop.
        merged: called after each merged outcome with the evaluations so far and whether the best changed.
    """

    def __init__(
        self, setting: Setting, portfolio: Portfolio, budget: Budget, merged: Callable[[int, bool], None]
    ) -> None:
        self._setting = setting
        self._portfolio = portfolio
        self._budget = budget
        self._merged = merged
        self._planned: deque[Task] = deque()
        self._next = 0
        self._promised = 0
        self.evaluations = 0
        """Evaluations of all merged outcomes."""

    def run(self, jobs: int) -> StopReason:
        """Run until the budget is spent; return what stopped it. Ctrl-C keeps what was found."""
        for _ in range(LAG):
            self._plan_one()
        if jobs > 1 and _can_travel(self._setting):
            return self._run_in_processes(jobs)
        return self._run_here()

    def _plan_one(self) -> None:
        limit = self._budget.evaluations
        left = None if limit is None else limit - self._promised
        if left is not None and left <= 0:
            return
        task = self._portfolio.plan(self._next, left if left is not None else 1 << 60)
        self._next += 1
        self._promised += task.evaluations
        self._planned.append(task)

    def _merge(self, outcome: Outcome) -> None:
        self.evaluations += outcome.evaluations
        changed = self._portfolio.merge(outcome)
        self._plan_one()
        self._merged(self.evaluations, changed)

    def _late(self) -> bool:
        return self._budget.deadline is not None and time.monotonic() >= self._budget.deadline

    def _run_here(self) -> StopReason:
        evaluator = self._setting.evaluator()
        try:
            while self._planned:
                if self._late():
                    return "seconds"
                task = self._planned.popleft()
                outcome = run_task(self._setting, evaluator, task, self._budget.deadline, lambda: False)
                self._merge(outcome)
                if outcome.interrupted:
                    return "interrupted"
                if outcome.evaluations < task.evaluations:
                    return "seconds"
        except KeyboardInterrupt:
            return "interrupted"
        return "evaluations"

    def _run_in_processes(self, jobs: int) -> StopReason:
        context = get_context("spawn")
        stop = context.Event()
        workers = min(jobs, LAG)
        pool = ProcessPoolExecutor(
            workers, context, initializer=start_worker, initargs=(self._setting, self._budget.deadline, stop)
        )
        running: dict[Future[Outcome], int] = {}
        waiting: dict[int, Outcome] = {}
        due = 0
        reason: StopReason = "evaluations"
        try:
            while True:
                while self._planned and len(running) <= workers and not self._late():
                    task = self._planned.popleft()
                    running[pool.submit(run_in_worker, task)] = task.index
                if not running:
                    break
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    waiting[running.pop(future)] = future.result()
                while due in waiting:
                    self._merge(waiting.pop(due))
                    due += 1
            if self._late():
                reason = "seconds"
        except KeyboardInterrupt:
            reason = "interrupted"
        except BrokenProcessPool:
            raise CrtoolError("a worker process died; out of memory? fewer jobs need less") from None
        finally:
            stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
        return reason


def _can_travel(setting: Setting) -> bool:
    # A policy defined in a notebook cannot be sent to another process; one process gives the same result.
    try:
        pickle.dumps(setting)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True

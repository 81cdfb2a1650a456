"""Running tasks within a budget, whoever does the work, and merging their outcomes in order."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from adversaries.campaigns.journal import Journal
from adversaries.portfolio import LAG, Portfolio
from adversaries.searchers import Scored
from adversaries.tasks import Outcome, Task
from adversaries.workforce.base import Workforce

_SAMPLE = 8

StopReason = Literal["evaluations", "seconds", "interrupted"]


@dataclass(frozen=True)
class Budget:
    """When to stop: after a counted number of evaluations, at a time of time.monotonic, or whichever is first."""

    evaluations: int | None
    deadline: float | None


class NewBest(NamedTuple):
    """A candidate that was better than all before it, and the number of evaluations merged by then."""

    scored: Scored
    evaluations: int


class Runner:
    """Plans, runs and merges the tasks of one search.

    Args:
        portfolio: plans tasks and takes in outcomes.
        budget: when to stop.
        journal: where finished tasks are logged, or None.
    """

    def __init__(self, portfolio: Portfolio, budget: Budget, journal: Journal | None) -> None:
        self._portfolio = portfolio
        self._budget = budget
        self._journal = journal
        self._planned: deque[Task] = deque()
        self._next = 0
        self._due = 0
        self._promised = 0
        self._unbroken = True
        self.evaluations = 0
        """Evaluations of all merged outcomes."""
        self.best = None if portfolio.best is None else NewBest(portfolio.best, 0)
        """The last candidate that was a new best when it was merged."""
        for _ in range(LAG):
            self._plan_one()

    @property
    def tasks(self) -> int:
        """Outcomes merged."""
        return self._due

    def resume(self) -> tuple[Scored, ...]:
        """Merge what the journal says of finished tasks, as if they had just been run.

        Returns:
            The best candidate and some of those it merged, for a look at whether their ratios still hold.
        """
        if self._journal is None:
            return ()
        sample: deque[Scored] = deque(maxlen=_SAMPLE)
        for finished in self._journal.finished():
            if not self._planned or finished.evaluations != self._planned[0].evaluations:
                break
            self._merge(Outcome(self._planned.popleft(), finished.evaluations, finished.found))
            sample.extend(finished.found[:1] + finished.found[-1:])
        self._journal.keep(self._due)
        best = () if self.best is None else (self.best.scored,)
        return tuple(dict.fromkeys((*best, *sample)))

    def run(self, workforce: Workforce, merged: Callable[[bool], None]) -> StopReason:
        """Run until the budget is spent; return what stopped it. Ctrl-C keeps what was found.

        Args:
            workforce: who runs the tasks; closed at the end.
            merged: called after each merged outcome, told whether the best changed.
        """
        try:
            try:
                interrupted = self._work(workforce, merged)
            finally:
                workforce.close()
        except KeyboardInterrupt:
            interrupted = True
        if interrupted:
            return "interrupted"
        spent = self._budget.evaluations is not None and self.evaluations >= self._budget.evaluations
        return "evaluations" if spent else "seconds"

    def _work(self, workforce: Workforce, merged: Callable[[bool], None]) -> bool:
        """Run tasks until none is left or it is late; return whether one was interrupted."""
        waiting: dict[int, Outcome] = {}
        running = 0
        while True:
            while self._planned and running < workforce.places and not self._late():
                workforce.submit(self._planned.popleft())
                running += 1
            if not running:
                return False
            for outcome in workforce.collect():
                running -= 1
                waiting[outcome.task.index] = outcome
            while self._due in waiting:
                outcome = waiting.pop(self._due)
                changed = self._merge(outcome)
                self._log(outcome)
                merged(changed)
                if outcome.interrupted:
                    return True

    def _plan_one(self) -> None:
        limit = self._budget.evaluations
        left = None if limit is None else limit - self._promised
        if left is not None and left <= 0:
            return
        task = self._portfolio.plan(self._next, left if left is not None else 1 << 60)
        self._next += 1
        self._promised += task.evaluations
        self._planned.append(task)

    def _merge(self, outcome: Outcome) -> bool:
        self._due += 1
        self.evaluations += outcome.evaluations
        changed = self._portfolio.merge(outcome)
        if changed:
            assert self._portfolio.best is not None
            self.best = NewBest(self._portfolio.best, self.evaluations)
        self._plan_one()
        return changed

    def _log(self, outcome: Outcome) -> None:
        # A task cut short is not finished: its evaluations stay in its own log, and so do those of the tasks after it.
        self._unbroken = self._unbroken and outcome.evaluations == outcome.task.evaluations
        if self._journal is not None and self._unbroken:
            self._journal.finish(outcome.task.index, outcome.evaluations, outcome.found)

    def _late(self) -> bool:
        return self._budget.deadline is not None and time.monotonic() >= self._budget.deadline

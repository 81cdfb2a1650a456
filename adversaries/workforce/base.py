"""Who runs the tasks of a search: this process, several local ones, or a cluster. The results are the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from adversaries.campaigns.journal import open_log, task_file
from adversaries.tasks import Outcome, Setting, Task, run_task


class Workforce(Protocol):
    """Takes tasks and returns their outcomes in any order."""

    @property
    def places(self) -> int:
        """How many tasks it can have at a time now."""

    def submit(self, task: Task) -> None:
        """Take a task."""

    def collect(self) -> Sequence[Outcome]:
        """Wait for at least one outcome of the tasks taken.

        Raises:
            CrtoolError: if the tasks cannot be run.
        """

    def close(self) -> None:
        """Stop; outcomes not collected are lost."""


class ThisProcess:
    """Runs each task when its outcome is asked for.

    Args:
        setting: what is attacked.
        deadline: of time.monotonic, when tasks stop.
        journal: folder of the tasks' logs, or None.
    """

    places = 1

    def __init__(self, setting: Setting, deadline: float | None, journal: Path | None) -> None:
        self._setting = setting
        self._evaluator = setting.evaluator()
        self._deadline = deadline
        self._journal = journal
        self._tasks: list[Task] = []

    @property
    def is_busy(self) -> bool:
        """Whether a task waits to be run."""
        return bool(self._tasks)

    def submit(self, task: Task) -> None:
        """Take a task."""
        self._tasks.append(task)

    def collect(self) -> Sequence[Outcome]:
        """Run the task; Ctrl-C ends it with what it has found."""
        task = self._tasks.pop(0)
        log = None if self._journal is None else open_log(task_file(self._journal, task.index))
        return [run_task(self._setting, self._evaluator, task, deadline=self._deadline, log=log)]

    def close(self) -> None:
        """Nothing to stop."""

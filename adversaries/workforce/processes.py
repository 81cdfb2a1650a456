"""Tasks in worker processes of this machine."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from adversaries.campaigns.journal import open_log, task_file
from adversaries.evaluation import Evaluator
from adversaries.portfolio import LAG
from adversaries.tasks import Outcome, Setting, Task, run_task
from adversaries.workforce.base import ThisProcess
from cr_toolkit.errors import CrtoolError

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event


_ALONE = 2.0
"""Seconds that a search runs in its own process first: many are finished before workers would have started."""


class Processes:
    """Worker processes; until they have started, the tasks run in this one.

    Args:
        setting: what is attacked; it must be able to travel.
        jobs: how many processes.
        deadline: of time.monotonic, when tasks stop.
        journal: folder of the tasks' logs, or None.
    """

    def __init__(self, setting: Setting, jobs: int, deadline: float | None, journal: Path | None) -> None:
        self._here = ThisProcess(setting, deadline, journal)
        self._alone_until = time.monotonic() + _ALONE
        self._workers = min(jobs, LAG)
        # Spawned, so that a worker is the same on every system and shares nothing with what the caller runs.
        context = get_context("spawn")
        self._stop = context.Event()
        self._pool = ProcessPoolExecutor(
            self._workers, context, initializer=_start, initargs=(setting, deadline, journal, self._stop)
        )
        self._started: list[Future[None]] = []
        self._running: set[Future[Outcome]] = set()

    @property
    def places(self) -> int:
        """One more than there are workers at work, so that none waits for the next task."""
        return self._workers + 1 if self._is_ready() else 1

    def submit(self, task: Task) -> None:
        """Take a task."""
        if not self._is_ready():
            self._here.submit(task)
            return
        try:
            self._running.add(self._pool.submit(_run, task))
        except BrokenProcessPool:
            raise _died() from None

    def collect(self) -> Sequence[Outcome]:
        """Wait for an outcome; Ctrl-C ends a task that runs here with what it has found.

        Raises:
            CrtoolError: if a worker process died.
        """
        if self._here.is_busy:
            return self._here.collect()
        done, self._running = wait(self._running, return_when=FIRST_COMPLETED)
        try:
            return [future.result() for future in done]
        except BrokenProcessPool:
            raise _died() from None

    def close(self) -> None:
        """Stop the tasks at work, then the workers."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _is_ready(self) -> bool:
        if not self._started and time.monotonic() >= self._alone_until:
            # The pool starts a process for each call that finds none idle.
            with _deaf_children():
                self._started = [self._pool.submit(_greet) for _ in range(self._workers)]
        return any(future.done() for future in self._started)


def can_travel(setting: Setting) -> bool:
    """Return whether ``setting`` can be sent to another process; a policy defined in a notebook cannot."""
    try:
        pickle.dumps(setting)
    except (pickle.PicklingError, AttributeError, TypeError):
        return False
    return True


def _died() -> CrtoolError:
    return CrtoolError(
        "a worker process died; out of memory, which fewer jobs need less of, or called from a script outside of "
        "`if __name__ == '__main__':`"
    )


@contextmanager
def _deaf_children() -> Iterator[None]:
    """Let processes started in the block inherit that Ctrl-C is held back; it is the parent's business."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class _Worker(NamedTuple):
    setting: Setting
    evaluator: Evaluator
    deadline: float | None
    journal: Path | None
    stop: Event


_worker: list[_Worker] = []


def _start(setting: Setting, deadline: float | None, journal: Path | None, stop: Event) -> None:
    """Prepare a worker process; none outlives the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow_parent, daemon=True).start()
    _worker.append(_Worker(setting, setting.evaluator(), deadline, journal, stop))


def _greet() -> None:
    """Do nothing: a worker that can say so has started."""


def _run(task: Task) -> Outcome:
    worker = _worker[-1]
    log = None if worker.journal is None else open_log(task_file(worker.journal, task.index))
    return run_task(
        worker.setting, worker.evaluator, task, deadline=worker.deadline, stopped=worker.stop.is_set, log=log
    )


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

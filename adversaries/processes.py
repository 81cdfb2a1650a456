"""Tasks in worker processes of this machine."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from adversaries.evaluation import Evaluator
from adversaries.journal import task_file
from adversaries.portfolio import LAG
from adversaries.tasks import Outcome, Setting, Task, run_task
from cr_toolkit.errors import CrtoolError

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event


class Processes:
    """Worker processes, started with the first task.

    Args:
        setting: what is attacked; it must be able to travel.
        jobs: how many processes.
        deadline: of time.monotonic, when tasks stop.
        journal: folder of the tasks' logs, or None.
    """

    def __init__(self, setting: Setting, jobs: int, deadline: float | None, journal: Path | None) -> None:
        # Spawned, so that a worker is the same on every system and shares nothing with what the caller runs.
        context = get_context("spawn")
        workers = min(jobs, LAG)
        # One more than there are workers, so that none waits for the next task.
        self.places = workers + 1
        self._stop = context.Event()
        self._pool = ProcessPoolExecutor(
            workers, context, initializer=_start, initargs=(setting, deadline, journal, self._stop)
        )
        self._running: set[Future[Outcome]] = set()

    def submit(self, task: Task) -> None:
        """Take a task."""
        try:
            # The pool starts a process when it needs one.
            with _deaf_children():
                self._running.add(self._pool.submit(_run, task))
        except BrokenProcessPool:
            raise _died() from None

    def collect(self) -> Sequence[Outcome]:
        """Wait for an outcome.

        Raises:
            CrtoolError: if a worker process died.
        """
        done, self._running = wait(self._running, return_when=FIRST_COMPLETED)
        try:
            return [future.result() for future in done]
        except BrokenProcessPool:
            raise _died() from None

    def close(self) -> None:
        """Stop the tasks at work, then the workers."""
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)


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


def _run(task: Task) -> Outcome:
    worker = _worker[-1]
    log = None if worker.journal is None else task_file(worker.journal, task.index)
    return run_task(
        worker.setting, worker.evaluator, task, deadline=worker.deadline, stopped=worker.stop.is_set, log=log
    )


def _follow_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)

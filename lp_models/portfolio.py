"""Running engines that may crash or hang: each in its own thread, which is abandoned if it does not return."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence

from lp_models.engines.catalogue import ENGINES, Answer, Task

GRACE = 5.0
"""How long beyond its deadline an engine may take to notice it (seconds)."""


def run_engines(names: Sequence[str], task: Task, jobs: int) -> Iterator[tuple[str, Task, Answer]]:
    """Yield (engine, task, answer) as engines answer, ``jobs`` of them at work at a time.

    An exception becomes an answer without proof; so does an engine that is silent ``GRACE`` seconds after the
    deadline. When the iterator ends or is closed, ``task.stop`` is set and the engines still at work are abandoned:
    their threads end at the deadline, or at once if the engine looks at ``task.stop``.
    """
    try:
        yield from _answers(names, task, jobs)
    finally:
        task.stop.set()


def _answers(names: Sequence[str], task: Task, jobs: int) -> Iterator[tuple[str, Task, Answer]]:
    answers: queue.SimpleQueue[tuple[str, Answer]] = queue.SimpleQueue()
    todo = list(names)
    working: set[str] = set()
    while todo or working:
        while todo and len(working) < jobs:
            name = todo.pop(0)
            working.add(name)
            threading.Thread(target=_work, args=(name, task, answers), daemon=True).start()
        try:
            name, answer = answers.get(timeout=task.seconds + GRACE)
        except queue.Empty:
            for name in sorted(working):
                yield name, task, Answer(None, False, "did not stop in time and was abandoned")
            return
        working.discard(name)
        yield name, task, answer
        if task.seconds == 0:
            return


def _work(name: str, task: Task, answers: queue.SimpleQueue[tuple[str, Answer]]) -> None:
    try:
        answer = ENGINES[name](task)
        if not isinstance(answer, Answer):
            answer = Answer(None, False, "did not return an answer")
    except BaseException as error:  # A crash in any form must not take the caller down.
        answer = Answer(None, False, f"failed: {type(error).__name__}: {error}")
    answers.put((name, answer))

"""Running engines that may crash or hang: each in its own thread, which is abandoned if it does not return."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence

from lp_models.engines.catalogue import ENGINES, Answer, Task

GRACE = 5.0
"""How long beyond its deadline an engine may take to notice it (seconds)."""


class Portfolio:
    """Engines at work on one task, ``jobs`` of them at a time; an exception becomes an answer without proof."""

    def __init__(self, names: Sequence[str], task: Task, jobs: int) -> None:
        self._todo, self._task, self._jobs = list(names), task, jobs
        self._answers: queue.SimpleQueue[tuple[str, Answer]] = queue.SimpleQueue()
        self._working: set[str] = set()
        self._begin()

    def ready(self) -> list[tuple[str, Answer]]:
        """Return the answers that are there, without waiting."""
        found = []
        while True:
            try:
                found.append(self._answers.get_nowait())
            except queue.Empty:
                break
        self._working -= {name for name, _ in found}
        self._begin()
        return found

    def wait(self) -> Iterator[tuple[str, Answer]]:
        """Yield answers as they come; an engine that is silent ``GRACE`` seconds after the deadline is given up."""
        while self._working:
            try:
                name, answer = self._answers.get(timeout=self._task.seconds + GRACE)
            except queue.Empty:
                for name in sorted(self._working):
                    yield name, Answer(None, False, "did not stop in time and was abandoned")
                return
            self._working.discard(name)
            self._begin()
            yield name, answer

    def stop(self) -> None:
        """Abandon what is at work: threads end at the deadline, or at once if the engine looks at ``task.stop``."""
        self._todo.clear()
        self._task.stop.set()

    def _begin(self) -> None:
        while self._todo and len(self._working) < self._jobs and (self._task.seconds > 0 or not self._working):
            name = self._todo.pop(0)
            self._working.add(name)
            threading.Thread(target=_work, args=(name, self._task, self._answers), daemon=True).start()


def _work(name: str, task: Task, answers: queue.SimpleQueue[tuple[str, Answer]]) -> None:
    try:
        answer = ENGINES[name](task)
        if not isinstance(answer, Answer):
            answer = Answer(None, False, "did not return an answer")
    except BaseException as error:  # A crash in any form must not take the caller down.
        answer = Answer(None, False, f"failed: {type(error).__name__}: {error}")
    answers.put((name, answer))

"""A proof repeated while it is being made: the checker's own code in a process of its own, fed with what is chosen.

On a second core the repetition costs hardly any time of its own.
"""

from __future__ import annotations

import contextlib
import json
import queue
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from math import inf
from pathlib import Path
from typing import Any

from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError
from cr_toolkit.model import Instance
from lp_models.worker import Kept, WorkerError

MAX_NODES = 5_000_000
"""Most nodes of a proof, as in the checker: about two minutes of its time."""

_MOMENT = 0.1
"""Time for an answer that is ready (seconds)."""

_processes = Kept((sys.executable, "-P", str(Path(__file__).parent / "repetition_process.py")))

Rows = list[list[int]]


def prepare() -> None:
    """Start a process for the next repetition; without one it would wait for that."""
    with contextlib.suppress(WorkerError):
        _processes.give_back(_processes.take())


class Repetition:
    """One proof under repetition, from now on.

    Attributes:
        begin: when it began, on the clock of ``time.monotonic`` (seconds).
    """

    def __init__(self, instance: Instance, target: int, scale: int, width: int, *, events: bool = False) -> None:
        """Begin to repeat the proof that nothing is cheaper than ``target``.

        Args:
            instance: the instance.
            target: what is to be proved a lower bound (steps).
            scale: denominator of the prices.
            width: steps that a price holds for.
            events: whether there are sets of prices of starts and completions.
        """
        self.begin = time.monotonic()
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._ended = False
        self._answer: dict[str, Any] | WorkerError = {"limit": "there was no time to repeat it"}
        requests = [(r.arrival, r.prompt, r.output) for r in instance.requests]
        question = {"memory": instance.memory, "requests": requests, "target": target, "scale": scale, "width": width}
        self._lines.put(json.dumps(question | {"events": events, "limit": MAX_NODES}))
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def feed(
        self, choices: Sequence[int], pool: Sequence[list[int]] = (), events: Sequence[tuple[Rows, Rows]] = ()
    ) -> None:
        """Hand over the next choices of the search, with the vectors and sets that they are the first to use.

        The first vector of all must come first.
        """
        self._lines.put(json.dumps({"pool": pool, "events": events, "choices": choices}))

    def end(self) -> None:
        """Say that no choices follow."""
        if not self._ended:
            self._ended = True
            self._lines.put(json.dumps(None))
            self._lines.put(None)

    def finish(self, seconds: float) -> int:
        """Say that no choices follow, wait at most ``seconds``, or a moment, and return the nodes that the proof takes.

        Raises:
            BetterScheduleError: if a cheaper schedule exists.
            NodeLimitError: if the time is over, or there are too many nodes.
            ValueError: if the choices are not those of a proof.
            WorkerError: if the process failed.
        """
        self.end()
        self._thread.join(max(_MOMENT, seconds))
        self.stop()
        answer = self._answer
        if isinstance(answer, WorkerError):
            raise answer
        if "start" in answer:
            raise BetterScheduleError(tuple(answer["start"]), answer["cost"])
        if "limit" in answer:
            raise NodeLimitError(answer["limit"])
        if "fault" in answer:
            raise ValueError(answer["fault"])
        nodes: int = answer["nodes"]
        return nodes

    def stop(self) -> None:
        """Give up, if it is still at work."""
        self._stop.set()
        self._lines.put(None)

    def _ask(self) -> None:
        try:
            worker = _processes.take()
            self._answer = json.loads(worker.ask(self._told(), inf, self._stop))
        except WorkerError as error:
            if not self._stop.is_set():
                self._answer = error
        else:
            _processes.give_back(worker)

    def _told(self) -> Iterator[str]:
        while (line := self._lines.get()) is not None:
            yield line

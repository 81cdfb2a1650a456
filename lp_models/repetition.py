"""A proof repeated while it is being made: the checker's own code in a thread, fed with what the search chooses.

Compiled code does not hold the interpreter's lock, so on a second core the repetition costs hardly any time of its own.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator

from cr_toolkit.checker.enumeration import Events, NodeLimitError, prove_no_better
from cr_toolkit.model import Instance

MAX_NODES = 5_000_000
"""Most nodes of a proof, as in the checker: about two minutes of its time."""


class Repetition:
    """One proof under repetition, from now on.

    Attributes:
        begin: when it began, on the clock of ``time.monotonic`` (seconds).
    """

    def __init__(self, instance: Instance, target: int, scale: int, width: int, pool: list[list[int]],
        events: Events | None = None,
    ) -> None:  # fmt: skip
        """Begin to repeat the proof that nothing is cheaper than ``target``.

        Args:
            instance: the instance.
            target: what is to be proved a lower bound (steps).
            scale: denominator of the prices.
            width: steps that a price holds for.
            pool: memory prices; it may grow, but a vector must be there before it is chosen, the first one now.
            events: sets of prices of starts and completions, if there are any; they may grow as well.
        """
        self.begin = time.monotonic()
        self._parts: queue.SimpleQueue[list[int] | None] = queue.SimpleQueue()
        self._stopped = False
        self._nodes: int | Exception = NodeLimitError("there was no time to repeat it")
        requests = [(r.arrival, r.prompt, r.output) for r in instance.requests]

        def repeat() -> None:
            try:
                self._nodes = prove_no_better(
                    instance.memory,
                    requests,
                    target,
                    scale,
                    pool,
                    MAX_NODES,
                    width=width,
                    events=events,
                    choices=self._choices(),
                )
            except Exception as error:  # Raised again where the result is asked for.
                self._nodes = error

        self._thread = threading.Thread(target=repeat, daemon=True)
        self._thread.start()

    def _choices(self) -> Iterator[int]:
        while (part := self._parts.get()) is not None:
            for choice in part:
                if self._stopped:
                    raise NodeLimitError("there was no time to repeat it")
                yield choice

    def feed(self, choices: list[int]) -> None:
        """Hand over the next choices of the search."""
        self._parts.put(choices)

    def finish(self, seconds: float) -> int:
        """Say that no choices follow, wait at most ``seconds``, and return the nodes that the proof takes.

        Raises:
            BetterScheduleError: if a cheaper schedule exists.
            NodeLimitError: if the time is over, or there are too many nodes.
            ValueError: if the choices are not those of a proof.
        """
        self._parts.put(None)
        self._thread.join(max(0.0, seconds))
        self.stop()
        if isinstance(self._nodes, Exception):
            raise self._nodes
        return self._nodes

    def stop(self) -> None:
        """Give up, if it is still at work."""
        self._stopped = True
        self._parts.put([0])

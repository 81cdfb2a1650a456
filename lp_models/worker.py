"""A child process that is asked for a line and answers with a line, and that never outlives its use.

Solvers that must not share a process with others run this way. Whatever the child does, ``ask`` returns by its
deadline: with the line, or with a ``WorkerError`` that says in one sentence what went wrong.
"""

from __future__ import annotations

import contextlib
import queue
import subprocess
import threading
import time
from collections.abc import Sequence

_TICK = 0.05
"""How often to look whether the answer is still wanted (seconds)."""

_LONGEST = 2**24
"""Longest answer that is read (bytes)."""


class WorkerError(Exception):
    """The child gave no answer.

    Attributes:
        ended: whether the child ended by itself.
    """

    def __init__(self, reason: str, *, ended: bool = False) -> None:
        super().__init__(reason)
        self.ended = ended


class Worker:
    """One child process, for one question at a time.

    Args:
        command: the program and its arguments.
    """

    def __init__(self, command: Sequence[str]) -> None:
        try:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
        except OSError as error:
            raise WorkerError(f"its process could not be started: {error}") from error

    def ask(self, line: str, deadline: float, stop: threading.Event) -> str:
        """Return the child's answer to ``line``; without one, the child is killed.

        Args:
            line: the question, without line break.
            deadline: when to give up, on ``time.monotonic`` (seconds).
            stop: set by another thread to give up at once.

        Raises:
            WorkerError: if the child ends, is silent until the deadline, or is not wanted any more.
        """
        answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        # Writing and reading block, so a thread of its own does both; killing the child ends it.
        exchange = threading.Thread(target=self._exchange, args=(line, answers), daemon=True)
        exchange.start()
        reason = ""
        while not reason:
            try:
                found = answers.get(timeout=_TICK)
            except queue.Empty:
                if stop.is_set():
                    reason = "stopped"
                elif time.monotonic() >= deadline:
                    reason = "did not answer in time and was ended"
            else:
                if found.endswith(b"\n"):
                    return found.decode("utf-8", "replace")
                code = self._end(exchange)
                raise WorkerError(f"its process ended without an answer (exit code {code})", ended=True)
        self._end(exchange)
        raise WorkerError(reason)

    def close(self) -> None:
        """End the child, if it is still there."""
        self._end(None)

    def _exchange(self, line: str, answers: queue.SimpleQueue[bytes]) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        found = b""
        with contextlib.suppress(OSError, ValueError):  # A dead child's pipes are broken, later closed.
            self._process.stdin.write(line.encode() + b"\n")
            self._process.stdin.flush()
            found = self._process.stdout.readline(_LONGEST)
        answers.put(found)

    def _end(self, exchange: threading.Thread | None) -> int:
        """Kill the child, wait for it, close its pipes; return its exit code."""
        # A child that ended by itself has an exit code of its own, which is there a moment after its last output.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_TICK if exchange is not None and not exchange.is_alive() else 0)
        self._process.kill()
        code = self._process.wait()
        if exchange is not None:
            exchange.join(_TICK)
            if exchange.is_alive():  # Something else holds the pipe open; closing it here would wait for that.
                return code
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        return code

"""A child process that is asked by lines and answers with a line, and that never outlives its use.

Solvers that must not share a process with others run this way, and what would hold up other threads. Whatever the child
does, ``ask`` returns by its deadline: with the line, or with a ``WorkerError`` that says in one sentence what went
wrong.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import queue
import subprocess
import threading
import time
from collections.abc import Iterable, Sequence

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

    @property
    def alive(self) -> bool:
        """Whether the child has not ended."""
        return self._process.poll() is None

    def ask(self, lines: Iterable[str], deadline: float, stop: threading.Event) -> str:
        """Return the child's answer to ``lines``; without one, the child is killed.

        Args:
            lines: the question, without line breaks; they may come bit by bit, from another thread.
            deadline: when to give up, on ``time.monotonic`` (seconds).
            stop: set by another thread to give up at once.

        Raises:
            WorkerError: if the child ends, is silent until the deadline, or is not wanted any more.
        """
        answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        # Writing and reading block, so a thread of its own does both; killing the child ends it.
        exchange = threading.Thread(target=self._exchange, args=(lines, answers), daemon=True)
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

    def _exchange(self, lines: Iterable[str], answers: queue.SimpleQueue[bytes]) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        found = b""
        with contextlib.suppress(OSError, ValueError):  # A dead child's pipes are broken, later closed.
            for line in lines:
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


class Kept:
    """Starts children of one kind, and keeps one that has answered for the next question: starting one takes time.

    Args:
        command: the program and its arguments.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._idle: list[Worker] = []
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            # The copy of a process must not talk to the child of the original.
            os.register_at_fork(after_in_child=self._idle.clear)

    def take(self) -> Worker:
        """Return the child that was kept, unless it left for lack of work, or a new one.

        Raises:
            WorkerError: if none could be started.
        """
        while self._idle:
            worker = self._idle.pop()
            if worker.alive:
                return worker
            worker.close()
        return Worker(self._command)

    def give_back(self, worker: Worker) -> None:
        """Keep a child that has answered."""
        if self._idle:
            worker.close()
        else:
            self._idle.append(worker)

    def close(self) -> None:
        """End the child that is kept, if any."""
        while self._idle:
            self._idle.pop().close()

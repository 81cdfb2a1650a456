"""Task logs at a distance: workers of a cluster send their lines to the machine where the command runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from adversaries.campaigns.journal import TaskLog, task_file

_TOGETHER = 0.02
"""Seconds: lines of evaluations shorter than this are sent together, since each message costs the scheduler as much."""


class SentLines(NamedTuple):
    """Lines of the log of a task, which belong at byte ``at``."""

    task: int
    at: int
    lines: bytes


class Sender:
    """The log file of a task as its worker sees it: what is written travels.

    Args:
        index: of the task.
        send: takes the lines.
    """

    def __init__(self, index: int, send: Callable[[SentLines], None]) -> None:
        self._index = index
        self._send = send
        self._at = 0
        self._held = b""
        self._sent = time.monotonic()

    def truncate(self, size: int, /) -> None:
        """Let the next line go to byte ``size``."""
        self.close()
        self._at = size

    def write(self, line: bytes, /) -> None:
        """Send a line, now or with those that come soon."""
        self._held += line
        if time.monotonic() - self._sent >= _TOGETHER:
            self.close()

    def close(self) -> None:
        """Send what is held."""
        if self._held:
            self._send(SentLines(self._index, self._at, self._held))
        self._at += len(self._held)
        self._held = b""
        self._sent = time.monotonic()


def sending_log(index: int, text: bytes, send: Callable[[SentLines], None]) -> TaskLog:
    """Return the log of task ``index`` on a worker, given what it held when the task was submitted."""
    return TaskLog(Sender(index, send), text, Path(f"task-{index}"))


class Receiver:
    """Writes what workers send into the journal.

    Args:
        journal: its folder.
    """

    def __init__(self, journal: Path) -> None:
        self._journal = journal

    def text(self, index: int) -> bytes:
        """Return what the log of task ``index`` holds."""
        path = task_file(self._journal, index)
        return path.read_bytes() if path.exists() else b""

    def take(self, sent: SentLines) -> None:
        """Write lines where they belong.

        A task that another worker repeats sends its lines again: they are the same. Lines after a gap are of no use,
        nor are those of a task whose log is gone because it is finished.
        """
        path = task_file(self._journal, sent.task)
        size = path.stat().st_size if path.exists() else 0
        if sent.at > size or (sent.at < size and self.text(sent.task).startswith(sent.lines, sent.at)):
            return
        with path.open("ab", buffering=0) as file:
            file.truncate(sent.at)
            file.write(sent.lines)

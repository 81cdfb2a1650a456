"""Task logs at a distance: workers of a cluster send their lines to the machine where the command runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from adversaries.campaigns.journal import TaskLog, task_file


class SentLine(NamedTuple):
    """A line of the log of a task, which belongs at byte ``at``."""

    task: int
    at: int
    line: bytes


class Sender:
    """The log file of a task as its worker sees it: what is written travels.

    Args:
        index: of the task.
        send: takes the lines.
    """

    def __init__(self, index: int, send: Callable[[SentLine], None]) -> None:
        self._index = index
        self._send = send
        self._at = 0

    def truncate(self, size: int, /) -> None:
        """Let the next line go to byte ``size``."""
        self._at = size

    def write(self, line: bytes, /) -> None:
        """Send a line."""
        self._send(SentLine(self._index, self._at, line))
        self._at += len(line)

    def close(self) -> None:
        """Do nothing: nothing is held."""


def sending_log(index: int, text: bytes, send: Callable[[SentLine], None]) -> TaskLog:
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

    def take(self, sent: SentLine) -> None:
        """Write a line where it belongs.

        A task that another worker repeats sends its lines again: they are the same. A line after a gap is not of use,
        nor is one of a task whose log is gone because it is finished.
        """
        path = task_file(self._journal, sent.task)
        size = path.stat().st_size if path.exists() else 0
        if sent.at > size or (sent.at < size and self.text(sent.task).startswith(sent.line, sent.at)):
            return
        with path.open("ab", buffering=0) as file:
            file.truncate(sent.at)
            file.write(sent.line)

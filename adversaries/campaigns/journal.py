"""The journal of a search: every finished evaluation on disk, so that a killed search goes on where it was.

A task is a function of its random stream and of the ratios it was told. Its log of ratios therefore brings it back to
where it was without evaluating anything; once a task is finished and merged, one line with its outcome takes the
place of its log.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Protocol, Self

import msgspec

from adversaries.campaigns.locking import lock
from adversaries.pattern import Pattern
from adversaries.searchers import Scored
from cr_toolkit.errors import InputError

_OUTCOMES = "outcomes.jsonl"
_UNREADABLE = (msgspec.DecodeError, ValueError, ZeroDivisionError)
"""What reading a line raises that no journal wrote."""


class _Line(msgspec.Struct, frozen=True, array_like=True):
    """One finished evaluation; the pattern stays the text it is, to be compared and not read."""

    pattern: msgspec.Raw
    ratio: str | None


class _Found(msgspec.Struct, frozen=True, array_like=True):
    pattern: Pattern
    ratio: str
    known: tuple[int, ...] | None = None


class _Outcome(msgspec.Struct, frozen=True, array_like=True):
    """One finished task."""

    evaluations: int
    best: tuple[_Found, ...]


class FinishedTask(NamedTuple):
    """What a finished task left: how many evaluations it made and the best it found, best first."""

    evaluations: int
    found: tuple[Scored, ...]


class LogFile(Protocol):
    """Where the lines of a task go: a file here, or one on the machine where the command runs."""

    def truncate(self, size: int, /) -> object:
        """Cut off what comes after ``size`` bytes."""

    def write(self, line: bytes, /) -> object:
        """Add a line at the end."""

    def close(self) -> None:
        """Let go of it."""


class TaskLog:
    """The evaluations of one task: those already known, to be told again in order, and a file that takes new ones.

    Args:
        file: takes the lines.
        text: what it holds. What a kill left behind of a last line is cut off.
        source: what to call it in errors.
    """

    def __init__(self, file: LogFile, text: bytes, source: Path) -> None:
        self._file = file
        self._source = source
        self._known: deque[tuple[int, _Line]] = deque()
        self._end = 0
        for at, line in _whole_lines(text):
            try:
                known = msgspec.json.decode(line, type=_Line)
                Fraction(known.ratio or 1)
            except _UNREADABLE:
                break
            self._known.append((at, known))
            self._end = at + len(line) + 1
        self._file.truncate(self._end)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()

    def ratio(self, pattern: Pattern, measure: Callable[[Pattern], Fraction | None]) -> Fraction | None:
        """Return the ratio of ``pattern``: as logged if it comes next in the log, else measured, and logged now.

        None stands for a candidate that was turned away without one, and is logged too.

        Another pattern there means that the searcher is no longer the one that wrote the log: the rest is dropped.

        Raises:
            InputError: if the file cannot be written.
        """
        if self._known:
            at, line = self._known.popleft()
            if bytes(line.pattern) == msgspec.json.encode(pattern):
                return None if line.ratio is None else Fraction(line.ratio)
            self._known.clear()
            self._file.truncate(at)
        ratio = measure(pattern)
        line = _Line(msgspec.Raw(msgspec.json.encode(pattern)), None if ratio is None else str(ratio))
        try:
            self._file.write(msgspec.json.encode(line) + b"\n")
        except OSError as error:
            raise _unusable(self._source, error) from None
        return ratio


def open_log(path: Path) -> TaskLog:
    """Return the log of a task in a file of this machine, made if missing.

    Raises:
        InputError: if the file cannot be used.
    """
    try:
        # Unbuffered: a line given to the system outlives this process.
        file = path.open("ab+", buffering=0)
        # A worker whose parent was killed may need a moment to notice.
        lock(file, wait=True)
        file.seek(0)
        return TaskLog(file, file.read(), path)
    except OSError as error:
        raise _unusable(path, error) from None


class Journal:
    """The folder of a search's logs: one file per task at work, one line per finished task.

    Args:
        folder: where; made if missing.

    Raises:
        InputError: if the folder cannot be used.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._path = folder / _OUTCOMES
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._text = self._path.read_bytes() if self._path.exists() else b""
        except OSError as error:
            raise _unusable(folder, error) from None

    def finished(self) -> Iterator[FinishedTask]:
        """Yield what the finished tasks left, task 0 first."""
        for _, line in _whole_lines(self._text):
            try:
                outcome = msgspec.json.decode(line, type=_Outcome)
                found = tuple(Scored(one.pattern, Fraction(one.ratio), one.known) for one in outcome.best)
            except _UNREADABLE:
                return
            yield FinishedTask(outcome.evaluations, found)

    def keep(self, tasks: int) -> None:
        """Keep the first ``tasks`` finished tasks; call before ``finish``."""
        ends = [at + len(line) + 1 for at, line in _whole_lines(self._text)]
        try:
            if self._path.exists():
                os.truncate(self._path, ends[tasks - 1] if tasks else 0)
            if tasks:
                # A kill may have come between the line and the end of the log it replaces.
                task_file(self.folder, tasks - 1).unlink(missing_ok=True)
        except OSError as error:
            raise _unusable(self._path, error) from None
        self._text = b""

    def finish(self, index: int, evaluations: int, found: Sequence[Scored]) -> None:
        """Log the outcome of task ``index``, the next in order, in place of its evaluations.

        Raises:
            InputError: if the journal cannot be written.
        """
        best = tuple(_Found(one.pattern, str(one.ratio), one.known) for one in found)
        try:
            with self._path.open("ab") as file:
                file.write(msgspec.json.encode(_Outcome(evaluations, best)) + b"\n")
        except OSError as error:
            raise _unusable(self._path, error) from None
        task_file(self.folder, index).unlink(missing_ok=True)


def task_file(folder: Path, index: int) -> Path:
    """Return the file in a journal's ``folder`` that logs the evaluations of task ``index``."""
    return folder / f"task-{index}.jsonl"


def _whole_lines(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of ``text`` that end, each with its place; a torn last one is left out."""
    at = 0
    while (end := text.find(b"\n", at)) >= 0:
        yield at, text[at:end]
        at = end + 1


def _unusable(path: Path, error: OSError) -> InputError:
    return InputError(f"cannot be used: {error.strerror}", source=str(path))

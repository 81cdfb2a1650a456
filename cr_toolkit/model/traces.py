"""Recorded workloads: CSV files with an arrival time, prompt tokens and output tokens per request.

Two kinds of header are read: that of the Azure LLM inference traces of 2023 (TIMESTAMP, ContextTokens,
GeneratedTokens), and any other whose columns are named. Times become steps exactly, by integer and fraction arithmetic.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from itertools import islice
from math import ceil
from typing import Final, Protocol

from cr_toolkit.errors import InputError
from cr_toolkit.model.instance import MAX_INTEGER, MAX_REQUESTS, Instance
from cr_toolkit.model.request import Request

DEFAULT_STEP_SECONDS: Final = Fraction(1, 20)
"""How long one decode step takes when nothing else is said (seconds): 50 ms, common for a 70B model."""

_AZURE: Final = ("TIMESTAMP", "ContextTokens", "GeneratedTokens")
_TIMESTAMP: Final = re.compile(r"(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]{1,16}(?:\.[0-9]{1,12})?")
_INTEGER: Final = re.compile(r"[0-9]{1,16}")


@dataclass(frozen=True)
class Columns:
    """The names of the three columns of a trace."""

    arrival: str = "arrival"
    prompt: str = "prompt"
    output: str = "output"


@dataclass(frozen=True)
class Window:
    """Which rows of a trace to keep: ``count`` rows from row ``first`` on (from 0); None keeps all that follow."""

    first: int = 0
    count: int | None = None


@dataclass(frozen=True)
class Trace:
    """The requests of a trace's window; arrivals in steps, counted from the earliest in the window."""

    requests: tuple[Request, ...]

    def instance(self, memory: int, *, drop_oversized: bool = False) -> tuple[Instance, int]:
        """Return the instance with a memory budget (tokens), and how many requests were dropped.

        Args:
            memory: the budget M.
            drop_oversized: leave out requests whose peak exceeds M instead of refusing them.

        Raises:
            InputError: if a request exceeds M and must not be dropped, or none is left.
        """
        kept = tuple(request for request in self.requests if request.peak <= memory)
        dropped = len(self.requests) - len(kept)
        if dropped and not drop_oversized:
            largest = max(request.peak for request in self.requests)
            raise InputError(
                f"{dropped} of {len(self.requests)} requests need more than the memory {memory} (the largest needs "
                f"{largest} tokens); raise --memory or leave them out with --drop-oversized"
            )
        if not kept:
            raise InputError(f"no request fits the memory {memory}")
        return Instance(memory, kept), dropped


def read_trace(
    path: str | os.PathLike[str],
    *,
    columns: Columns | None = None,
    window: Window | None = None,
    step_seconds: Fraction | None = DEFAULT_STEP_SECONDS,
) -> Trace:
    """Read a trace.

    An arrival inside a step counts from the next step on (times are rounded up).

    Args:
        path: a CSV file with a header, comma separated, UTF-8.
        columns: the names of the columns; by default the Azure header is recognised, else arrival, prompt, output.
        window: the rows to keep; by default all.
        step_seconds: length of one decode step (seconds); None if arrivals are given in steps.

    Raises:
        InputError: naming the file, the line and the rule.
    """
    source = os.fspath(path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = _rows(csv.reader(file, strict=True), columns, window or Window(), source)
            return _steps(list(rows), step_seconds, source)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", source=source) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", source=source) from None
    except csv.Error as error:
        raise InputError(f"is not valid CSV: {error}", source=source) from None


_Row = tuple[Fraction, int, int]


class _Reader(Protocol):
    """What csv.reader returns."""

    line_num: int

    def __iter__(self) -> Iterator[list[str]]: ...

    def __next__(self) -> list[str]: ...


def _rows(reader: _Reader, columns: Columns | None, window: Window, source: str) -> Iterator[_Row]:
    header = [name.strip() for name in next(reader, [])]
    if not any(header):
        raise InputError("is empty; a header and one line per request are required", source=source)
    names = columns or (Columns(*_AZURE) if set(_AZURE) <= set(header) else Columns())
    places = [_place(header, name, source) for name in (names.arrival, names.prompt, names.output)]
    stop = None if window.count is None else window.first + window.count
    numbered = ((reader.line_num, row) for row in reader if row)
    clock: Callable[[str, str, str], Fraction] | None = None
    for line, row in islice(numbered, window.first, stop):
        where = f"{source}, line {line}"
        if len(row) != len(header):
            raise InputError(f"has {len(row)} fields where the header has {len(header)}", source=where)
        arrival, prompt, output = (row[place].strip() for place in places)
        # One file, one clock: a number among times would put requests two thousand years apart.
        clock = clock or (_number if _NUMBER.fullmatch(arrival) else _timestamp)
        yield (
            clock(arrival, names.arrival, where),
            _tokens(prompt, 0, names.prompt, where),
            _tokens(output, 1, names.output, where),
        )


def _place(header: Sequence[str], name: str, source: str) -> int:
    if header.count(name) != 1:
        found = "twice or more" if name in header else "not"
        raise InputError(
            f"the column {name!r} is {found} in the header ({', '.join(header)[:200]}); name the columns with "
            "--columns ARRIVAL,PROMPT,OUTPUT",
            source=source,
        )
    return header.index(name)


def _number(text: str, name: str, where: str) -> Fraction:
    if _NUMBER.fullmatch(text) is None:
        raise InputError(f"must be a number >= 0, got {text[:40]!r}", field=name, source=where)
    return Fraction(text)


def _timestamp(text: str, name: str, where: str) -> Fraction:
    stamp = _TIMESTAMP.fullmatch(text)
    if stamp is None:
        rule = f"must be a number >= 0 or a time YYYY-MM-DD HH:MM:SS.ffffff, got {text[:40]!r}"
        raise InputError(rule, field=name, source=where)
    try:
        since = datetime.fromisoformat(stamp[1]) - datetime(1, 1, 1)
    except ValueError as error:
        raise InputError(f"is no time: {error}", field=name, source=where) from None
    digits = stamp[2] or "0"
    return since.days * 86400 + since.seconds + Fraction(int(digits), 10 ** len(digits))


def _tokens(text: str, least: int, name: str, where: str) -> int:
    if _INTEGER.fullmatch(text) is None or not least <= int(text) <= MAX_INTEGER:
        raise InputError(f"must be an integer >= {least}, got {text[:40]!r}", field=name, source=where)
    return int(text)


def _steps(rows: list[_Row], step_seconds: Fraction | None, source: str) -> Trace:
    if not rows:
        raise InputError("holds no request in the chosen window", source=source)
    if len(rows) > MAX_REQUESTS:
        raise InputError(f"holds more than {MAX_REQUESTS} requests", source=source)
    first = min(arrival for arrival, _, _ in rows)
    if step_seconds is None and any(arrival.denominator != 1 for arrival, _, _ in rows):
        raise InputError("holds arrivals that are not whole steps; say how long a step is instead", source=source)
    requests = []
    for index, (arrival, prompt, output) in enumerate(rows):
        start = ceil((arrival - first) / (step_seconds or 1))
        try:
            requests.append(Request(start, prompt, output))
        except InputError as error:
            raise InputError(error.rule, field=error.field, source=f"{source}, request {index}") from None
    return Trace(tuple(requests))

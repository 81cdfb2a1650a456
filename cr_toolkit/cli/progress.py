"""Progress on standard error, for people only: nothing is shown when it is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from adversaries.searching import Progress

Report = Callable[["Progress"], None]
T = TypeVar("T")


@contextmanager
def search_progress(label: str) -> Iterator[Report | None]:
    """Show the best ratio, the evaluations and the time of a search while the block runs.

    Yields:
        What the search must call, or None when nobody is watching.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Display
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[facts]}"),
        TimeElapsedColumn(),
    )
    with Display(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=None, facts="starting")

        def report(progress: Progress) -> None:
            best = "-" if progress.ratio is None else f"{float(progress.ratio):.4f}"
            shown.update(task, facts=f"best ratio {best}  {progress.evaluations:,} evaluations")

        yield report


@contextmanager
def ticking(label: str, things: str) -> Iterator[Callable[[int], None] | None]:
    """Show how many ``things`` have been done, of nobody knows how many, while the block runs.

    Yields:
        What must be called with that number, or None when nobody is watching.
    """
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Display
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Display(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=None)

        def report(done: int) -> None:
            shown.update(task, description=f"{label}: {done:,} {things}")

        yield report


@contextmanager
def counted(label: str, total: int) -> Iterator[Callable[[Iterable[T]], Iterator[T]]]:
    """Show how many of ``total`` things have been handed out while the block runs.

    Yields:
        What wraps the iterable of the things.
    """
    if not sys.stderr.isatty():
        yield iter
        return
    from rich.console import Console
    from rich.progress import track

    def watch(things: Iterable[T]) -> Iterator[T]:
        yield from track(things, label, total, console=Console(stderr=True), transient=True)

    yield watch

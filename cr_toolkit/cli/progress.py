"""Progress on standard error, for people only: nothing is shown when it is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from adversaries.corpus import Point
    from adversaries.searching import Progress

Report = Callable[["Progress"], None]
PointReport = Callable[["Point", "Progress"], None]
T = TypeVar("T")


class _Display(NamedTuple):
    """A line that changes, and lines above it that stay."""

    change: Callable[[str], None]
    leave: Callable[[str], None]


@contextmanager
def _display(label: str) -> Iterator[_Display | None]:
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress as Lines
    from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.fields[facts]}"),
        TimeElapsedColumn(),
    )
    with Lines(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(label, total=None, facts="starting")

        def change(facts: str) -> None:
            shown.update(task, facts=facts)

        yield _Display(change, lambda line: shown.console.print(line, markup=False, highlight=False))


@contextmanager
def search_progress(label: str) -> Iterator[Report | None]:
    """Show the best ratio, the evaluations, their speed and the time left of a search while the block runs.

    Yields:
        What the search must call, or None when nobody is watching.
    """
    with _display(label) as display:
        yield None if display is None else lambda progress: display.change(_words(progress, progress.left))


@contextmanager
def frontier_progress(points: Sequence[Point], evaluations: int) -> Iterator[PointReport | None]:
    """Show the same for the point of a frontier that is being searched, and a line for each one before it.

    Args:
        points: all of them, in the order they are searched.
        evaluations: of each.

    Yields:
        What must be called with the point and how far its search is, or None when nobody is watching.
    """
    with _display(f"searching {len(points)} points") as display:
        if display is None:
            yield None
            return
        last: list[tuple[Point, Progress]] = []

        def leave() -> None:
            for point, progress in last:
                display.leave(f"{_name(point)}  {_words(progress, None)}")

        def report(point: Point, progress: Progress) -> None:
            if last and last[0][0] != point:
                leave()
            last[:] = [(point, progress)]
            later = (len(points) - 1 - points.index(point)) * evaluations / max(progress.rate, 1e-3)
            left = None if progress.left is None else progress.left + later
            display.change(f"{_name(point)}  {_words(progress, left)}")

        yield report
        leave()


def _name(point: Point) -> str:
    return f"{point.admission} {point.alpha}"


def _words(progress: Progress, left: float | None) -> str:
    best = "-" if progress.ratio is None else f"{float(progress.ratio):.4f}"
    words = f"best ratio {best}  {progress.evaluations:,} evaluations  {progress.rate:,.0f}/s"
    return words if left is None else f"{words}  {_duration(left)} left"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


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

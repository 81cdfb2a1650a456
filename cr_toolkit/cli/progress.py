"""Progress on standard error, for people only: nothing is shown when it is not a terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    from adversaries.corpus.filling import Sweep
    from adversaries.sitting import Progress

Report = Callable[["Progress"], None]
SweepReport = Callable[["Sweep", "Progress"], None]
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
def frontier_progress(sweeps: Sequence[Sweep], evaluations: int) -> Iterator[SweepReport | None]:
    """Show the same for the sweep of a frontier that is at work, with the best ratio of every share.

    A line stays for each sweep before it.

    Args:
        sweeps: all of them, in the order they are searched.
        evaluations: of each point.

    Yields:
        What must be called with the sweep and how far it is, or None when nobody is watching.
    """
    with _display(f"searching {len(sweeps)} {'frontier' if len(sweeps) == 1 else 'frontiers'}") as display:
        if display is None:
            yield None
            return
        last: list[tuple[Sweep, Progress]] = []

        def leave() -> None:
            for sweep, progress in last:
                display.leave(f"{sweep[0].admission}  {_sweep_words(progress, None)}")

        def report(sweep: Sweep, progress: Progress) -> None:
            if last and last[0][0] != sweep:
                leave()
            last[:] = [(sweep, progress)]
            points = sum(map(len, sweeps[sweeps.index(sweep) + 1 :]))
            later = points * evaluations / max(progress.rate, 1e-3)
            left = None if progress.left is None else progress.left + later
            display.change(f"{sweep[0].admission}  {_sweep_words(progress, left)}")

        yield report
        leave()


def _sweep_words(progress: Progress, left: float | None) -> str:
    best = "  ".join(f"{share}: {float(ratio):.4f}" for share, ratio in progress.shares)
    return f"{best or 'best ratio -'}  {_pace(progress, left)}"


def _words(progress: Progress, left: float | None) -> str:
    best = "-" if progress.ratio is None else f"{float(progress.ratio):.4f}"
    return f"best ratio {best}  {_pace(progress, left)}"


def _pace(progress: Progress, left: float | None) -> str:
    words = f"{progress.evaluations:,} evaluations  {progress.rate:,.0f}/s"
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

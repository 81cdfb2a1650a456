"""`crtool enumerate`: the exact worst ratio of a small universe."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import Rational, format_option, parameters_option, policy_option, rules_options

if TYPE_CHECKING:
    from adversaries.universe import Cell, Universe

_EPILOG = """\b
Examples:
  crtool enumerate --policy svf --max-requests 4 --max-memory 8
  crtool enumerate --policy svf --admission peak --alpha 1 --max-requests 4 --max-memory 10 --format json
"""


@click.command("enumerate", epilog=_EPILOG)
@policy_option()
@parameters_option
@click.option(
    "--max-requests", type=click.IntRange(1, 10), default=4, show_default=True, metavar="N", help="At most 10."
)
@click.option(
    "--max-memory", type=click.IntRange(1, 64), default=8, show_default=True, metavar="M", help="Tokens, at most 64."
)
@click.option(
    "--alpha",
    type=Rational(most=1),
    default="1/2",
    show_default=True,
    help="No request may need more than this share of the memory.",
)
@rules_options
@click.option(
    "--out", type=click.Path(path_type=str), default="crtool-out/universe", show_default=True, help="For the witness."
)
@format_option()
def command(max_requests: int, max_memory: int, out: str, form: str, **settings: Any) -> ExitCode:
    """Find the exact worst ratio of all small bursts.

    Every instance of at most N requests at every budget up to M is looked at, symmetric ones once. The result is exact:
    no such instance is worse. Each worst instance is saved with a certificate of its optimum that the trusted
    checker accepts. One row per number of requests; Ctrl-C ends the run and keeps the rows that are complete.
    """
    from adversaries.universe import Universe
    from cr_toolkit.cli.console import write_json, write_table
    from cr_toolkit.cli.policy_runs import try_policy
    from cr_toolkit.policies import Admission, Queue

    try_policy(settings["policy"], settings["parameters"], settings["admission"], settings["queue"])
    universe = Universe(
        settings["policy"],
        max_requests,
        max_memory,
        settings["alpha"],
        Admission(settings["admission"]),
        Queue(settings["queue"]),
        settings["parameters"],
    )
    cells: list[tuple[Cell, str | None]] = []
    interrupted = False
    try:
        for cell in _rows(universe):
            cells.append((cell, _save(universe, cell, out)))
    except KeyboardInterrupt:
        interrupted = True
    if form == "json":
        write_json(_as_result(universe, cells))
    else:
        write_table(_HEADER, map(_row, cells), left=0)
    return ExitCode.INTERRUPTED if interrupted else ExitCode.HELD


_HEADER = ("requests", "memory", "instances", "lists", "optima", "worst ratio", "exact", "witness")


def _rows(universe: Universe) -> Iterator[Cell]:
    from adversaries.universe import enumerate_universe
    from cr_toolkit.cli.progress import ticking

    with ticking(f"enumerating bursts against {universe.policy}", "instances") as progress:
        for cell in enumerate_universe(universe, progress):
            if cell.memory == universe.memory:
                yield cell


def _save(universe: Universe, cell: Cell, out: str) -> str | None:
    """Write the witness of a cell and have it checked; None if no instance is worse than 1."""
    from adversaries.universe import witness_of
    from cr_toolkit.cli.checked import write_checked

    if cell.worst is None:
        return None
    return write_checked(f"{out}/worst-{cell.requests}-{cell.memory}.json", witness_of(universe, cell))


def _row(entry: tuple[Cell, str | None]) -> tuple[str, ...]:
    from cr_toolkit.report.wording import decimal

    cell, path = entry
    numbers = (cell.requests, cell.memory, cell.instances, cell.lists, cell.solved)
    return (*(f"{number:,}" for number in numbers), decimal(cell.ratio), str(cell.ratio), path or "-")


def _as_result(universe: Universe, cells: list[tuple[Cell, str | None]]) -> Any:
    from cr_toolkit.report.results.searching import UniverseCell, UniverseResult

    return UniverseResult(
        policy=str(universe.policy),
        admission=universe.admission.value,
        queue=universe.queue.value,
        alpha=str(Fraction(universe.alpha)),
        cells=tuple(
            UniverseCell(
                requests=cell.requests,
                memory=cell.memory,
                instances=cell.instances,
                lists=cell.lists,
                optima=cell.solved,
                ratio=str(cell.ratio),
                witness=path,
            )
            for cell, path in cells
        ),
    )

"""Writing results to standard output: JSON, or text whose columns line up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click


def write(text: str) -> None:
    """Write ``text`` and a line end.

    Raises:
        InputError: if standard output cannot be written, except by a closed pipe.
    """
    from cr_toolkit.errors import InputError

    try:
        click.echo(text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", field="standard output") from None


def write_json(result: Any) -> None:
    """Write a result as one line of JSON."""
    from cr_toolkit.model.formats import to_json

    write(to_json(result).rstrip("\n"))


def write_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Write "name  value" lines with the values in one column."""
    lines = list(facts)
    width = max((len(name) for name, _ in lines), default=0)
    for name, value in lines:
        write(f"{name:<{width}}  {value}".rstrip())


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1) -> None:
    """Write a table; the first ``left`` columns align left, the others right."""
    table = [list(header), *(list(row) for row in rows)]
    widths = [max(len(row[column]) for row in table) for column in range(len(header))]
    for row in table:
        cells = (
            f"{cell:<{width}}" if column < left else f"{cell:>{width}}"
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        write("  ".join(cells).rstrip())

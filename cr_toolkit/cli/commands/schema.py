"""`crtool schema`: the JSON Schema of a format."""

from __future__ import annotations

import click

from cr_toolkit.cli.exit_codes import ExitCode

_EPILOG = """\b
Examples:
  crtool schema                  the names
  crtool schema instance         what an instance file may hold
"""


@click.command("schema", epilog=_EPILOG)
@click.argument("name", required=False)
def command(name: str | None) -> ExitCode:
    """Print the JSON Schema of a format, or the names of all formats."""
    from cr_toolkit.cli.console import write
    from cr_toolkit.report.schemas import SCHEMAS, json_schema

    if name is None:
        write("\n".join(SCHEMAS))
    else:
        write(json_schema(name))
    return ExitCode.HELD

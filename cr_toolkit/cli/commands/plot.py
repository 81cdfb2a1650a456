"""`crtool plot`: schedules as memory over time."""

from __future__ import annotations

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import READABLE, WRITABLE

_EPILOG = """\b
Examples:
  crtool plot crtool-out/best.json -o best.svg
  crtool plot optimum.json -o optimum.png        a certificate of `crtool solve`: the schedule alone
"""


@click.command("plot", epilog=_EPILOG)
@click.argument("witness", type=READABLE)
@click.option(
    "-o", "--output", type=WRITABLE, required=True, help="The picture to write: a name ending in .svg or .png."
)
def command(witness: str, output: str) -> ExitCode:
    """Draw both schedules of a witness as memory over time.

    The policy's schedule is above, the best known one below, on one time axis: each request is a shape that grows from
    its prompt to its peak, stacked under the line M. The file is checked before anything is drawn.
    """
    from cr_toolkit.checker import check_file
    from cr_toolkit.cli.console import write
    from cr_toolkit.errors import CrtoolError
    from cr_toolkit.model.formats import write_bytes
    from cr_toolkit.report.gallery import picture_of

    picture = picture_of(witness, output)
    verdict = check_file(witness)
    if not verdict.accepted:
        raise CrtoolError(f"{witness}: rejected by the checker: {verdict.reason}")
    write_bytes(output, picture)
    write(output)
    return ExitCode.HELD

"""`crtool check`: the trusted checker on files."""

from __future__ import annotations

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import format_option

_EPILOG = """\b
Examples:
  crtool check crtool-out/*.json
  crtool check witness.json --format json
"""


@click.command("check", epilog=_EPILOG)
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False), metavar="FILE...")
@format_option()
def command(files: tuple[str, ...], form: str) -> ExitCode:
    """Re-verify witnesses and certificates with the trusted checker.

    The checker uses nothing but Python's standard library. It runs the policy again with its own code and re-derives
    every number that a file claims. Exit code 4 if any file is rejected.
    """
    from cr_toolkit.checker import check_file
    from cr_toolkit.cli.console import write, write_json

    verdicts = [check_file(path) for path in files]
    if form == "json":
        from cr_toolkit.report.results.checking import CheckedFile, CheckResult

        checked = (CheckedFile(path=str(v.path), accepted=v.accepted, reason=v.reason) for v in verdicts)
        write_json(CheckResult(files=tuple(checked)))
    else:
        for verdict in verdicts:
            write(f"{'accepted' if verdict.accepted else 'REJECTED'}  {verdict.path}: {verdict.reason}")
    return ExitCode.HELD if all(verdict.accepted for verdict in verdicts) else ExitCode.REJECTED

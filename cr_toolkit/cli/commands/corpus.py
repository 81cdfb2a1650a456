"""`crtool corpus`: witnesses worth keeping."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import READABLE, format_option

if TYPE_CHECKING:
    from adversaries.corpus import Kept, Kind

_EPILOG = """\b
Examples:
  crtool corpus my-corpus                                  what is in it, every file re-checked
  crtool corpus my-corpus crtool-out/best.json             keep a witness among the worst known
  crtool corpus my-corpus bad.json --kind regressions
"""


@click.command("corpus", epilog=_EPILOG)
@click.argument("folder", type=click.Path(path_type=str, file_okay=False))
@click.argument("witnesses", nargs=-1, type=READABLE, metavar="[WITNESS]...")
@click.option(
    "--kind",
    type=click.Choice(["violations", "worst", "regressions"]),
    default="worst",
    show_default=True,
    help="Why the witnesses are kept.",
)
@format_option()
def command(folder: str, witnesses: tuple[str, ...], kind: str, form: str) -> ExitCode:
    """Keep witnesses in a corpus, and list what it holds.

    Files are named after their content, so the same instance is kept once, however its requests are listed. Among the
    worst, witnesses that another one dominates are removed: no larger memory share, a larger ratio, and no theorem
    speaks of the one alone. Every file is checked by the trusted checker before it is listed.
    """
    from adversaries.corpus import Kind, add, contents
    from cr_toolkit.cli.checked import require_accepted
    from cr_toolkit.errors import InputError

    added = add(folder, Kind(kind), map(require_accepted, witnesses)) if witnesses else ()
    found = contents(folder)
    if not any(found.values()):
        raise InputError("holds no witness of any kind", field=folder, source="corpus")
    _write(folder, found, [str(one.path) for one in added], form)
    return ExitCode.HELD


def _write(folder: str, found: dict[Kind, tuple[Kept, ...]], added: list[str], form: str) -> None:
    from cr_toolkit.cli.console import write_json, write_table
    from cr_toolkit.report.results.searching import CorpusFile, CorpusResult
    from cr_toolkit.report.wording import decimal

    rows = [(kind, one) for kind, kept in found.items() for one in sorted(kept, key=lambda k: (k.alpha, -k.ratio))]
    if form == "json":
        files = (
            CorpusFile(
                path=str(one.path),
                kind=kind.value,
                policy=one.witness.policy.name,
                alpha=str(one.alpha),
                ratio=str(one.ratio),
                requests=one.requests,
                added=str(one.path) in added,
            )
            for kind, one in rows
        )
        write_json(CorpusResult(folder=folder, files=tuple(files)))
        return
    header = ("kind", "policy", "file", "alpha", "ratio", "requests", "")
    lines = (
        (
            kind.value,
            one.witness.policy.name,
            one.path.name,
            str(one.alpha),
            decimal(one.ratio, towards="down"),
            f"{one.requests:,}",
            "new" if str(one.path) in added else "",
        )
        for kind, one in rows
    )
    write_table(header, lines, left=3)

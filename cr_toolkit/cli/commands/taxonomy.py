"""`crtool taxonomy`: what is known in each cell of information x traffic, and whether it survives."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import Rational, format_option

if TYPE_CHECKING:
    from cr_toolkit.report.taxonomy import CellReport, Demonstration, Row, Taxonomy

_EPILOG = """\b
Examples:
  crtool taxonomy
  crtool taxonomy --alpha 1/3
  crtool taxonomy --verify                       re-check the corpus, search every cell, demonstrate what is unbounded
  crtool taxonomy --verify --evaluations 5000 --format json
"""


@click.command("taxonomy", epilog=_EPILOG)
@click.option(
    "--alpha", type=Rational(most=1), default="1/2", show_default=True, help="Memory share of the bounds and instances."
)
@click.option("--verify", is_flag=True, help="Search every cell and demonstrate every bound from below.")
@click.option(
    "--evaluations",
    type=click.IntRange(min=1),
    metavar="N",
    default=300,
    show_default=True,
    help="Instances searched per policy and rule of admission.",
)
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=0, metavar="N", show_default=True, help="Of searches."
)
@format_option()
def command(alpha: Fraction, verify: bool, evaluations: int, seed: int, form: str) -> ExitCode:
    """Show what is proved in each cell of information x traffic.

    Per cell: the best known bound, bounds on classes of instances, what bounds every policy from below, and per policy
    its theorems, the worst ratio certified so far and the verdict. A bound of a harder cell, with less information or
    wilder traffic, holds in an easier one. All witnesses that come with crtool are re-checked by the trusted checker.

    With --verify each policy is searched, and each bound from below is demonstrated by a family whose certified ratio
    grows. Exit code 1 if a witness breaks a theorem; 4 if theorems contradict each other or a demonstration fails.
    """
    from adversaries.corpus import SHIPPED, load
    from cr_toolkit.cli.console import write_json
    from cr_toolkit.cli.progress import counted
    from cr_toolkit.report.taxonomy import Effort, as_result, taxonomy
    from cr_toolkit.report.taxonomy import verify as verified

    kept = load(SHIPPED)
    table = taxonomy(alpha, kept)
    if verify:
        with counted("searching", sum(len(report.rows) for report in table.cells)) as watch:
            table = verified(table, Effort(evaluations, seed), watch)
    if form == "json":
        write_json(as_result(table))
    else:
        _write(table, len(kept), verify)
    if table.violated:
        return ExitCode.VIOLATION
    if table.failed:
        return ExitCode.REJECTED
    return ExitCode.INTERRUPTED if table.interrupted else ExitCode.HELD


def _write(table: Taxonomy, files: int, verified: bool) -> None:
    from cr_toolkit.cli.console import write, write_table
    from cr_toolkit.report.wording import count

    for report in table.cells:
        name = f"information {report.cell.information}, traffic {report.cell.traffic}, alpha <= {table.alpha}"
        if not (report.above or report.classes or report.below or report.rows):
            write(f"{name}\n  nothing is known\n")
            continue
        write(name)
        for line in _cell_lines(report):
            write(f"  {line}")
        if report.rows:
            header = ("  policy", "admission", "queue", "bounds", "ratio >=", "verdict")
            write_table(header, map(_row, report.rows), left=len(header))
        write("")
    if verified:
        columns = ("shown from below", "family", "alpha", "certified ratios", "")
        write_table(columns, map(_demonstration, table.demonstrations), left=len(columns))
        write("")
    searches = f", {table.searches:,} {'search' if table.searches == 1 else 'searches'}" if verified else ""
    write(f"{count(files, 'witness file')}, all accepted by the checker{searches}")
    for report in table.cells:
        for row in report.rows:
            if row.note:
                write(f"{row.policy} ({report.cell}): {row.note}")
    for judgement in table.violated:
        write(f"VIOLATED: {judgement.theorem}: {judgement.reason}")
    for one in table.failed:
        write(f"NOT SHOWN: {one.theorem}: the ratios of family {one.family} do not grow")


def _cell_lines(report: CellReport) -> Iterator[str]:
    from cr_toolkit.report.taxonomy import best_words, bound_words

    yield f"best known bound: {best_words(report.above)}"
    if report.classes:
        yield f"on a class of instances: {best_words(report.classes[:1])}"
    for bound in report.below:
        yield f"for every policy: {bound_words(bound)}"


def _row(row: Row) -> tuple[str, ...]:
    from cr_toolkit.report.taxonomy import row_words
    from cr_toolkit.report.wording import decimal

    return (
        f"  {row.policy}",
        " or ".join(rule.value for rule in row.admission),
        row.queue.value,
        row_words(row),
        "-" if row.worst is None else decimal(row.worst.ratio, towards="down"),
        row.verdict,
    )


def _demonstration(one: Demonstration) -> tuple[str, ...]:
    from cr_toolkit.report.wording import decimal

    ratios = ", ".join(decimal(point.ratio, 2, towards="down") for point in one.points)
    outcome = one.note if one.shown is None else "shown" if one.shown else "NOT SHOWN"
    return one.theorem, one.family, str(one.alpha), ratios or "-", outcome

"""`crtool solve`: the offline optimum of one instance."""

from __future__ import annotations

import os
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import READABLE, WRITABLE, ListedOption, Rational, engine_names, format_option

if TYPE_CHECKING:
    from lp_models import OptimumBracket

_EPILOG = """\b
Examples:
  crtool solve instance.json
  crtool solve instance.json --seconds 60 --certificate optimum.json && crtool check optimum.json
"""


@click.command("solve", epilog=_EPILOG)
@click.argument("instance", type=READABLE)
@click.option("--seconds", type=Rational(), default="10", show_default=True, help="Give up improving after this time.")
@click.option(
    "--engine",
    cls=ListedOption,
    known=engine_names,
    metavar="NAME",
    default="auto",
    show_default=True,
    help="What to use.",
)
@click.option("--solver", metavar="NAME", help="Integer programming solver of the engine milp, by its name in PuLP.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=lambda: len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
    show_default="all",
    help="Cores to use.",
)
@click.option("--certificate", type=WRITABLE, help="Write the certificate here, for `crtool check`.")
@format_option()
def command(
    instance: str, seconds: Fraction, engine: str, solver: str | None, jobs: int, certificate: str | None, form: str
) -> ExitCode:
    """Bracket the least total latency any schedule can have.

    Prints a lower bound, a feasible schedule and its cost, and whether they meet. When they do the optimum is proved;
    when they do not, the optimum lies between them.
    """
    from cr_toolkit.model.formats import read_instance, to_json, write_text
    from lp_models import optimum

    found = optimum(read_instance(instance), seconds=float(seconds), engine=engine, solver=solver, jobs=jobs)
    if certificate is not None:
        write_text(certificate, to_json(found.to_certificate()))
    if form == "json":
        from cr_toolkit.cli.console import write_json
        from cr_toolkit.report.results.optimum import OptimumResult

        write_json(
            OptimumResult(
                status=found.status,
                lower=found.lower,
                upper=found.upper,
                start=found.schedule.start,
                engine=found.engine,
                seconds=round(found.seconds, 3),
                certificate=found.to_certificate(),
            )
        )
    else:
        _write(found, certificate)
    return ExitCode.INTERRUPTED if "interrupted" in found.notes else ExitCode.HELD


def _write(found: OptimumBracket, certificate: str | None) -> None:
    from cr_toolkit.cli.console import write_facts
    from cr_toolkit.report.wording import decimal, listed

    gap = decimal(Fraction(100 * (found.upper - found.lower), found.upper), 2)
    optimal = found.lower == found.upper
    facts = [
        ("status", "optimal" if optimal else f"bracketed, the gap is {gap}%"),
        ("optimum", f"{found.upper:,} steps" if optimal else f"between {found.lower:,} and {found.upper:,} steps"),
        ("lower bound", f"{found.lower:,} by {found.lower_method}"),
        ("upper bound", f"{found.upper:,} by {found.upper_method}"),
        ("starts", listed(found.schedule.start)),
        ("engine", f"{found.engine}, {found.seconds:.2f} s"),
        *(("note", note) for note in found.notes),
    ]
    if certificate is not None:
        facts.append(("certificate", certificate))
    write_facts(facts)

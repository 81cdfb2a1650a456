"""`crtool theorem`: what is promised, by whom, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import format_option

if TYPE_CHECKING:
    from cr_toolkit.report.results import ShareBound, TheoremResult
    from proofs.theorem import Theorem

_EPILOG = """\b
Examples:
  crtool theorem list
  crtool theorem show svf-burst
"""


@click.group("theorem", epilog=_EPILOG)
def command() -> None:
    """List the theorems, or show one in full."""


@command.command("list")
@format_option()
def list_theorems(form: str) -> ExitCode:
    """List every theorem."""
    from cr_toolkit.cli.console import write, write_json, write_table
    from cr_toolkit.report.results import TheoremList
    from proofs.theorem import THEOREMS

    results = tuple(_result(theorem) for _, theorem in THEOREMS.items())
    if form == "json":
        write_json(TheoremList(theorems=results))
    else:
        shown = results[0].values[-3:] if results else ()
        header = ("theorem", "policy", "traffic", "kind", *(f"at {value.alpha}" for value in shown), "status", "source")
        rows = ((t.id, t.policy, t.traffic, t.kind, *map(_short, t.values[-3:]), t.status, t.source) for t in results)
        write_table(header, rows, left=len(header))
        write("\nThe bounds are those for all instances whose memory share is at most the number in the header.")
    return ExitCode.HELD


@command.command("show")
@click.argument("theorem")
@format_option()
def show(theorem: str, form: str) -> ExitCode:
    """Show one theorem: what it says, under which hypotheses, its bound at a few memory shares, and its source."""
    from cr_toolkit.cli.console import write_facts, write_json
    from cr_toolkit.report.results import TheoremList
    from cr_toolkit.report.wording import ratio
    from proofs.theorem import THEOREMS

    found = _result(THEOREMS[theorem])
    if form == "json":
        write_json(TheoremList(theorems=(found,)))
        return ExitCode.HELD
    from cr_toolkit.model.rational import parse_rational

    write_facts(
        [
            ("theorem", found.id),
            ("statement", found.statement),
            ("policy", f"{found.policy} (information {found.information})"),
            ("hypotheses", "; ".join(found.hypotheses)),
            ("bound", f"{found.formula} ({found.kind})"),
            *(
                (f"  alpha <= {value.alpha}", "no bound" if value.bound is None else ratio(parse_rational(value.bound)))
                for value in found.values
            ),
            ("status", found.status),
            ("source", f"{found.source}; {found.version}"),
        ]
    )
    return ExitCode.HELD


def _short(value: ShareBound) -> str:
    from cr_toolkit.model.rational import parse_rational
    from cr_toolkit.report.wording import decimal

    return "-" if value.bound is None else decimal(parse_rational(value.bound))


def _result(theorem: Theorem) -> TheoremResult:
    from cr_toolkit.report.results import ShareBound, TheoremResult
    from proofs.description import describe

    described = describe(theorem)
    values = tuple(
        ShareBound(alpha=str(alpha), bound=None if bound is None else str(bound)) for alpha, bound in described.values
    )
    names = set(TheoremResult.__struct_fields__) - {"values"}
    return TheoremResult(values=values, **{name: getattr(described, name) for name in names})

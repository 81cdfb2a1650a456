"""`crtool lift`: a family from witnesses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import READABLE, WRITABLE, format_option, witness_policy_option

if TYPE_CHECKING:
    from adversaries.lifting import Lifted
    from adversaries.subject import Subject
    from cr_toolkit.model.formats import WitnessRecord

_EPILOG = """\b
Examples:
  crtool lift small.json                                     scale one witness
  crtool lift m20.json m40.json m60.json m80.json            a family through several
  crtool lift small.json --family my_family.py --name mine   write it down
"""


@click.command("lift", epilog=_EPILOG)
@click.argument("witnesses", nargs=-1, required=True, type=READABLE, metavar="WITNESS...")
@click.option(
    "--max-requests",
    type=click.IntRange(min=1),
    metavar="N",
    help="Most requests of an instance; default: 2,000, or 200 if no compiled code runs the policy.",
)
@click.option("--family", type=WRITABLE, metavar="FILE.py", help="Write a Python file that registers the family.")
@click.option("--name", default="lifted", show_default=True, help="The name it registers.")
@witness_policy_option
@format_option()
def command(
    witnesses: tuple[str, ...], max_requests: int | None, family: str | None, name: str, policy: str | None, form: str
) -> ExitCode:
    """Lift a parametrised family from witnesses.

    Several witnesses of one policy: every number of their patterns is read as a polynomial in one parameter k that
    passes exactly through all of them, or through all but one. One witness: its numbers are scaled by powers of k.
    The certified ratio is then followed along k. The limit shown is an extrapolation and no proof. Exit code 3 if there
    is no family.
    """
    from adversaries.lifting import family_source, follow
    from cr_toolkit.cli.checked import require_accepted
    from cr_toolkit.cli.console import write, write_facts, write_json
    from cr_toolkit.model.formats import write_text
    from cr_toolkit.report.lifting import lift_facts, lift_result

    records = [require_accepted(path) for path in witnesses]
    subject = _one_run(records, witnesses, policy)
    most = max_requests or subject.most_requests(2_000)
    lifted = _lift(records, subject, most)
    if lifted is None:
        write("no scaling of this witness raises its ratio; shrink it first (crtool shrink --regular --keep 9/10)")
        return ExitCode.UNDECIDED
    growth = follow(lifted, subject, most)
    if family is not None:
        write_text(family, family_source(lifted, growth, subject, records[0].policy.name, name))
    if form == "json":
        write_json(lift_result(records[0].policy.name, lifted, growth, family))
    else:
        write_facts(lift_facts(lifted, growth, family))
    return ExitCode.HELD


def _one_run(records: list[WitnessRecord], paths: tuple[str, ...], policy: str | None) -> Subject:
    """Return what all records ran: the policy, its rules and the parameters it does not choose by itself."""
    from adversaries.subject import Subject
    from cr_toolkit.errors import InputError

    first, *others = (Subject.of(record, policy) for record in records)
    for other, path in zip(others, paths[1:], strict=True):
        if other != first:
            raise InputError(f"is about another run than {paths[0]}", field="policy", source=path)
    return first


def _lift(records: list[WitnessRecord], subject: Subject, max_requests: int) -> Lifted | None:
    from adversaries.folding import pattern_of
    from adversaries.lifting import lift_series, scaled
    from cr_toolkit.cli.progress import ticking

    patterns = [pattern_of(record.instance.to_instance()) for record in records]
    if len(patterns) > 1:
        return lift_series(patterns)
    with ticking("scaling", "members") as progress:
        return scaled(patterns[0], subject, max_requests, progress)

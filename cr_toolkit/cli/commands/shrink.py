"""`crtool shrink`: the same ratio in a smaller witness."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import READABLE, WRITABLE, Rational, format_option, witness_policy_option

if TYPE_CHECKING:
    from adversaries.shrinking import Shrunk
    from cr_toolkit.model.formats import WitnessRecord

_EPILOG = """\b
Examples:
  crtool shrink crtool-out/best.json
  crtool shrink crtool-out/best.json --keep 9/10 -o small.json
  crtool shrink crtool-out/best.json --ratio 3/2 --regular
"""


@click.command("shrink", epilog=_EPILOG)
@click.argument("witness", type=READABLE)
@click.option("--ratio", type=Rational(), help="The ratio to keep; default: that of the witness.")
@click.option("--keep", type=Rational(most=1), metavar="SHARE", help="In place of --ratio: this share of the ratio.")
@click.option("--alpha", type=Rational(most=1), help="Largest memory share allowed; default: that of the witness.")
@click.option("--regular", is_flag=True, help="Keep repeats whole and equal volumes equal, as `crtool lift` needs it.")
@click.option(
    "--evaluations", type=click.IntRange(min=1), default=20_000, show_default=True, help="Stop after so many."
)
@witness_policy_option
@click.option("-o", "--output", type=WRITABLE, help="The smaller witness; default: WITNESS with -small in its name.")
@format_option()
def command(
    witness: str,
    ratio: Fraction | None,
    keep: Fraction | None,
    alpha: Fraction | None,
    regular: bool,
    evaluations: int,
    policy: str | None,
    output: str | None,
    form: str,
) -> ExitCode:
    """Make a witness smaller and keep its ratio.

    Requests are dropped and numbers made smaller as long as the certified ratio stays. In the result no request can
    be dropped and no number reduced by one. The new witness is saved when the trusted checker has accepted it.
    """
    from adversaries.folding import pattern_of
    from adversaries.shrinking import shrink
    from adversaries.subject import Subject
    from cr_toolkit.cli.checked import require_accepted, write_checked
    from cr_toolkit.cli.progress import ticking

    if ratio is not None and keep is not None:
        raise click.UsageError("--ratio and --keep exclude each other")
    record = require_accepted(witness)
    certified = Fraction(record.ratio.lower)
    threshold = certified * (keep or 1) if ratio is None else ratio
    if threshold > certified:
        raise click.UsageError(f"--ratio {threshold} is above the ratio {certified} of the witness")
    subject = Subject.of(record, policy)
    pattern = pattern_of(record.instance.to_instance())
    with ticking("shrinking", "candidates") as progress:
        shrunk = shrink(
            subject, pattern, threshold, alpha=alpha, evaluations=evaluations, regular=regular, progress=progress
        )
    if shrunk.pattern == pattern:
        # Its own schedule may be better than the one that is found quickly.
        smaller = record
    else:
        smaller = subject.witness(shrunk.pattern, {"shrunk": {"threshold": str(threshold), "regular": regular}})
    path = write_checked(output or _small_name(witness), smaller)
    _write(witness, record, path, smaller, shrunk, form)
    return ExitCode.HELD


def _small_name(witness: str) -> str:
    return f"{witness.removesuffix('.json')}-small.json"


def _write(source: str, before: WitnessRecord, path: str, after: WitnessRecord, shrunk: Shrunk, form: str) -> None:
    from cr_toolkit.cli.console import write_facts, write_json
    from cr_toolkit.report.lifting import witness_facts
    from cr_toolkit.report.results.base import RatioBracket
    from cr_toolkit.report.results.searching import ShrinkResult

    requests = len(before.policy_schedule.start), len(after.policy_schedule.start)
    if form == "json":
        ratio = RatioBracket(lower=after.ratio.lower, upper=after.ratio.upper)
        write_json(
            ShrinkResult(
                source=source,
                witness=path,
                requests=requests,
                ratio=ratio,
                evaluations=shrunk.evaluations,
                minimal=shrunk.is_minimal,
            )
        )
        return
    done = "nothing more can be cut" if shrunk.is_minimal else "stopped before everything was tried"
    write_facts(
        [
            ("shrunk", f"{requests[0]:,} to {requests[1]:,} requests, {shrunk.evaluations:,} candidates; {done}"),
            *witness_facts(after, path),
        ]
    )

"""`crtool frontier`: the worst ratios known against what the theorems allow."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import (
    READABLE,
    ListedOption,
    Rational,
    budget_option,
    cluster_option,
    counted_budget,
    format_option,
    policy_names,
)

if TYPE_CHECKING:
    from adversaries.corpus import Effort, Kept, Point
    from cr_toolkit.report.frontier import Place

_EPILOG = """\b
Examples:
  crtool frontier                                       of svf, from the witnesses that come with crtool
  crtool frontier -o frontier.svg
  crtool frontier --alpha 1/2 --alpha 0.6 --admission lookahead --format json
  crtool frontier my-corpus --search --evaluations 5000     search every point and keep what is worse

\b
A search that was stopped or killed goes on from its last finished instance when the command is given again.
"""

_EVALUATIONS = 2_000


@click.command("frontier", epilog=_EPILOG)
@click.argument("corpus", required=False, type=click.Path(path_type=str))
@click.option(
    "--policy", cls=ListedOption, known=policy_names, default="svf", show_default=True, metavar="NAME", help="Whose."
)
@click.option(
    "--alpha", "alphas", multiple=True, type=Rational(most=1), help="A memory share (repeatable); default: seven."
)
@click.option(
    "--admission",
    "admissions",
    multiple=True,
    type=click.Choice(["lookahead", "peak"]),
    help="An admission rule (repeatable); default: both.",
)
@click.option(
    "--queue",
    type=click.Choice(["head-of-line", "skipping"]),
    default="head-of-line",
    show_default=True,
    help="The queue discipline.",
)
@click.option(
    "--search", is_flag=True, help="Search first, all shares of a rule together; what is worse is kept in CORPUS."
)
@click.option(
    "--evaluations",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Instances searched per point; default: {_EVALUATIONS:,}.",
)
@budget_option("searched per point")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=0, metavar="N", show_default=True, help="Of searches."
)
@click.option("--jobs", type=click.IntRange(1, 4096), default=1, metavar="N", show_default=True, help="Processes.")
@cluster_option
@click.option("--max-requests", type=click.IntRange(min=1), metavar="N", help="Most requests of an instance searched.")
@click.option("-o", "--output", type=READABLE, help="Also draw it: a name ending in .svg or .png.")
@format_option()
def command(
    corpus: str | None,
    policy: str,
    alphas: tuple[Fraction, ...],
    admissions: tuple[str, ...],
    queue: str,
    search: bool,
    evaluations: int | None,
    budget: str | None,
    seed: int,
    jobs: int,
    cluster: str | None,
    max_requests: int | None,
    output: str | None,
    form: str,
) -> ExitCode:
    """Hold the worst ratios known against the bounds.

    CORPUS is a folder kept by `crtool corpus` or --search; without it, the one that comes with crtool. All its
    witnesses are re-checked by the trusted checker. At a share alpha the worst burst counts whose peaks are all at most
    alpha M. The gap is the tightest bound less that ratio. Exit code 1 if a witness breaks a theorem.
    """
    from adversaries.corpus import SHIPPED, Effort, Kind, add, load
    from cr_toolkit.cli.console import write, write_json
    from cr_toolkit.model.formats import write_bytes
    from cr_toolkit.report.frontier import as_result, frontier
    from cr_toolkit.report.frontier_picture import draw
    from cr_toolkit.report.waterfall import require_format

    if output is not None:
        require_format(output)
    points = _points(policy, alphas, admissions, queue)
    if search:
        number = counted_budget(budget, evaluations) or _EVALUATIONS
        _improve(corpus, points, Effort(number, seed, max_requests), jobs, cluster)
    kept = load(SHIPPED if corpus is None else corpus)
    places = frontier(kept, points)
    broken = [place.worst.witness for place in places if place.worst is not None and place.violated]
    if search and corpus is not None and broken:
        # Among the worst alone, a later find might replace what breaks a theorem.
        add(corpus, Kind.VIOLATIONS, broken)
    if output is not None:
        write_bytes(output, draw(output, policy, kept, places))
    if form == "json":
        write_json(as_result(policy, queue, places))
    else:
        _write(kept, places)
        if output is not None:
            write(f"\npicture: {output}")
    if any(place.violated for place in places):
        return ExitCode.VIOLATION
    return ExitCode.HELD if any(place.worst is not None for place in places) else ExitCode.UNDECIDED


def _points(policy: str, alphas: tuple[Fraction, ...], admissions: tuple[str, ...], queue: str) -> tuple[Point, ...]:
    from adversaries.corpus import Point
    from cr_toolkit.policies import POLICIES, Admission, Queue
    from cr_toolkit.report.frontier import DEFAULT_SHARES

    POLICIES[policy]
    rules = [rule for rule in Admission if not admissions or rule.value in admissions]
    shares = sorted(set(alphas)) or DEFAULT_SHARES
    return tuple(Point(policy, rule, Queue(queue), share) for rule in rules for share in shares)


def _improve(corpus: str | None, points: Sequence[Point], effort: Effort, jobs: int, cluster: str | None) -> None:
    from adversaries.corpus import improve, sweeps_of
    from cr_toolkit.cli.progress import frontier_progress
    from cr_toolkit.errors import InputError

    if corpus is None:
        raise InputError("needs a folder CORPUS to keep what it finds", source="--search")
    with frontier_progress(sweeps_of(points), effort.evaluations) as progress:
        for _ in improve(corpus, points, effort, jobs=jobs, cluster=cluster, progress=progress):
            pass


def _write(kept: Sequence[Kept], places: Sequence[Place]) -> None:
    from cr_toolkit.cli.console import write, write_table
    from cr_toolkit.report.wording import count

    theorems = sorted({theorem.id for place in places for theorem, _ in (*place.above, *place.below)})
    header = ("admission", "alpha", "ratio >=", "requests", "gap", *theorems, "witness")
    write_table(header, [_row(place, theorems) for place in places], left=1)
    write(f"\n{count(len(kept), 'witness file')}, all accepted by the checker")
    for name in sorted({name for place in places for name in place.violated}):
        write(f"VIOLATED: {name}")


def _row(place: Place, theorems: Sequence[str]) -> tuple[str, ...]:
    from cr_toolkit.report.wording import decimal

    bounds = {theorem.id: decimal(bound) for theorem, bound in (*place.above, *place.below)}
    worst, gap = place.worst, place.gap
    return (
        place.point.admission.value,
        str(place.point.alpha),
        "-" if worst is None else decimal(worst.ratio, towards="down"),
        "-" if worst is None else f"{worst.requests:,}",
        "-" if gap is None else decimal(gap),
        *(bounds.get(name, "-") for name in theorems),
        "-" if worst is None else worst.path.name,
    )

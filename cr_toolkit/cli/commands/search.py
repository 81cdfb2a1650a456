"""`crtool search`: the main job."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import (
    ListedOption,
    Rational,
    budget_option,
    cluster_option,
    counted_budget,
    format_option,
    parameters_option,
    policy_option,
    rules_options,
    searcher_names,
)

if TYPE_CHECKING:
    from adversaries import SearchResult
    from proofs.verdict import Judgement

_EPILOG = """\b
Examples:
  crtool search --policy svf --alpha 1/2 --seconds 20
  crtool search --policy svf --alpha 1/2 --evaluations 20000 --seed 7 --format json
  crtool search --policy svf --budget standard --no-seeds
  crtool search --policy my_policy.py:MyPolicy --bound 5      exit code 1 if the ratio can exceed 5
  crtool search --policy svf --admission peak --out found && crtool plot found/best.json -o best.svg

\b
With --evaluations the result depends on the seed alone, whatever --jobs or --cluster is. With --seconds it depends
on the machine. A search that was stopped or killed goes on from its last finished instance when the command is given
again.
"""


@click.command("search", epilog=_EPILOG)
@policy_option()
@parameters_option
@click.option(
    "--alpha",
    type=Rational(most=1),
    default="1/2",
    show_default=True,
    help="No request may need more than this share of the memory.",
)
@click.option(
    "--traffic",
    type=click.Choice(["burst", "arbitrary"]),
    default="burst",
    show_default=True,
    help="Everything arrives at 0 (burst), or whenever it hurts (arbitrary).",
)
@rules_options
@click.option(
    "--searcher",
    cls=ListedOption,
    known=searcher_names,
    metavar="NAME",
    default="auto",
    show_default=True,
    help="How to search.",
)
@click.option("--no-seeds", is_flag=True, help="Start from nothing: do not use the known families.")
@click.option("--common-prompt", is_flag=True, help="All requests of an instance have the same prompt.")
@click.option("--max-requests", type=click.IntRange(min=1), metavar="N", help="Most requests of an instance.")
@click.option("--evaluations", type=click.IntRange(min=1), metavar="N", help="Stop after so many instances.")
@budget_option("searched in place of --evaluations")
@click.option("--seconds", type=Rational(), help="Stop after so much time; 60 if no budget is given.")
@click.option(
    "--seed", type=click.IntRange(0, 2**63 - 1), default=0, metavar="N", show_default=True, help="Of all randomness."
)
@click.option("--jobs", type=click.IntRange(1, 4096), metavar="N", help="Processes to use; default: one per processor.")
@cluster_option
@click.option("--bound", type=Rational(), help="Exit with code 1 if a ratio above this is found and certified.")
@click.option(
    "--out",
    type=click.Path(path_type=str),
    default="crtool-out",
    show_default=True,
    help="Folder for the best witness, best.json, and for campaigns, what lets a stopped search go on.",
)
@format_option()
def command(
    policy: str, bound: Fraction | None, out: str, form: str, budget: str | None, no_seeds: bool, **settings: Any
) -> ExitCode:
    """Search for an instance on which a policy does badly.

    The worst instance found is saved with the policy's schedule and a cheaper one, re-checked by the trusted checker,
    and held against every theorem that applies. Ctrl-C stops the search and keeps what it found.
    """
    from adversaries.searching import INTERRUPTED
    from cr_toolkit.cli.checked import require_accepted
    from cr_toolkit.cli.policy_runs import try_policy
    from cr_toolkit.cli.searching import exit_code_of, require_folder, run_search
    from cr_toolkit.report.judging import Bounds, judge_witness

    settings["evaluations"] = counted_budget(budget, settings["evaluations"])
    settings["families"] = not no_seeds
    try_policy(policy, settings["parameters"], settings["admission"], settings["queue"])
    require_folder(out)
    result = run_search(policy, out, settings)
    require_accepted(str(result.path))
    judgements = judge_witness(result.best, Bounds(numbers=() if bound is None else (bound,)))
    _write(policy, result, judgements, form)
    if result.stopped_by == "interrupted":
        click.echo(f"crtool: {INTERRUPTED}", err=True)
    return exit_code_of(result, judgements)


def _write(policy: str, result: SearchResult, judgements: tuple[Judgement, ...], form: str) -> None:
    from cr_toolkit.cli.console import write_facts, write_json
    from cr_toolkit.report.judging import as_results
    from cr_toolkit.report.results.base import RatioBracket
    from cr_toolkit.report.results.searching import BestFound, SearchOutcome

    low, high = result.ratio
    if form == "json":
        write_json(
            SearchOutcome(
                policy=policy,
                traffic=result.traffic,
                alpha=str(result.alpha),
                seed=result.seed,
                evaluations=result.evaluations,
                best=BestFound(ratio=RatioBracket(lower=str(low), upper=str(high)), witness=str(result.path)),
                theorems=as_results(judgements),
            )
        )
        return
    from cr_toolkit.report.describe import search_facts

    write_facts(search_facts(result, judgements))

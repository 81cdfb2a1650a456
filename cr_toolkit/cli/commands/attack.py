"""`crtool attack`: everything that a policy of one's own needs, in one command."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import Rational, format_option, parameters_option, policy_option, rules_options

if TYPE_CHECKING:
    from adversaries import SearchResult
    from adversaries.generalising import General
    from adversaries.subject import Subject
    from cr_toolkit.model.formats import WitnessRecord
    from proofs.verdict import Judgement

_EPILOG = """\b
Examples:
  crtool attack --policy my_policy.py:MyPolicy --out found
  crtool attack --policy fcfs --evaluations 500 --bound 5

\b
It writes into the folder:
  best.json, best.svg      the worst instance found, and its picture
  small.json, small.svg    a small instance of the same kind
  family.py                the family it belongs to, if one could be lifted
"""


@click.command("attack", epilog=_EPILOG)
@policy_option()
@parameters_option
@click.option("--alpha", type=Rational(most=1), default="1/2", show_default=True, help="Largest memory share.")
@click.option("--traffic", type=click.Choice(["burst", "arbitrary"]), default="burst", show_default=True)
@rules_options
@click.option("--evaluations", type=click.IntRange(min=1), default=2_000, show_default=True, metavar="N")
@click.option(
    "--max-requests",
    type=click.IntRange(min=1),
    metavar="N",
    help="Most requests of an instance; default: 2,000, or 200 if no compiled code runs the policy.",
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, metavar="N", show_default=True)
@click.option("--jobs", type=click.IntRange(1, 4096), metavar="N", help="Processes to use; default: one per processor.")
@click.option("--bound", type=Rational(), help="Exit with code 1 if a ratio above this is found and certified.")
@click.option("--out", type=click.Path(path_type=str), default="crtool-out", show_default=True, help="For the files.")
@format_option()
def command(policy: str, bound: Fraction | None, out: str, form: str, **settings: Any) -> ExitCode:
    """Search, shrink, draw and lift: what is wrong with a policy.

    The worst instance found is shrunk to a small one, and a family is lifted from that: a formula whose certified ratio
    grows with a parameter. All witnesses are re-checked by the trusted checker and drawn.
    """
    from adversaries.subject import Subject
    from cr_toolkit.cli.checked import require_accepted, write_checked
    from cr_toolkit.cli.policy_runs import try_policy
    from cr_toolkit.cli.searching import exit_code_of, require_folder, run_search
    from cr_toolkit.policies import Admission, Queue
    from cr_toolkit.report.judging import Bounds, judge_witness

    rules = settings["admission"], settings["queue"]
    try_policy(policy, settings["parameters"], *rules)
    require_folder(out)
    subject = Subject(policy, settings["parameters"], Admission(rules[0]), Queue(rules[1]))
    settings["max_requests"] = settings["max_requests"] or subject.most_requests(2_000)
    result = run_search(policy, out, {**settings, "seconds": None})
    require_accepted(str(result.path))
    judgements = judge_witness(result.best, Bounds(numbers=() if bound is None else (bound,)))
    general = _generalise(subject, result, settings["alpha"], settings["max_requests"])
    small = subject.witness(general.shrunk.pattern, {"shrunk": {"from": result.path.name if result.path else ""}})
    files = [str(result.path), write_checked(f"{out}/small.json", small)]
    files += [_draw(path) for path in files]
    if general.lifted is not None:
        files.append(_write_family(subject, general, result.best.policy.name, out))
    _write(policy, result, judgements, small, general, files, form)
    return exit_code_of(result, judgements)


def _generalise(subject: Subject, result: SearchResult, alpha: Fraction, max_requests: int) -> General:
    from adversaries.folding import pattern_of
    from adversaries.generalising import generalise
    from cr_toolkit.cli.progress import ticking

    pattern = pattern_of(result.best.instance.to_instance())
    with ticking("shrinking and lifting", "candidates") as progress:
        return generalise(subject, pattern, result.ratio[0], alpha=alpha, max_requests=max_requests, progress=progress)


def _draw(witness: str) -> str:
    from cr_toolkit.model.formats import write_bytes
    from cr_toolkit.report.gallery import picture_of

    picture = str(Path(witness).with_suffix(".svg"))
    write_bytes(picture, picture_of(witness, picture))
    return picture


def _write_family(subject: Subject, general: General, name: str, out: str) -> str:
    from adversaries.lifting import family_source
    from cr_toolkit.model.formats import write_text

    assert general.lifted is not None
    assert general.growth is not None
    path = f"{out}/family.py"
    write_text(path, family_source(general.lifted, general.growth, subject, name, "lifted"))
    return path


def _write(
    policy: str,
    result: SearchResult,
    judgements: tuple[Judgement, ...],
    small: WitnessRecord,
    general: General,
    files: list[str],
    form: str,
) -> None:
    from cr_toolkit.cli.console import write, write_facts, write_json
    from cr_toolkit.report.describe import search_facts
    from cr_toolkit.report.judging import as_results
    from cr_toolkit.report.lifting import lift_facts, lift_result, witness_facts
    from cr_toolkit.report.results.base import RatioBracket
    from cr_toolkit.report.results.searching import AttackResult

    lifted, growth = general.lifted, general.growth
    if form == "json":
        lift = None if lifted is None or growth is None else lift_result(policy, lifted, growth, files[-1])
        brackets = (RatioBracket(lower=one.ratio.lower, upper=one.ratio.upper) for one in (result.best, small))
        best, least = brackets
        write_json(
            AttackResult(
                policy=policy, ratio=best, theorems=as_results(judgements), small=least, lift=lift, files=tuple(files)
            )
        )
        return
    write_facts(search_facts(result, judgements))
    write("")
    write_facts([("a small one", ""), *witness_facts(small, files[1])])
    write("")
    if lifted is None or growth is None:
        write("no family could be lifted from it")
    else:
        write_facts(lift_facts(lifted, growth, files[-1]))
    write("")
    write(f"files: {' '.join(files)}")

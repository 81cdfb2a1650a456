"""`crtool theorem`: what is promised, by whom, and when."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import format_option
from cr_toolkit.cli.theorem_simulate import simulate

if TYPE_CHECKING:
    from cr_toolkit.model import Instance
    from cr_toolkit.report.results.proving import AttackedLemma, ProofLemma, ShareBound, TheoremCheck, TheoremResult
    from proofs.attack import Attack
    from proofs.check import CheckReport
    from proofs.theorem import Theorem

_EPILOG = """\b
Examples:
  crtool theorem list
  crtool theorem show svf-burst
  crtool theorem check
  crtool theorem check svf-burst-sharp --instances 1000
  crtool theorem attack chain-area --evaluations 20000
  crtool theorem simulate svf-poisson --load 1/2
"""


@click.group("theorem", epilog=_EPILOG)
def command() -> None:
    """List, show, check or simulate the theorems, or attack a lemma."""


command.add_command(simulate)


@command.command("list")
@format_option()
def list_theorems(form: str) -> ExitCode:
    """List every theorem."""
    from cr_toolkit.cli.console import write, write_json, write_table
    from cr_toolkit.report.results.proving import TheoremList
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
    """Show one theorem: statement, premises, bound, source and proof."""
    from cr_toolkit.cli.console import write, write_facts, write_json
    from cr_toolkit.report.results.proving import TheoremList
    from cr_toolkit.report.wording import count, ratio
    from proofs.theorem import THEOREMS

    found = _result(THEOREMS[theorem], _proof(THEOREMS[theorem]))
    if form == "json":
        write_json(TheoremList(theorems=(found,)))
        return ExitCode.HELD
    from textwrap import wrap

    from cr_toolkit.model.rational import parse_rational

    write_facts(
        [
            ("theorem", found.id),
            *(("" if place else "statement", line) for place, line in enumerate(wrap(found.statement, 96))),
            ("policy", f"{found.policy} (information {found.information})"),
            ("hypotheses", "; ".join(found.hypotheses)),
            ("bound", f"{found.formula} ({found.kind})"),
            *(
                (
                    f"  alpha <= {value.alpha}",
                    "none that follows from alpha alone" if value.bound is None else ratio(parse_rational(value.bound)),
                )
                for value in found.values
            ),
            ("status", found.status),
            ("source", found.source),
            ("version", found.version),
            ("proof", f"{count(len(found.lemmas), 'lemma')}, premises first" if found.lemmas else "not here"),
        ]
    )
    for line in _proof_lines(found.lemmas):
        write(line)
    return ExitCode.HELD


@command.command("check")
@click.argument("theorems", nargs=-1, metavar="[ID]...")
@click.option(
    "--instances",
    type=click.IntRange(1, 10**7),
    default=10_000,
    show_default=True,
    help="How many generated instances every lemma is evaluated on.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the instances.")
@click.option(
    "--corpus/--no-corpus",
    default=True,
    show_default=True,
    help="Also evaluate on the witnesses that come with crtool; of their largest, the lemmas that take linear time.",
)
@click.option("--second-opinion", is_flag=True, help="Also ask z3, if installed, about every polynomial inequality.")
@format_option()
def check(
    theorems: tuple[str, ...], instances: int, seed: int, corpus: bool, second_opinion: bool, form: str
) -> ExitCode:
    """Check the proofs of some theorems, or of all.

    No lemma is missing or rests on itself, every algebraic step is proved symbolically, and every inequality holds in
    exact arithmetic on generated instances and on the bursts of the corpus. Exit code 4 if a proof fails.
    """
    from itertools import chain

    from adversaries.corpus import SHIPPED, load
    from cr_toolkit.cli.console import write_json
    from cr_toolkit.cli.progress import counted
    from proofs.check import check_theorems
    from proofs.sample import sample_instances

    ids = theorems or None
    shipped = sorted(load(SHIPPED), key=lambda one: one.requests) if corpus else []
    kept = [one.witness.instance.to_instance() for one in shipped if one.is_burst]
    with counted("checking proofs", instances + len(kept)) as watch:
        report = check_theorems(ids, watch(chain(kept, sample_instances(instances, seed))), seed=seed)
    if second_opinion:
        report = _with_opinion(report, ids)
    if form == "json":
        write_json(_check_result(report, seed))
    else:
        _write_check(report)
    return ExitCode.HELD if report.ok else ExitCode.REJECTED


@command.command("attack")
@click.argument("lemmas", nargs=-1, metavar="[LEMMA]...")
@click.option(
    "--evaluations",
    type=click.IntRange(1, 10**8),
    default=1000,
    show_default=True,
    help="How many instances to try for each lemma.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True, help="Seed of the instances.")
@format_option()
def attack(lemmas: tuple[str, ...], evaluations: int, seed: int, form: str) -> ExitCode:
    """Search for the instance on which a lemma is tightest, or broken.

    Without a LEMMA, all of them in turn. Exit code 4 if a lemma is broken.
    """
    from cr_toolkit.cli.console import write, write_json, write_table
    from cr_toolkit.cli.progress import counted
    from cr_toolkit.report.results.proving import TheoremAttack
    from cr_toolkit.report.wording import decimal
    from proofs.attack import attack as climb
    from proofs.lemma import LEMMAS

    names = lemmas or LEMMAS.names()
    for name in names:
        LEMMAS[name]
    with counted("attacking lemmas", len(names)) as watch:
        found = [climb(name, evaluations, seed) for name in watch(names)]
    if form == "json":
        write_json(TheoremAttack(evaluations=evaluations, seed=seed, lemmas=tuple(map(_attack_result, found))))
    else:
        header = ("lemma", "inequalities", "largest lhs/rhs", "where", "instance")
        rows = []
        for one in found:
            ratio = "-" if one.ratio is None else decimal(one.ratio, towards="down")
            where = "" if one.row is None else one.row.label
            rows.append((one.lemma, f"{one.rows:,}", ratio, where, _attacked(one)))
        write_table(header, rows, left=len(header))
        for one in found:
            if one.broken and one.row is not None:
                write(f"BROKEN: {one.lemma}: {one.row.lhs} > {one.row.rhs}")
    return ExitCode.REJECTED if any(one.broken for one in found) else ExitCode.HELD


def _attacked(found: Attack) -> str:
    """Return an instance in one line, with runs of equal requests counted."""
    from itertools import groupby

    if found.trial is None:
        return ""
    run = found.trial.run
    groups = groupby((request.prompt, request.output) for request in run.instance.requests)
    counted = ((size, len(list(members))) for size, members in groups)
    sizes = ", ".join(f"({s},{o})" + (f" x {count}" if count > 1 else "") for (s, o), count in counted)
    return f"M={run.instance.memory} {sizes} [{run.admission}]"


def _attack_result(found: Attack) -> AttackedLemma:
    from cr_toolkit.model.formats import instance_record
    from cr_toolkit.report.explaining import number_text
    from cr_toolkit.report.results.proving import AttackedLemma

    run = None if found.trial is None else found.trial.run
    return AttackedLemma(
        id=found.lemma,
        rows=found.rows,
        ratio=None if found.ratio is None else number_text(found.ratio),
        row=None if found.row is None else found.row.label,
        broken=found.broken,
        instance=None if run is None else instance_record(run.instance),
        policy=None if run is None else run.policy,
        admission=None if run is None else run.admission.value,
        queue=None if run is None else run.queue.value,
    )


def _with_opinion(report: CheckReport, ids: tuple[str, ...] | None) -> CheckReport:
    """Return the report with what z3 disputes among its problems; what it says is written to standard error."""
    from dataclasses import replace

    from proofs.check import Problem, proof_lemmas
    from proofs.second_opinion import second_opinion

    opinion = second_opinion(proof_lemmas(ids))
    click.echo(f"z3 agrees with {opinion.agreed} inequalities and leaves {opinion.undecided} undecided", err=True)
    disputed = tuple(Problem(lemma, f"z3 disputes that this is >= 0: {claim}") for lemma, claim in opinion.disputed)
    return replace(report, problems=(*report.problems, *disputed))


def _write_check(report: CheckReport) -> None:
    from cr_toolkit.cli.console import write, write_table
    from cr_toolkit.report.wording import count, decimal

    header = ("lemma", "algebraic steps", "inequalities", "largest lhs/rhs")
    rows = []
    for lemma in report.lemmas:
        tightest = "-" if lemma.tightest is None else decimal(lemma.tightest, towards="down")
        rows.append((lemma.lemma, f"{lemma.steps:,}", f"{lemma.rows:,}", tightest))
    if rows:
        write_table(header, rows)
        write("")
    for problem in report.problems:
        write(f"problem: {problem.lemma}: {problem.reason}{_sizes(problem.instance)}")
    proved = len(report.theorems) - len(report.unproved)
    outcome = "all is well" if report.ok else count(len(report.problems), "problem")
    write(
        f"{outcome}: {count(proved, 'theorem')} proved here, {count(len(report.lemmas), 'lemma')}, "
        f"{count(sum(lemma.steps for lemma in report.lemmas), 'algebraic step')}, "
        f"{sum(lemma.rows for lemma in report.lemmas):,} inequalities on {count(report.instances, 'instance')}"
    )
    if report.unproved:
        write(f"without a proof here, and claiming none: {', '.join(report.unproved)}")


def _sizes(instance: Instance | None) -> str:
    if instance is None:
        return ""
    sizes = ", ".join(f"({request.prompt}, {request.output})" for request in instance.requests)
    return f" on memory {instance.memory} and (prompt, output) {sizes}"


def _check_result(report: CheckReport, seed: int) -> TheoremCheck:
    from cr_toolkit.model.formats import instance_record
    from cr_toolkit.report.explaining import number_text
    from cr_toolkit.report.results.proving import CheckedLemma, ProofProblem, TheoremCheck

    return TheoremCheck(
        passed=report.ok,
        theorems=report.theorems,
        instances=report.instances,
        seed=seed,
        lemmas=tuple(
            CheckedLemma(
                id=lemma.lemma,
                steps=lemma.steps,
                rows=lemma.rows,
                tightest=None if lemma.tightest is None else number_text(lemma.tightest),
            )
            for lemma in report.lemmas
        ),
        problems=tuple(
            ProofProblem(
                lemma=problem.lemma,
                reason=problem.reason,
                instance=None if problem.instance is None else instance_record(problem.instance),
            )
            for problem in report.problems
        ),
        unproved=report.unproved,
    )


def _proof(theorem: Theorem) -> tuple[ProofLemma, ...]:
    """Return the lemmas of a proof, premises first."""
    from cr_toolkit.report.results.proving import ProofLemma
    from proofs.check import proof_lemmas

    if theorem.proof is None:
        return ()
    return tuple(ProofLemma(id=x.id, statement=x.statement, uses=x.uses) for x in proof_lemmas([theorem.id]))


def _proof_lines(lemmas: Sequence[ProofLemma]) -> Iterator[str]:
    """Yield the steps of a proof, numbered, each with the numbers of those it rests on."""
    from textwrap import wrap

    number = {lemma.id: place for place, lemma in enumerate(lemmas, start=1)}
    width = max((len(lemma.id) for lemma in lemmas), default=0)
    for lemma in lemmas:
        rests = ", ".join(str(place) for place in sorted(number[used] for used in lemma.uses))
        text = f"{lemma.statement}  [from {rests}]" if rests else lemma.statement
        first, *others = wrap(text, 104 - width)
        yield f"  {number[lemma.id]:>2}  {lemma.id:<{width}}  {first}"
        for line in others:
            yield " " * (width + 8) + line


def _short(value: ShareBound) -> str:
    from cr_toolkit.model.rational import parse_rational
    from cr_toolkit.report.wording import decimal

    return "-" if value.bound is None else decimal(parse_rational(value.bound))


def _result(theorem: Theorem, lemmas: tuple[ProofLemma, ...] = ()) -> TheoremResult:
    from cr_toolkit.report.results.proving import ShareBound, TheoremResult
    from proofs.description import describe

    described = describe(theorem)
    values = tuple(
        ShareBound(alpha=str(alpha), bound=None if bound is None else str(bound)) for alpha, bound in described.values
    )
    names = set(TheoremResult.__struct_fields__) - {"values", "lemmas"}
    return TheoremResult(values=values, lemmas=lemmas, **{name: getattr(described, name) for name in names})

"""`crtool explain`: where the proof of a bound is loose on a witness."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import READABLE, WRITABLE, format_option

if TYPE_CHECKING:
    from cr_toolkit.model.formats import WitnessRecord
    from proofs.explanation import Explanation, LemmaOnRun
    from proofs.verdict import Judgement

_WHOLE = 10**5
"""From this cost on (steps), fractions of a step are not shown."""

_EPILOG = """\b
Examples:
  crtool explain crtool-out/best.json
  crtool explain crtool-out/best.json --theorem svf-burst-sharp -o why.svg
"""


@click.command("explain", epilog=_EPILOG)
@click.argument("witness", type=READABLE)
@click.option("--theorem", "theorems", multiple=True, metavar="ID", help="Only this theorem (repeatable).")
@click.option("-o", "--output", type=WRITABLE, help="Also draw the steps: a name ending in .svg or .png.")
@format_option()
def command(witness: str, theorems: tuple[str, ...], output: str | None, form: str) -> ExitCode:
    """Show where the proofs of the bounds lose on a witness.

    For each theorem that applies: its proof as steps from the policy's cost up to bound x cost of the best schedule
    known, what each step loses, and every inequality of its lemmas evaluated exactly on the run. The witness is
    checked first; exit code 4 if it is rejected, or if a lemma is broken.
    """
    from cr_toolkit.cli.console import write, write_json
    from cr_toolkit.model.formats import read_witness, write_bytes
    from cr_toolkit.report.explaining import all_lemmas, as_result, explain_witness
    from cr_toolkit.report.waterfall import draw, require_format

    if output is not None:
        require_format(output)
    record = read_witness(witness)
    explained, judgements = explain_witness(record, theorems)
    if output is not None:
        write_bytes(output, draw(output, record, explained))
    if form == "json":
        write_json(as_result(witness, record, explained, judgements))
    else:
        _write(witness, record, explained, judgements)
        if output is not None:
            write(f"\npicture: {output}")
    return ExitCode.REJECTED if any(lemma.broken for lemma in all_lemmas(explained)) else ExitCode.HELD


def _write(
    path: str, witness: WitnessRecord, explained: tuple[Explanation, ...], judgements: tuple[Judgement, ...]
) -> None:
    from cr_toolkit.cli.console import write, write_facts
    from cr_toolkit.report.explaining import all_lemmas
    from cr_toolkit.report.judging import words
    from cr_toolkit.report.wording import bracket

    upper, lower = witness.optimum.upper.cost, witness.optimum.lower.value
    rules = ", ".join(str(witness.policy.parameters[name]) for name in ("admission", "queue"))
    known = "the optimum" if upper == lower else f"the best schedule known; the optimum is at least {lower:,}"
    write_facts(
        [
            ("witness", f"{path} (accepted by the checker)"),
            ("policy", f"{witness.policy.name} ({rules}): total latency {witness.policy_schedule.cost:,} steps"),
            ("TEL'", f"{upper:,} steps, {known}"),
            ("ratio", bracket(Fraction(witness.ratio.lower), Fraction(witness.ratio.upper))),
        ]
    )
    for one, judgement in zip(explained, judgements, strict=True):
        write(f"\n{one.theorem}: {words(judgement)}")
        _write_steps(one)
    lemmas = all_lemmas(explained)
    if not lemmas:
        write("\nNo proof of this is spelled out here: the source has it.")
        return
    write("\nThe lemmas on this run; slack is (rhs - lhs)/max(|lhs|, |rhs|):")
    _write_lemmas(lemmas)
    write("\nThe notation is that of the documentation, page Theorems.")


def _write_steps(one: Explanation) -> None:
    from cr_toolkit.cli.console import write
    from cr_toolkit.report.wording import decimal

    gap = one.bound * one.other - one.cost
    places = 0 if one.other >= _WHOLE else 2
    rows = [("lemma", "value", "lost", "of all", "value/TEL'", "expression")]
    rows.append(("", f"{one.cost:,}", "", "", decimal(Fraction(one.cost, one.other)), "TEL"))
    for step in one.steps:
        share = f"{decimal(100 * step.lost / gap, 1)}%" if gap else "-"
        cells = (decimal(step.value, places), f"+{decimal(step.lost, places)}", share, decimal(step.value / one.other))
        rows.append((step.lemma, *cells, step.formula))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]) - 1)]
    for lemma, *numbers, formula in rows:
        columns = (f"{number:>{width}}" for number, width in zip(numbers, widths[1:], strict=True))
        write("  ".join((f"  {lemma:<{widths[0]}}", *columns, formula)))
    lemma, lost = one.losses[0]
    if one.note is not None:
        write(f"  a single step: {one.note}")
    elif gap:
        write(f"  loses most: {lemma}, {decimal(100 * lost / gap, 1)}% of what the bound gives away")


def _write_lemmas(lemmas: tuple[LemmaOnRun, ...]) -> None:
    from cr_toolkit.cli.console import write, write_table
    from cr_toolkit.report.wording import decimal
    from proofs.explanation import relative_slack

    rows = []
    for lemma in lemmas:
        if lemma.slack is None or lemma.tightest is None or lemma.loosest is None:
            continue
        tight, loose = relative_slack(lemma.tightest), relative_slack(lemma.loosest)
        cells = (f"{lemma.rows:,}", f"{lemma.broken:,}", decimal(lemma.slack), decimal(tight), decimal(loose))
        rows.append((f"  {lemma.lemma}", *cells))
    write_table(("  lemma", "inequalities", "broken", "mean slack", "least", "most"), rows)
    silent: dict[str, list[str]] = {}
    for lemma in lemmas:
        if lemma.rows == 0:
            silent.setdefault(lemma.skipped or "nothing to say on this run", []).append(lemma.lemma)
    for reason, names in silent.items():
        write(f"  not evaluated, {reason}: {', '.join(names)}")

"""Sphinx configuration. Tables and command help are generated from the registries and the command itself."""

from __future__ import annotations

import inspect
import sys
import textwrap
from pathlib import Path
from typing import Any, Literal

# A folder of its own: docs/proofs must not hide the package proofs.
sys.path.insert(0, str(Path(__file__).parent / "pictures"))

project = "cr-toolkit"
author = "the cr-toolkit developers"
copyright = "2026, the cr-toolkit developers"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "generated", "pictures"]
# A formula in a sentence stays on one line.
mathjax4_config = {"output": {"linebreaks": {"inline": False}}}
html_theme = "alabaster"
html_theme_options = {
    "description": "Competitive ratios that anyone can check",
    "page_width": "1240px",
    "body_max_width": "none",
    "code_font_size": "0.75em",
}
html_static_path = ["_static"]
html_css_files = ["wide.css"]
autodoc_typehints = "description"

GENERATED = Path(__file__).parent / "generated"


def command_help() -> str:
    """Return the help of every subcommand as MyST."""
    import click

    from cr_toolkit.cli.main import crtool

    parts = []
    context = click.Context(crtool, info_name="crtool")
    for name in crtool.list_commands(context):
        command = crtool.get_command(context, name)
        assert command is not None
        parts += _help_of(command, context, name)
    return "\n".join(parts)


def _help_of(command: Any, parent: Any, name: str, level: int = 2) -> list[str]:
    import click

    context = click.Context(command, info_name=name, parent=parent, max_content_width=96, terminal_width=96)
    parts = [f"{'#' * level} `{context.command_path}`", "", "```text", command.get_help(context), "```", ""]
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            parts += _help_of(found, context, child, level + 1)
    return parts


def policy_table() -> str:
    """Return the registered policies as a MyST table."""
    from cr_toolkit.policies import POLICIES

    rows = ["| name | information | what it does |", "|---|---|---|"]
    for name, policy in POLICIES.items():
        rows.append(f"| `{name}` | {policy.information} | {_cell(_first_sentence(policy))} |")
    return "\n".join(rows) + "\n"


def policy_sections() -> str:
    """Return a section per policy: what it does, what it sees and needs, its choices, and a run, as MyST."""
    from cr_toolkit import Instance, simulate
    from cr_toolkit.policies import POLICIES
    from cr_toolkit.report.describe import run_facts

    examples = (
        [(9, 1), (0, 6), (1, 3), (0, 6), (5, 2)],
        [(2, 4), (2, 1), (2, 9), (2, 3), (2, 1)],
        [(2, 4)] * 7,
    )
    parts = []
    for name, policy in POLICIES.items():
        premises = ", ".join(sorted(policy.premises)) or "none"
        rules = "any" if policy.rules_apply else "its own; `lookahead` and `head-of-line` are what a witness says"
        sizes = next(sizes for sizes in examples if policy().unmet_premise(Instance.burst(12, sizes)) is None)
        run = simulate(Instance.burst(12, sizes), name)
        facts = [(word, value) for word, value in run_facts(run) if word != "choice"]
        parts += [f"## `{name}`", "", *_paragraphs(policy), ""]
        parts += [f"- information: `{policy.information}`", f"- needs of an instance: {premises}"]
        parts += [f"- admission and queue: {rules}", f"- restarts: {'yes' if policy.restarts else 'no'}"]
        parts += [f"- choice: {choice}" for choice in policy.choices]
        width = max(len(word) for word, _ in facts)
        listed = ", ".join(map(str, sizes))
        parts += [
            "",
            f"A run on the requests (prompt, output) {listed}:",
            "",
            "```text",
            *(f"{word:<{width}}  {value}" for word, value in facts),
            "```",
            "",
        ]
    return "\n".join(parts)


def _paragraphs(thing: object) -> list[str]:
    """Return a docstring as MyST, its lists of arguments and errors as they are."""
    text = inspect.getdoc(thing) or ""
    prose, _, arguments = text.partition("\nArgs:\n")
    arguments, _, _ = arguments.partition("\nRaises:\n")
    parameters = [f"- parameter {line}" for line in textwrap.dedent(arguments).strip().splitlines()]
    return [prose.partition("\nRaises:\n")[0].strip().replace("``", "`"), "", *parameters]


def theorem_table() -> str:
    """Return the registered theorems as a MyST table."""
    from proofs import THEOREMS

    rows = ["| theorem | statement | kind, status | source |", "|---|---|---|---|"]
    for name, theorem in THEOREMS.items():
        source = f"{theorem.source}; {theorem.version}" if theorem.version.startswith("v") else theorem.source
        cells = (f"`{name}`", theorem.statement, f"{theorem.kind}, {theorem.status}", source)
        rows.append("| " + " | ".join(map(_cell, cells)) + " |")
    return "\n".join(rows) + "\n"


def bounds_table() -> str:
    """Return the bounds of the theorems on SVF's bursts by memory share, as a MyST table."""
    from cr_toolkit.report.wording import decimal
    from proofs import THEOREMS, describe
    from proofs.description import TABLE_SHARES

    rows = ["| $\\alpha$ | " + " | ".join(map(str, TABLE_SHARES)) + " |", "|---" * (len(TABLE_SHARES) + 1) + "|"]
    for name, theorem in THEOREMS.items():
        values = [value for _, value in describe(theorem).values]
        if theorem.policy != "svf" or not any(values):
            continue
        outwards: Literal["up", "down"] = "down" if theorem.kind == "lower" else "up"
        cells = ("–" if value is None else decimal(value, towards=outwards) for value in values)
        rows.append(f"| `{name}` ({theorem.kind}) | " + " | ".join(cells) + " |")
    return "\n".join(rows) + "\n"


def taxonomy_tables() -> dict[str, str]:
    """Return the cells of the taxonomy and the demonstrations of bounds from below, as MyST tables."""
    from fractions import Fraction

    from adversaries.corpus import SHIPPED, load
    from cr_toolkit.report.taxonomy import best_words, bound_words, demonstrate, row_words, taxonomy
    from cr_toolkit.report.wording import decimal

    half = Fraction(1, 2)
    cells = []
    for report in taxonomy(half, load(SHIPPED)).cells:
        if not (report.above or report.classes or report.below or report.rows):
            continue
        cells += [f"### Information {report.cell.information}, traffic {report.cell.traffic}", ""]
        cells.append(f"- Best known bound: {_code(best_words(report.above))}")
        if report.classes:
            cells.append(f"- On a class of instances: {_code(best_words(report.classes[:1]))}")
        cells += [f"- For every policy: {_code(bound_words(bound))}" for bound in report.below]
        cells.append("")
        if report.rows:
            cells += ["| policy | admission | bounds | ratio at least | verdict |", "|---|---|---|---|---|"]
        for row in report.rows:
            name = f"`{row.policy}`" + (", skipping" if row.queue == "skipping" else "")
            ratio = "–" if row.worst is None else decimal(row.worst.ratio, towards="down")
            rules = " or ".join(row.admission)
            cells.append(f"| {name} | {rules} | {_code(row_words(row))} | {ratio} | {row.verdict} |")
        cells.append("")
    shown = ["| theorem | family | $\\alpha$ | certified ratios | shown |", "|---|---|---|---|---|"]
    for one in demonstrate(half):
        ratios = ", ".join(decimal(point.ratio, 2, towards="down") for point in one.points) or "–"
        outcome = one.note if one.shown is None else "yes" if one.shown else "no"
        shown.append(f"| `{one.theorem}` | {one.family} | {one.alpha} | {ratios} | {outcome} |")
    return {"taxonomy": "\n".join(cells) + "\n", "demonstrations": "\n".join(shown) + "\n"}


def _code(words: str) -> str:
    # Formulas are full of asterisks and pipes.
    return f"`{words}`"


def lemma_table() -> str:
    """Return the registered lemmas as a MyST table."""
    from proofs.check import proof_lemmas

    rows = ["| lemma | statement | rests on |", "|---|---|---|"]
    for lemma in proof_lemmas():
        uses = ", ".join(f"`{name}`" for name in lemma.uses) or "–"
        rows.append(f"| `{lemma.id}` | `{lemma.statement}` | {uses} |")
    return "\n".join(rows) + "\n"


def family_table() -> str:
    """Return the registered families as a MyST table."""
    from fractions import Fraction

    from adversaries import FAMILIES

    shares = (Fraction(1, 8), Fraction(1, 2), Fraction(9, 10))
    columns = " | ".join(f"limit at {share}" for share in shares)
    rows = [f"| family | construction | hurts | admission | {columns} |", "|---" * (4 + len(shares)) + "|"]
    for name, kind in FAMILIES.items():
        family = kind()
        limits = []
        for share in shares:
            limit = family.limit(share)
            missing = family.parameters(share, 1) is None
            limits.append("–" if missing else "unbounded" if limit is None else f"{float(limit):.3f}")
        policy = f"`{family.policy}`" + (", skipping" if family.queue == "skipping" else "")
        rules = ", ".join(sorted(rule.value for rule in family.admissions))
        rows.append("| " + " | ".join((name, _cell(_first_sentence(kind)), policy, rules, *limits)) + " |")
    return "\n".join(rows) + "\n"


def searcher_table() -> str:
    """Return the registered searchers as a MyST table."""
    from adversaries import SEARCHERS

    rows = ["| searcher | what it does |", "|---|---|"]
    rows += [f"| `{name}` | {_cell(_first_sentence(searcher))} |" for name, searcher in SEARCHERS.items()]
    return "\n".join(rows) + "\n"


def frontier_page() -> tuple[str, bytes]:
    """Return the frontier of SVF from the shipped witnesses, as a MyST table and as a picture."""
    from adversaries.corpus import SHIPPED, Point, load
    from cr_toolkit.policies import Admission, Queue
    from cr_toolkit.report.frontier import DEFAULT_SHARES, frontier
    from cr_toolkit.report.frontier_picture import draw
    from cr_toolkit.report.wording import decimal

    kept = load(SHIPPED)
    points = [Point("svf", rule, Queue.HEAD_OF_LINE, share) for rule in Admission for share in DEFAULT_SHARES]
    places = frontier(kept, points)
    rows = ["| admission | $\\alpha$ | certified ratio | requests | tightest bound | gap | witness |", "|---" * 7 + "|"]
    for place in places:
        worst, gap = place.worst, place.gap
        assert worst is not None
        assert gap is not None
        theorem, bound = place.above[0]
        ratio, above = decimal(worst.ratio, towards="down"), decimal(bound, towards="up")
        cells = (
            place.point.admission, place.point.alpha, ratio, f"{worst.requests:,}", f"{above} (`{theorem.id}`)",
            decimal(gap), f"`{worst.path.name}`",
        )  # fmt: skip
        rows.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(rows) + "\n", draw("frontier.svg", "svf", kept, places)


def explained_picture() -> bytes:
    """Return the waterfall of a witness that comes with the project."""
    from cr_toolkit.model.formats import read_witness
    from cr_toolkit.report.explaining import explain_witness
    from cr_toolkit.report.waterfall import draw

    witness = read_witness(Path(__file__).parent.parent / "examples" / "svf_wastes_half.json")
    explained, _ = explain_witness(witness, ("svf-burst-lookahead", "svf-burst-centroid"))
    return draw("explained.svg", witness, explained)


def _cell(text: str) -> str:
    """Return a text as a cell of a table, where a pipe would end it."""
    return text.replace("|", "\\|")


def _first_sentence(thing: object) -> str:
    return " ".join((thing.__doc__ or "").split("\n\n")[0].split())


def write_generated_pages(_: object) -> None:
    """Write what the pages include."""
    GENERATED.mkdir(exist_ok=True)
    pages = {
        "commands": command_help,
        "policies": policy_table,
        "policy-sections": policy_sections,
        "theorems": theorem_table,
        "bounds": bounds_table,
        "lemmas": lemma_table,
        "families": family_table,
        "searchers": searcher_table,
    }
    for name, make in pages.items():
        (GENERATED / f"{name}.md").write_text(make(), encoding="utf-8")
    for name, text in taxonomy_tables().items():
        (GENERATED / f"{name}.md").write_text(text, encoding="utf-8")
    table, picture = frontier_page()
    (GENERATED / "frontier.md").write_text(table, encoding="utf-8")
    (GENERATED / "frontier.svg").write_bytes(picture)
    write_pictures()


def write_pictures() -> None:
    """Draw the proofs, and run what is simulated."""
    from poisson_page import write_poisson_pages
    from proof_graph import draw_proof

    write_poisson_pages(GENERATED)
    draw_proof(GENERATED / "proof-all.svg", None)
    for theorem in (
        "svf-burst",
        "svf-burst-centroid",
        "svf-burst-sharp",
        "svf-burst-lookahead",
        "svf1-burst",
        "svf1-burst-root",
    ):
        draw_proof(GENERATED / f"proof-{theorem}.svg", [theorem])
    (GENERATED / "explained.svg").write_bytes(explained_picture())


def lay_out_docstring(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Turn the sections of a docstring (Args, Attributes, Raises) into lists, in place."""
    from sphinx.ext.napoleon import Config, GoogleDocstring

    # The extension itself would also take what stands before a colon in a property's docstring for its type.
    if what != "property":
        lines[:] = GoogleDocstring(lines, Config(napoleon_use_ivar=True), app, what, name, thing, options).lines()


def setup(app: Any) -> None:
    """Generate before reading."""
    app.connect("builder-inited", write_generated_pages)
    app.connect("autodoc-process-docstring", lay_out_docstring)

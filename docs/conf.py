"""Sphinx configuration. Tables and command help are generated from the registries and the command itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

project = "cr-toolkit"
author = "the cr-toolkit developers"
copyright = "2026, the cr-toolkit developers"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax"]
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
exclude_patterns = ["_build", "generated"]
html_theme = "alabaster"
html_theme_options = {"description": "Competitive ratios that anyone can check", "page_width": "1150px"}
autodoc_typehints = "description"

GENERATED = Path(__file__).parent / "generated"


def command_help() -> str:
    """Return the help of every subcommand as MyST."""
    import click

    from cr_toolkit.cli.main import cli

    parts = []
    context = click.Context(cli, info_name="crtool")
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
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
        rows.append(f"| `{name}` | {policy.information} | {_first_sentence(policy)} |")
    return "\n".join(rows) + "\n"


def theorem_table() -> str:
    """Return the registered theorems as a MyST table."""
    from proofs import THEOREMS

    rows = ["| id | policy | kind | status | statement | source |", "|---|---|---|---|---|---|"]
    for name, theorem in THEOREMS.items():
        cells = (f"`{name}`", f"`{theorem.policy}`", theorem.kind, theorem.status, theorem.statement, theorem.source)
        rows.append("| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(rows) + "\n"


def _first_sentence(thing: object) -> str:
    return " ".join((thing.__doc__ or "").split("\n\n")[0].split())


def write_generated_pages(_: object) -> None:
    """Write what the pages include."""
    GENERATED.mkdir(exist_ok=True)
    for name, make in (("commands", command_help), ("policies", policy_table), ("theorems", theorem_table)):
        (GENERATED / f"{name}.md").write_text(make(), encoding="utf-8")


def setup(app: Any) -> None:
    """Generate before reading."""
    app.connect("builder-inited", write_generated_pages)

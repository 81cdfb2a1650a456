"""`crtool gate`: a project's policies held to their bounds, for CI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import READABLE, WRITABLE, format_option

if TYPE_CHECKING:
    from cr_toolkit.report.results.checking import GateResult

_EPILOG = """\b
Examples:
  crtool gate
  crtool gate --profile ci --junit gate.xml

\b
In pyproject.toml:
  [tool.crtool]
  policies = ["svf", {name = "my_policy.py:MyPolicy", admission = "peak"}]
  alpha = "1/2"
  theorems = ["svf-burst-sharp"]     # default: all that apply
  bounds = [5]                       # and no ratio above 5
  corpus = "corpus"                  # a folder kept by crtool corpus, run again every time
  evaluations = 5000                 # instances searched per policy
  seed = 0
  jobs = 2

\b
  [tool.crtool.profiles.ci]
  evaluations = 500
"""


@click.command("gate", epilog=_EPILOG)
@click.option("--profile", metavar="NAME", help="Use [tool.crtool.profiles.NAME] over [tool.crtool].")
@click.option("--config", type=READABLE, help="The TOML file; default: the nearest pyproject.toml with [tool.crtool].")
@click.option("--junit", type=WRITABLE, help="Also write JUnit XML to this file.")
@format_option("junit")
def command(profile: str | None, config: str | None, junit: str | None, form: str) -> ExitCode:
    """Hold the policies of a project to their bounds.

    Reads [tool.crtool] in pyproject.toml, re-checks every kept witness, runs every policy again on its instance, and
    searches for worse ones with a counted budget, so that the same seed gives the same answer. Exit code 1 if a bound
    is broken and the checker agrees.
    """
    from cr_toolkit.cli.console import write, write_json
    from cr_toolkit.cli.policy_runs import try_policy
    from cr_toolkit.cli.progress import search_progress
    from cr_toolkit.gate.config import find_config, read_config
    from cr_toolkit.gate.junit import to_junit
    from cr_toolkit.gate.run import run_gate
    from cr_toolkit.model.formats import write_text

    settings = read_config(find_config() if config is None else config, profile)
    for policy in settings.policies:
        try_policy(settings.reference(policy), policy.parameters, policy.admission, policy.queue)
    result = run_gate(settings, search_progress)
    if junit is not None:
        write_text(junit, to_junit(result))
    if form == "json":
        write_json(result)
    elif form == "junit":
        write(to_junit(result).rstrip("\n"))
    else:
        _write(result)
    return _exit_code(result)


def _write(result: GateResult) -> None:
    from cr_toolkit.cli.console import write
    from cr_toolkit.report.wording import count

    for check in result.checks:
        write(f"{check.verdict.upper() if check.verdict in ('violated', 'rejected') else check.verdict}  {check.name}")
        for fact in check.message.split("; "):
            write(f"    {fact}")
        if check.group == "search" and check.witness:
            write(f"    witness {check.witness}")
    broken = sum(check.verdict == "violated" for check in result.checks)
    rejected = sum(check.verdict == "rejected" for check in result.checks)
    said = "passed" if result.passed else f"failed: {broken} violated, {rejected} rejected"
    write(f"gate {said} ({count(len(result.checks), 'check')})")


def _exit_code(result: GateResult) -> ExitCode:
    verdicts = {check.verdict for check in result.checks}
    if "violated" in verdicts:
        return ExitCode.VIOLATION
    if "rejected" in verdicts:
        return ExitCode.REJECTED
    return ExitCode.HELD if verdicts & {"holds", "undecided"} else ExitCode.UNDECIDED

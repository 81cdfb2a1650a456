"""`crtool run`: one policy on one instance."""

from __future__ import annotations

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import READABLE, format_option, parameters_option, policy_option, rules_options

_EPILOG = """\b
Examples:
  crtool run instance.json --policy svf
  crtool run instance.json --policy fcfs --admission peak --format json
  crtool run instance.json --policy svf-1bit --param threshold=8
  crtool run instance.json --policy my_policy.py:MyPolicy
"""


@click.command("run", epilog=_EPILOG)
@click.argument("instance", type=READABLE)
@policy_option()
@parameters_option
@rules_options
@format_option()
def command(
    instance: str, policy: str, parameters: dict[str, int | str], admission: str, queue: str, form: str
) -> ExitCode:
    """Run a policy on an instance.

    Prints the total latency, the start of every request, the memory used and the latency statistics; of a policy
    that stops requests, the stopped attempts; and how the policy settles what its published description leaves open.
    INSTANCE is a JSON file (see `crtool schema instance`).
    """
    from cr_toolkit.cli.console import write_facts, write_json
    from cr_toolkit.cli.policy_runs import run_policy
    from cr_toolkit.model.formats import attempt_records, read_instance
    from cr_toolkit.report.describe import run_facts
    from cr_toolkit.report.results.running import RunResult

    result = run_policy(read_instance(instance), policy, parameters, admission, queue)
    if form == "json":
        write_json(
            RunResult(
                policy=result.policy,
                cost=result.cost,
                start=result.schedule.start,
                stopped=attempt_records(result.schedule),
                choices=result.choices,
            )
        )
    else:
        write_facts(run_facts(result))
    return ExitCode.HELD

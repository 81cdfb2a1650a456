"""`crtool replay`: policies on a recorded workload."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import (
    READABLE,
    Rational,
    format_option,
    parameters_option,
    policy_option,
    rules_options,
)

if TYPE_CHECKING:
    from cr_toolkit.model import Instance
    from cr_toolkit.model.traces import Columns, Window
    from cr_toolkit.report.results.running import ReplayResult

_EPILOG = """\b
Examples:
  crtool replay trace.csv --memory 16384 --policy svf --policy fcfs
  crtool replay trace.csv --memory 16384 --policy svf --window 1000:500
  crtool replay log.csv --memory 8192 --policy sjf --columns time,in_tokens,out_tokens --arrival-unit steps

\b
Columns: the header of the Azure LLM inference traces (TIMESTAMP, ContextTokens, GeneratedTokens) is recognised;
any other file needs the columns arrival, prompt and output, or --columns.
"""


class ColumnNames(click.ParamType):  # type: ignore[type-arg]
    """ARRIVAL,PROMPT,OUTPUT."""

    name = "names"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Columns:
        """Split at the commas."""
        from cr_toolkit.model.traces import Columns

        if isinstance(value, Columns):
            return value
        names = [name.strip() for name in value.split(",")]
        if len(names) != 3 or not all(names) or len(set(names)) != 3:
            self.fail(f"{value!r} is not three different column names ARRIVAL,PROMPT,OUTPUT", param, ctx)
        return Columns(*names)


class RowWindow(click.ParamType):  # type: ignore[type-arg]
    """START:COUNT."""

    name = "start:count"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Window:
        """Read two row numbers; COUNT may be left out."""
        from cr_toolkit.model.traces import Window

        if isinstance(value, Window):
            return value
        found = re.fullmatch(r"([0-9]{0,12}):(0*[1-9][0-9]{0,11})?", value)
        if found is None:
            self.fail(f"{value!r} is not START:COUNT, two row numbers such as 1000:500", param, ctx)
        return Window(int(found[1] or 0), int(found[2]) if found[2] else None)


@click.command("replay", epilog=_EPILOG)
@click.argument("trace", type=READABLE)
@click.option("--memory", type=click.IntRange(1, 2**53 - 1), required=True, help="The memory budget M (tokens).")
@policy_option(multiple=True)
@parameters_option
@rules_options
@click.option("--window", type=RowWindow(), help="Use COUNT rows from row START on (from 0); default: all.")
@click.option(
    "--step-seconds",
    type=Rational(),
    default="0.05",
    show_default=True,
    help="How long one decode step takes; turns arrival times into steps.",
)
@click.option(
    "--arrival-unit",
    type=click.Choice(["seconds", "steps"]),
    default="seconds",
    show_default=True,
    help="What a number in the arrival column counts.",
)
@click.option("--columns", type=ColumnNames(), metavar="ARRIVAL,PROMPT,OUTPUT", help="The names of the columns.")
@click.option("--drop-oversized", is_flag=True, help="Leave out requests larger than the memory, and say how many.")
@click.option("--seconds", type=Rational(), default="10", show_default=True, help="Time for bracketing the optimum.")
@format_option()
def command(trace: str, memory: int, seconds: Fraction, form: str, **settings: Any) -> ExitCode:
    """Replay a recorded workload under several policies.

    Prints mean, median, P95 and P99 latency in steps, output tokens per step, and for each policy the certified
    bracket of its ratio to the best possible total latency on this workload.
    """
    from cr_toolkit.cli.console import write_json
    from cr_toolkit.errors import InputError
    from cr_toolkit.model.traces import read_trace

    step = None if settings["arrival_unit"] == "steps" else settings["step_seconds"]
    rows = read_trace(trace, columns=settings["columns"], window=settings["window"], step_seconds=step)
    try:
        instance, dropped = rows.instance(memory, drop_oversized=settings["drop_oversized"])
    except InputError as error:
        raise error.within(trace) from None
    result, interrupted = _replay(instance, trace, dropped, step, float(seconds), settings)
    if form == "json":
        write_json(result)
    else:
        _write(result, instance)
    return ExitCode.INTERRUPTED if interrupted else ExitCode.HELD


def _replay(
    instance: Instance, trace: str, dropped: int, step: Fraction | None, seconds: float, settings: dict[str, Any]
) -> tuple[ReplayResult, bool]:
    """Return the result, and whether Ctrl-C cut the bracketing of the optimum short."""
    from cr_toolkit.cli.policy_runs import run_policy
    from cr_toolkit.report.replay import certified, replayed
    from cr_toolkit.report.results.running import ReplayResult
    from lp_models import optimum

    admission, queue = settings["admission"], settings["queue"]
    runs = [
        (policy, run_policy(instance, policy, settings["parameters"], admission, queue))
        for policy in settings["policies"]
    ]
    best = certified(optimum(instance, seconds=seconds), [run.schedule for _, run in runs])
    result = ReplayResult(
        trace=trace,
        requests=len(instance),
        dropped=dropped,
        memory=instance.memory,
        step_seconds=None if step is None else str(step),
        admission=admission,
        queue=queue,
        optimum={"lower": best.lower, "upper": best.upper},
        policies=tuple(replayed(run, policy, best.lower, best.upper) for policy, run in runs),
    )
    return result, "interrupted" in best.notes


def _write(result: ReplayResult, instance: Instance) -> None:
    from cr_toolkit.cli.console import write, write_facts, write_table
    from cr_toolkit.report.wording import bracket, count, decimal

    lower, upper = result.optimum["lower"], result.optimum["upper"]
    step = "" if result.step_seconds is None else f", one step is {decimal(Fraction(result.step_seconds) * 1000, 0)} ms"
    dropped = f", {result.dropped:,} larger than the memory left out" if result.dropped else ""
    known = f"{upper:,}" if lower == upper else f"between {lower:,} and {upper:,}"
    write_facts(
        [
            ("trace", f"{result.trace}: {count(result.requests, 'request')}{dropped}{step}"),
            ("memory", f"{result.memory:,} tokens, memory share {decimal(instance.alpha, 3)}"),
            ("rules", f"{result.admission}, {result.queue}"),
            ("optimum", f"{known} steps of total latency"),
        ]
    )
    write("")
    header = ("policy", "mean", "median", "P95", "P99", "max", "tokens/step", "total latency", "ratio to optimum")
    write_table(
        header,
        (
            (
                row.policy,
                decimal(Fraction(row.latency.mean), 1),
                *(f"{value:,}" for value in (row.latency.median, row.latency.p95, row.latency.p99, row.latency.max)),
                decimal(Fraction(row.throughput), 2),
                f"{row.cost:,}",
                bracket(Fraction(row.ratio.lower), Fraction(row.ratio.upper)),
            )
            for row in result.policies
        ),
    )
    write("\nLatencies in steps, percentiles nearest-rank.")

"""`crtool theorem simulate`: theorems about averages, held against long runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import click

from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.cli.options import WRITABLE, Rational, format_option

if TYPE_CHECKING:
    from cr_toolkit.report.results.poisson import Estimate, SimulatedPoint, TheoremSimulation
    from proofs.poisson.check import Point, System

_EPILOG = """\b
Examples:
  crtool theorem simulate svf-poisson                           a sweep over nine loads
  crtool theorem simulate svf-poisson -o ratios.svg
  crtool theorem simulate svf-poisson --load 9/10               one load, every step of the chain
  crtool theorem simulate svf1-poisson --rate 0.1 --memory 200 --mu 0.1 --prompts 0..20 --threshold 8

\b
Exit code 0 if the theorem holds at every rate within its scope, 3 if any verdict is undecided or violated: a
confidence interval is evidence and never a certified violation, so the exit code is not 1.
"""

DEFAULT_LOADS = tuple(Fraction(text) for text in ("1/4", "1/2", "3/4", "9/10", "1", "5/4", "3/2", "2", "3"))


class TokenRange(click.ParamType):  # type: ignore[type-arg]
    """LEAST..MOST."""

    name = "least..most"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """Read two integers; one alone means both."""
        if isinstance(value, tuple):
            return value
        found = re.fullmatch(r"([0-9]{1,7})(?:\.\.([0-9]{1,7}))?", value)
        if found is None:
            self.fail(f"{value!r} is not LEAST..MOST, two numbers of tokens such as 0..20", param, ctx)
        least, most = int(found[1]), int(found[2] or found[1])
        if most < least:
            self.fail(f"must not end below its beginning, got {value}", param, ctx)
        return least, most


@click.command("simulate", epilog=_EPILOG)
@click.argument("theorem", metavar="svf-poisson|svf1-poisson")
@click.option("--memory", type=click.IntRange(2, 10**6), default=60, show_default=True, help="M (tokens).")
@click.option("--alpha", type=Rational(most=1), default="1/2", show_default=True, help="No peak exceeds alpha M.")
@click.option("--mu", type=Rational(most=1), default="1/4", show_default=True, help="Outputs are geometric(mu).")
@click.option("--prompts", type=TokenRange(), default="0..10", show_default=True, help="Prompts are uniform in it.")
@click.option("--rate", "rates", multiple=True, type=Rational(), help="Arrivals per step (repeatable).")
@click.option("--load", "loads", multiple=True, type=Rational(), help="rho in place of a rate (repeatable).")
@click.option("--threshold", type=click.IntRange(1), help="The bit is [output > threshold]; default: 1/mu.")
@click.option(
    "--admission",
    type=click.Choice(["lookahead", "peak"]),
    default="lookahead",
    show_default=True,
    help="The admission rule.",
)
@click.option(
    "--requests",
    type=click.IntRange(2000, 5_000_000),
    default=100_000,
    show_default=True,
    help="Requests of the run at each rate.",
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="Of the traffic.")
@click.option("-o", "--output", type=WRITABLE, help="Also draw it: a name ending in .svg or .png.")
@format_option()
def simulate(
    theorem: str,
    rates: tuple[Fraction, ...],
    loads: tuple[Fraction, ...],
    requests: int,
    seed: int,
    output: str | None,
    form: str,
    **settings: Any,
) -> ExitCode:
    """Hold a Poisson theorem, and each step of its proof, against long simulated runs.

    Outputs longer than alpha M less the largest prompt are drawn again. The ratio of expectations is bracketed: from
    above by E[OPT] >= E[o] and by exact bounds on windows of requests, from below by the best of a few other
    runs. Intervals are by batch means; every verdict is statistical.
    """
    from cr_toolkit.cli.console import write, write_json
    from cr_toolkit.model.formats import write_bytes
    from cr_toolkit.report.poisson_picture import draw
    from cr_toolkit.report.simulating import as_result
    from cr_toolkit.report.waterfall import require_format

    if output is not None:
        require_format(output)
    system = _system(theorem, settings)
    chosen = {*rates, *map(system.rate_of, loads)} or set(map(system.rate_of, DEFAULT_LOADS))
    points, interrupted = _simulate(system, sorted(chosen), requests, seed)
    result = as_result(system, points, requests, seed)
    if output is not None:
        write_bytes(output, draw(output, result))
    if form == "json":
        write_json(result)
    else:
        _write(result)
        if output is not None:
            write(f"\npicture: {output}")
    return ExitCode.INTERRUPTED if interrupted else _exit_code(points)


def _system(theorem: str, settings: dict[str, Any]) -> System:
    from cr_toolkit.policies import Admission
    from cr_toolkit.taxonomy.traffic import Law
    from proofs.poisson.check import System

    return System(
        theorem=theorem,
        memory=settings["memory"],
        alpha=settings["alpha"],
        mu=settings["mu"],
        prompts=Law.uniform(*settings["prompts"]),
        threshold=settings["threshold"],
        admission=Admission(settings["admission"]),
    )


def _simulate(system: System, rates: Sequence[Fraction], requests: int, seed: int) -> tuple[list[Point], bool]:
    """Return the points simulated, and whether Ctrl-C came before the last; without any it is raised again."""
    from cr_toolkit.cli.progress import counted
    from proofs.poisson.check import simulate_theorem
    from proofs.poisson.measure import BATCHES

    points: list[Point] = []
    try:
        for number, rate in enumerate(rates, start=1):
            with counted(f"rate {number} of {len(rates)}", BATCHES) as watch:
                points.append(simulate_theorem(system, rate, requests, seed, watch))
            if points[-1].interrupted:
                return points, True
    except KeyboardInterrupt:
        if not points:
            raise
        return points, True
    return points, False


def _exit_code(points: Sequence[Point]) -> ExitCode:
    verdicts = {point.verdict.value for point in points}
    return ExitCode.HELD if "holds" in verdicts <= {"holds", "out-of-scope"} else ExitCode.UNDECIDED


def _write(result: TheoremSimulation) -> None:
    from textwrap import wrap

    from cr_toolkit.cli.console import write, write_facts

    bit = "" if result.threshold is None else f", bit [output > {result.threshold}]"
    write_facts(
        [
            ("theorem", f"{result.theorem}, admission {result.admission}{bit}"),
            ("memory", f"{result.memory:,} tokens, no peak above {result.alpha} of it"),
            ("prompts", f"uniform in {result.prompts[0]}..{result.prompts[1]}"),
            ("outputs", f"geometric({result.mu}) up to {result.longest}, cutting off {_small(result.cut)} of the mass"),
            ("runs", f"{result.requests:,} requests each, seed {result.seed}, {result.batches} batches"),
            ("intervals", f"{result.confidence:.0%}, by batch means: statistical, not certified"),
            ("algebra", f"{result.algebra['proved']} of {result.algebra['steps']} steps proved"),
        ]
    )
    write("")
    if len(result.points) == 1:
        _write_point(result.points[0])
    else:
        _write_sweep(result.points)
    write("\nweak points of the published proof, and what is known here")
    for weak in result.weak_points:
        for line in (*wrap(f"{weak.id}: {weak.published}", 104), *wrap(f"-> {weak.here}", 104)):
            write(f"  {line}")


def _write_point(point: SimulatedPoint) -> None:
    from cr_toolkit.cli.console import write, write_facts, write_table

    queue = "grows over the run" if point.growing else "no growth seen"
    write_facts(
        [
            ("rate", f"{float(Fraction(point.rate)):.5g} arrivals per step, rho {_number(point.rho)}"),
            ("memory load", f"{_number(point.memory_load)}, the queue: {queue}"),
            ("mean wait", f"{_interval(point.wait)} steps"),
            ("ratio", f"E[policy]/E[OPT] in [{point.ratio.low:.4f}, {point.ratio.high:.4f}]"),
            ("theorem", f"{_number(point.bound)}: {point.verdict} ({point.reason})"),
            ("chain", f"{_number(point.chain_bound)}: {point.chain_verdict}"),
        ]
    )
    write("")
    rows = [
        (
            step.id,
            step.claim,
            "every request" if step.measured is None else _interval(step.measured),
            _number(step.value),
            step.verdict,
        )
        for step in point.steps
    ]
    write_table(("step", "claim", "measured", "formula", "verdict"), rows, left=2)


def _write_sweep(points: Sequence[SimulatedPoint]) -> None:
    from cr_toolkit.cli.console import write, write_table

    header = ("rho", "memory load", "queue", "mean wait", "bound on it", "ratio", "chain", "theorem", "verdict")
    rows = []
    for point in points:
        waits = next(step for step in point.steps if step.id == "mean-wait")
        ratio = f"[{point.ratio.low:.4f}, {point.ratio.high:.4f}]"
        rows.append(
            (
                _number(point.rho), _number(point.memory_load), "grows" if point.growing else "steady",
                f"{point.wait.mean:.4f}", _number(waits.value), ratio, _number(point.chain_bound),
                _number(point.bound), point.verdict,
            )
        )  # fmt: skip
    write_table(header, rows)
    for point in points:
        for step in point.steps:
            if step.verdict == "violated":
                write(f"step violated at rho {_number(point.rho)}: {step.id}: {step.claim}")


def _interval(estimate: Estimate) -> str:
    if estimate.low == estimate.high:
        return f"{estimate.mean:.4f}"
    return f"{estimate.mean:.4f} in [{estimate.low:.4f}, {estimate.high:.4f}]"


def _number(text: str | None) -> str:
    from cr_toolkit.report.wording import decimal

    return "-" if text is None else decimal(Fraction(text))


def _small(text: str) -> str:
    return f"{float(Fraction(text)):.2e}"

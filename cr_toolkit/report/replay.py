"""Several policies on one recorded workload: latency, throughput and the certified ratio bracket of each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Literal

from cr_toolkit.checker import check_data
from cr_toolkit.errors import CrtoolError
from cr_toolkit.model import Schedule
from cr_toolkit.model.formats import to_json
from cr_toolkit.report.latency import LatencySummary, latencies, makespan, throughput
from cr_toolkit.report.results.base import RatioBracket
from cr_toolkit.report.results.running import LatencyResult, ReplayedPolicy
from cr_toolkit.simulation import Run
from lp_models import OptimumBracket


def certified(found: OptimumBracket, schedules: Iterable[Schedule]) -> OptimumBracket:
    """Return the bracket, narrowed by whichever of ``schedules`` is cheapest, once the checker has accepted it.

    Raises:
        CrtoolError: if the checker rejects the bracket.
    """
    for schedule in schedules:
        cost = schedule.total_latency(found.instance)
        if cost < found.upper:
            status: Literal["optimal", "bracketed"] = "optimal" if cost == found.lower else "bracketed"
            found = replace(found, upper=cost, schedule=schedule, upper_method="a replayed policy", status=status)
    verdict = check_data(to_json(found.to_certificate()).encode())
    if not verdict.accepted:
        raise CrtoolError(f"the checker rejected the bracket of the optimum: {verdict.reason}")
    return found


def replayed(run: Run, name: str, lower: int, upper: int) -> ReplayedPolicy:
    """Return what one run says, given lower <= OPT <= upper (steps); ``name`` is what the user calls the policy."""
    instance, schedule = run.instance, run.schedule
    summary = LatencySummary.of(latencies(instance, schedule))
    return ReplayedPolicy(
        policy=name,
        cost=run.cost,
        latency=LatencyResult(
            mean=str(summary.mean), median=summary.median, p95=summary.p95, p99=summary.p99, max=summary.max
        ),
        makespan=makespan(instance, schedule),
        throughput=str(throughput(instance, schedule)),
        ratio=RatioBracket(lower=str(Fraction(run.cost, upper)), upper=str(Fraction(run.cost, lower))),
    )

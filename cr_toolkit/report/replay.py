"""Several policies on one recorded workload: latency, throughput and the certified ratio bracket of each."""

from __future__ import annotations

from fractions import Fraction

from cr_toolkit.report.latency import LatencySummary, latencies, makespan, throughput
from cr_toolkit.report.results import LatencyResult, RatioBracket, ReplayedPolicy
from cr_toolkit.simulation import Run


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

"""Results in words: (name, value) pairs for people."""

from __future__ import annotations

from cr_toolkit.report.latency import LatencySummary, latencies, makespan
from cr_toolkit.report.wording import decimal, listed
from cr_toolkit.simulation import Run


def run_facts(run: Run) -> list[tuple[str, str]]:
    """Return what a person wants to know of a run."""
    instance, schedule = run.instance, run.schedule
    summary = LatencySummary.of(latencies(instance, schedule))
    chosen = "".join(f", {name}={value}" for name, value in run.parameters.items())
    return [
        ("policy", f"{run.policy} ({run.admission}, {run.queue}{chosen})"),
        ("instance", f"{len(instance):,} requests, memory {instance.memory:,} tokens, memory share {instance.alpha}"),
        ("total latency", f"{run.cost:,} steps"),
        (
            "latency",
            f"mean {decimal(summary.mean, 2)}, median {summary.median:,}, P95 {summary.p95:,}, "
            f"P99 {summary.p99:,}, max {summary.max:,} steps",
        ),
        ("makespan", f"{makespan(instance, schedule):,} steps"),
        ("memory peak", f"{schedule.peak_memory(instance):,} of {instance.memory:,} tokens"),
        ("starts", listed(schedule.start)),
    ]

"""Results in words: (name, value) pairs for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from cr_toolkit.model import Schedule
from cr_toolkit.report.latency import LatencySummary, latencies, makespan
from cr_toolkit.report.wording import bracket, count, decimal, listed, ratio
from cr_toolkit.simulation import Run

if TYPE_CHECKING:
    from adversaries import SearchResult
    from proofs.verdict import Judgement


def run_facts(run: Run) -> list[tuple[str, str]]:
    """Return what a person wants to know of a run."""
    instance, schedule = run.instance, run.schedule
    summary = LatencySummary.of(latencies(instance, schedule))
    chosen = "".join(f", {name}={value}" for name, value in run.parameters.items())
    return [
        ("policy", f"{run.policy} ({run.admission}, {run.queue}{chosen})"),
        (
            "instance",
            f"{count(len(instance), 'request')}, memory {instance.memory:,} tokens, memory share {instance.alpha}",
        ),
        ("total latency", f"{run.cost:,} steps"),
        (
            "latency",
            f"mean {decimal(summary.mean, 2)}, median {summary.median:,}, P95 {summary.p95:,}, "
            f"P99 {summary.p99:,}, max {summary.max:,} steps",
        ),
        ("makespan", f"{makespan(instance, schedule):,} steps"),
        ("memory peak", f"{schedule.peak_memory(instance):,} of {instance.memory:,} tokens"),
        ("starts", listed(schedule.start)),
        *stopped_facts(schedule),
        *(("choice", choice) for choice in run.choices),
    ]


def stopped_facts(schedule: Schedule) -> list[tuple[str, str]]:
    """Return what a person wants to know of the attempts that were stopped; nothing if there are none."""
    if not schedule.stopped:
        return []
    lost = sum(attempt.end - attempt.start for attempt in schedule.stopped)
    attempts = listed([f"{attempt.request}: {attempt.start}-{attempt.end}" for attempt in schedule.stopped])
    return [("stopped", f"{count(len(schedule.stopped), 'attempt')}, {count(lost, 'token')} lost; {attempts}")]


def search_facts(result: SearchResult, judgements: Iterable[Judgement]) -> list[tuple[str, str]]:
    """Return what a person wants to know of a search whose witness the checker accepted."""
    from cr_toolkit.report.judging import name_of, words

    witness = result.best
    instance = witness.instance.to_instance()
    low, high = result.ratio
    rules = ", ".join(
        str(value) if name in ("admission", "queue") else f"{name}={value}"
        for name, value in witness.policy.parameters.items()
    )
    upper, lower = witness.optimum.upper.cost, witness.optimum.lower.value
    known = f"{upper:,}" if upper == lower else f"between {lower:,} and {upper:,}"
    return [
        ("policy", f"{witness.policy.name} ({rules})"),
        (
            "searched",
            f"{count(result.evaluations, 'instance')} in {result.seconds:.1f} s, ended by {result.stopped_by}"
            + (f"; went on after {result.resumed:,} of them" if result.resumed else ""),
        ),
        (
            "ratio",
            ratio(low) if low == high else f"at least {decimal(low, towards='down')} ({low}), in {bracket(low, high)}",
        ),
        ("instance", f"{count(len(instance), 'request')}, memory {instance.memory:,}, memory share {instance.alpha}"),
        ("total latency", f"{witness.policy_schedule.cost:,}, optimum {known}"),
        ("witness", f"{result.path} (accepted by the checker)"),
        *((name_of(judgement), words(judgement)) for judgement in judgements),
    ]

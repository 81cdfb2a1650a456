"""Results of `run` and `replay`."""

from __future__ import annotations

from typing import Literal

from cr_toolkit.model.formats import AttemptRecord, NonNegative, RationalText
from cr_toolkit.report.results.base import RatioBracket, Record, Steps


class RunResult(Record, frozen=True, omit_defaults=True, tag_field="format", tag="crtool/run/1"):
    """``run``: a policy on an instance; ``cost`` and ``start`` in steps.

    ``stopped`` lists the attempts that lost their progress, ``choices`` how the policy settles what its published
    description leaves open; each is absent when there are none.
    """

    policy: str
    cost: Steps
    start: tuple[NonNegative, ...]
    stopped: tuple[AttemptRecord, ...] = ()
    choices: tuple[str, ...] = ()


class LatencyResult(Record, frozen=True):
    """Latency of the requests of one run (steps)."""

    mean: RationalText
    median: Steps
    p95: Steps
    p99: Steps
    max: Steps


class ReplayedPolicy(Record, frozen=True):
    """One policy on a trace; ``throughput`` in output tokens per step, ``makespan`` and ``cost`` in steps."""

    policy: str
    cost: Steps
    latency: LatencyResult
    makespan: Steps
    throughput: RationalText
    ratio: RatioBracket


class ReplayResult(Record, frozen=True, tag_field="format", tag="crtool/replay/1"):
    """``replay``: several policies on one window of a trace."""

    trace: str
    requests: NonNegative
    dropped: NonNegative
    memory: NonNegative
    step_seconds: RationalText | None
    admission: str
    queue: str
    optimum: dict[Literal["lower", "upper"], Steps]
    policies: tuple[ReplayedPolicy, ...]

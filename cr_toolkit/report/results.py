"""What the subcommands print under ``--format json``: one struct per format, from which the JSON Schemas are made."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from cr_toolkit.model.formats import NonNegative, RationalText

Verdict = Literal["holds", "violated", "undecided", "out-of-scope"]
Steps = Annotated[int, msgspec.Meta(ge=0)]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every result: immutable, and strict when read back."""


class RunResult(Record):
    """``run``: a policy on an instance; ``cost`` and ``start`` in steps."""

    format: Literal["crtool/run/1"] = "crtool/run/1"
    policy: str
    cost: Steps
    start: tuple[NonNegative, ...]


class OptimumResult(Record):
    """``solve``: the bracket of OPT (steps), a schedule of cost ``upper`` and what a checker needs."""

    format: Literal["crtool/optimum/1"] = "crtool/optimum/1"
    status: Literal["optimal", "bracketed"]
    lower: Steps
    upper: Steps
    start: tuple[NonNegative, ...]
    engine: str
    seconds: float
    certificate: dict[str, Any]


class CheckedFile(Record):
    """One file and what the checker says of it."""

    path: str
    accepted: bool
    reason: str


class CheckResult(Record):
    """``check``."""

    format: Literal["crtool/check/1"] = "crtool/check/1"
    files: tuple[CheckedFile, ...]


class RatioBracket(Record):
    """The ratio of a policy to the optimum lies in [lower, upper]."""

    lower: RationalText
    upper: RationalText


class BestFound(Record):
    """The worst instance a search found, and the witness file that proves it (null when none was saved)."""

    ratio: RatioBracket
    witness: str | None


class TheoremVerdict(Record):
    """A theorem, or a bound given by the user, held against a witness; ``bound`` is null out of its scope."""

    id: str
    bound: RationalText | None
    verdict: Verdict


class SearchOutcome(Record):
    """``search``."""

    format: Literal["crtool/search/1"] = "crtool/search/1"
    policy: str
    traffic: str
    alpha: RationalText
    seed: int
    evaluations: NonNegative
    best: BestFound | None
    theorems: tuple[TheoremVerdict, ...]


class LatencyResult(Record):
    """Latency of the requests of one run (steps)."""

    mean: RationalText
    median: Steps
    p95: Steps
    p99: Steps
    max: Steps


class ReplayedPolicy(Record):
    """One policy on a trace; ``throughput`` in output tokens per step, ``makespan`` and ``cost`` in steps."""

    policy: str
    cost: Steps
    latency: LatencyResult
    makespan: Steps
    throughput: RationalText
    ratio: RatioBracket


class ReplayResult(Record):
    """``replay``: several policies on one window of a trace."""

    format: Literal["crtool/replay/1"] = "crtool/replay/1"
    trace: str
    requests: NonNegative
    dropped: NonNegative
    memory: NonNegative
    step_seconds: RationalText | None
    admission: str
    queue: str
    optimum: dict[Literal["lower", "upper"], Steps]
    policies: tuple[ReplayedPolicy, ...]


class GateCheck(Record):
    """One thing the gate looked at: a corpus file, or a policy searched under one bound."""

    name: str
    group: Literal["corpus", "search"]
    verdict: Verdict | Literal["rejected"]
    message: str
    witness: str | None
    seconds: float


class GateResult(Record):
    """``gate``."""

    format: Literal["crtool/gate/1"] = "crtool/gate/1"
    profile: str | None
    passed: bool
    checks: tuple[GateCheck, ...]




class TheoremResult(Record):
    """``theorem show``: a theorem, its hypotheses and its source."""

    id: str
    policy: str
    information: str
    traffic: str
    bound: str
    hypotheses: tuple[str, ...]
    source: str
    version: str


class TheoremList(Record):
    """``theorem list`` and ``theorem show``."""

    format: Literal["crtool/theorems/1"] = "crtool/theorems/1"
    theorems: tuple[TheoremResult, ...]

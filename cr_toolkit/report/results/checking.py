"""Results of `check` and `gate`."""

from __future__ import annotations

from typing import Literal

from cr_toolkit.report.results.base import Record


class CheckedFile(Record, frozen=True):
    """One file and what the checker says of it."""

    path: str
    accepted: bool
    reason: str


class CheckResult(Record, frozen=True, tag_field="format", tag="crtool/check/1"):
    """``check``."""

    files: tuple[CheckedFile, ...]


Group = Literal["corpus", "search"]


Outcome = Literal["holds", "violated", "undecided", "out-of-scope", "rejected"]


class GateCheck(Record, frozen=True):
    """One thing the gate looked at: a corpus file, or a policy searched under one bound."""

    name: str
    group: Group
    verdict: Outcome
    message: str
    witness: str | None
    seconds: float


class GateResult(Record, frozen=True, tag_field="format", tag="crtool/gate/1"):
    """``gate``."""

    profile: str | None
    passed: bool
    checks: tuple[GateCheck, ...]

"""When a waiting request may start: the part of a run that belongs to the system, not to the policy."""

from __future__ import annotations

from enum import StrEnum


class Admission(StrEnum):
    """Admission rule: what must fit for a request to start now (theory: lookahead is the paper's rule)."""

    LOOKAHEAD = "lookahead"
    """No future step overflows, the running requests' futures being known."""

    PEAK = "peak"
    """The running requests' peaks plus its own peak are at most M."""


class Queue(StrEnum):
    """What happens behind a request that may not start."""

    HEAD_OF_LINE = "head-of-line"
    """Everything behind it waits (the paper)."""

    SKIPPING = "skipping"
    """Later requests that may start do so (first fit in priority order)."""

"""A request: a growing trapezoid of memory over time."""

from __future__ import annotations

import msgspec

from cr_toolkit.errors import InputError

MAX_INTEGER = 2**53 - 1
"""Largest integer read anywhere: what every JSON reader represents exactly."""


class Request(msgspec.Struct, frozen=True, gc=False, order=False):
    """One LLM request (paper section 2).

    Started at step x it holds ``prompt + (t - x)`` tokens of memory during steps t = x+1 .. x+output, and
    completes at x + output.

    Attributes:
        arrival: first step at which it may start (steps, >= 0).
        prompt: tokens in memory when it starts (>= 0).
        output: tokens it decodes, one per step (>= 1).
    """

    arrival: int
    prompt: int
    output: int

    def __post_init__(self) -> None:
        for field, least in (("arrival", 0), ("prompt", 0), ("output", 1)):
            require_integer(getattr(self, field), least=least, field=field)

    @property
    def peak(self) -> int:
        """Memory held in the last step (tokens): prompt + output."""
        return self.prompt + self.output

    @property
    def volume(self) -> int:
        """Memory summed over the steps it runs (token-steps): s o + o(o+1)/2."""
        return self.prompt * self.output + self.output * (self.output + 1) // 2


def require_integer(value: object, *, least: int, field: str) -> None:
    """Raise InputError unless ``value`` is an integer in [least, MAX_INTEGER]."""
    if type(value) is not int:
        raise InputError(f"must be an integer, got {value!r}", field=field)
    if value < least:
        raise InputError(f"must be >= {least}, got {value}", field=field)
    if value > MAX_INTEGER:
        raise InputError(f"must be at most 2^53 - 1, got {value}", field=field)

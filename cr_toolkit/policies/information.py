"""What a policy may see of a request.

The simulation hands a policy one of these views instead of the request. A view holds the permitted numbers and no
reference to anything else, so a policy cannot look at what its information regime hides.
"""

from __future__ import annotations

from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from cr_toolkit.model import Request


class Information(StrEnum):
    """Information regime: what is known of an output when its request arrives."""

    FULL = "full"
    """The exact output."""

    ONE_BIT = "one-bit"
    """Whether the output exceeds a threshold."""

    INTERVAL = "interval"
    """An interval [low, high] that holds the output."""

    PREDICTED = "predicted"
    """A prediction, wrong by at most a known factor."""

    NONE = "none"
    """Nothing."""


class FullView(NamedTuple):
    """A request whose output is known. All numbers in tokens but the arrival (a step)."""

    arrival: int
    prompt: int
    output: int

    @property
    def volume(self) -> int:
        """Memory summed over time (token-steps)."""
        return self.prompt * self.output + self.output * (self.output + 1) // 2


class OneBitView(NamedTuple):
    """A request of which one bit is known: whether its output exceeds the policy's threshold."""

    arrival: int
    prompt: int
    is_long: bool


class IntervalView(NamedTuple):
    """A request whose output lies in [low, high] (tokens)."""

    arrival: int
    prompt: int
    low: int
    high: int


class PredictedView(NamedTuple):
    """A request whose output is predicted (tokens)."""

    arrival: int
    prompt: int
    predicted: int


class PromptView(NamedTuple):
    """A request of whose output nothing is known."""

    arrival: int
    prompt: int


View = FullView | OneBitView | IntervalView | PredictedView | PromptView


def full_view(request: Request) -> FullView:
    """Return everything."""
    return FullView(request.arrival, request.prompt, request.output)


def one_bit_view(request: Request, threshold: int) -> OneBitView:
    """Return the bit [output > threshold] in place of the output."""
    return OneBitView(request.arrival, request.prompt, request.output > threshold)


def interval_view(request: Request, lower: int | None = None, upper: int | None = None) -> IntervalView:
    """Return an interval that holds the output in place of the output.

    An end that is not given is that of the dyadic interval [2^k, 2^(k+1) - 1] that holds the output.
    """
    low = 1 << (request.output.bit_length() - 1)
    return IntervalView(request.arrival, request.prompt, lower or low, upper or 2 * low - 1)


def predicted_view(request: Request, index: int, error: int, seed: int, never_below: bool) -> PredictedView:
    """Return a prediction in place of the output: in [o/error, error o], or in [o, error o] if ``never_below``.

    It is drawn from the SHA-256 of "seed/index", so that anyone can repeat it.
    """
    output = request.output
    least = output if never_below else -(-output // error)
    draw = int.from_bytes(sha256(f"{seed}/{index}".encode()).digest(), "big")
    return PredictedView(request.arrival, request.prompt, least + draw % (error * output - least + 1))


def prompt_view(request: Request) -> PromptView:
    """Return what is known before any output is."""
    return PromptView(request.arrival, request.prompt)

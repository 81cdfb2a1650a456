"""The adversary of arXiv 2502.07115, Theorem 4.1: wait until the memory is half taken, then flood what is left."""

from __future__ import annotations

from dataclasses import dataclass

from adversaries.adaptive.game import History, Move
from cr_toolkit.errors import InputError
from cr_toolkit.model import Request

_PATIENCE = 4
"""A policy that lets the first requests wait longer than this many times the memory has lost already."""


@dataclass(frozen=True)
class Blocking:
    """``width`` x (1, M/width - 1) at 0; ``wait`` steps after the last of them has started, ``rate`` x (1, 1) at each
    of ``rounds`` steps.

    The long requests cannot be stopped and take more memory from step to step, so that ever fewer of the short ones
    fit. The optimum serves the short ones as they come and the long ones after them. With the defaults, M/2 short
    ones for half the length of a long one, the ratio is about 0.6 sqrt(n) against any policy that does not keep the
    first requests waiting.

    Attributes:
        memory: the budget M (tokens), at least 4 per long request.
        width: long requests; their peak is M/width.
        wait: steps between the start of the long ones and the flood; None: half their length.
        rate: short requests per step; None: M/2.
        rounds: steps of the flood; None: half the length of a long request.

    Raises:
        InputError: if the memory is too small for the width, or a number is below 1.
    """

    memory: int
    width: int = 1
    wait: int | None = None
    rate: int | None = None
    rounds: int | None = None

    def __post_init__(self) -> None:
        if self.width < 1 or self.memory < 4 * self.width:
            raise InputError(f"must be at least {4 * max(1, self.width)}, got {self.memory}", field="memory")
        for name in ("wait", "rate", "rounds"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise InputError(f"must be at least 1, got {value}", field=name)

    @property
    def peak(self) -> int:
        """Peak of a long request (tokens)."""
        return self.memory // self.width

    def move(self, history: History) -> Move | None:
        """Release the long ones, look when they start, flood, and stop."""
        if not history.requests:
            return Move((Request(0, 1, self.peak - 1),) * self.width, 0)
        if len(history.requests) > self.width:
            return None
        started = max(history.start)
        if started > history.now:
            # They wait: look again later, unless they never start.
            return Move((), started) if started <= _PATIENCE * self.memory else None
        half = self.peak // 2
        flood = started + (self.wait or half)
        rate = self.rate or self.memory // 2
        rounds = self.rounds or half
        requests = tuple(Request(step, 1, 1) for step in range(flood, flood + rounds) for _ in range(rate))
        return Move(requests, flood + rounds)

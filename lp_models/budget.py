"""The time for one search for an optimum."""

from __future__ import annotations

import time
from collections.abc import Callable

_OVERRUN = 0.5, 5.0
"""How much longer than asked the checker may take to repeat a proof: a share of the time, at most so many seconds."""


class Budget:
    """Seconds asked for, from now on.

    Attributes:
        deadline: when they are over, on the clock of ``time.monotonic`` (seconds).
        overrun: how much longer the checker may take to repeat a proof (seconds).
    """

    def __init__(self, seconds: float) -> None:
        self._begin = time.monotonic()
        self.deadline = self._begin + seconds
        self.overrun = min(_OVERRUN[0] * seconds, _OVERRUN[1])

    @property
    def left(self) -> float:
        """Seconds until the deadline; negative after it."""
        return self.deadline - time.monotonic()

    @property
    def spent(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._begin

    def spare(self, first_use: Callable[[], object]) -> None:
        """Do what compiles code on a machine's first run, without charging it to the budget."""
        begin = time.monotonic()
        first_use()
        self.deadline += time.monotonic() - begin

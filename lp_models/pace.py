"""How far to aim: the time of a proof grows about exponentially with its target, so those before tell how far."""

from __future__ import annotations

import math

_FIRST, _GROWTH = 0.12, 5.0
"""The first proof aims at this share of the gap; a proof of the whole gap is taken to cost e^5 times one of none."""

_SURE = 0.15
"""Before two proofs have shown how fast the time grows, a proof of the whole gap is tried only if it may take such a
share of the time; else one of half of what is left of the gap."""

_FLATTER = 0.7
"""From one proof to the next the time grows by a lesser factor than before, the exponent being so many times that."""

_LEAST = 0.06
"""Proofs that are shorter say little about longer ones, and count as that long (seconds)."""

_ENDLESS = 100.0
"""A proof e^100 times as long as another is never tried; beyond, exponents overflow."""


class Pace:
    """How long a proof of a target takes: about exponential in the target, between ``lower`` and ``upper``."""

    def __init__(self, lower: int, upper: int) -> None:
        """Begin with what is known: OPT lies in ``lower`` .. ``upper`` (steps)."""
        self._gap = upper - lower
        self._growth = _GROWTH / self._gap
        self._first = max(1, round(_FIRST * self._gap))
        self._last, self._spent = lower, 0.0
        self._measured = False

    @property
    def begun(self) -> bool:
        """Whether any proof has succeeded."""
        return self._spent > 0.0

    def aim(self, proved: int, upper: int, seconds: float, last: float) -> int:
        """Return the next target: ``upper`` if it may take at most ``last``, else one for a third of ``seconds``."""
        if not self._spent:
            return min(upper, proved + self._first)
        expected = self._spent * math.exp(min(_ENDLESS, self._growth * (upper - self._last)))
        if not self._measured and expected > _SURE * last:
            return min(upper, (self._last + upper + 1) // 2)
        if expected <= last:
            return upper
        reach = int(math.log(max(1.0, seconds / 3 / self._spent)) / self._growth)
        return min(upper, max(proved + 1, self._last + reach))

    def succeeded(self, target: int, seconds: float) -> None:
        """Learn from a proof of ``target``."""
        seconds = max(seconds, _LEAST)
        if self._spent and target > self._last:
            measured = _FLATTER * math.log(max(1.0, seconds / self._spent)) / (target - self._last)
            self._growth = min(max(measured, 2 / self._gap), 4 * _GROWTH / self._gap)
            self._measured = True
        self._last, self._spent = target, seconds

    def failed(self, target: int, seconds: float) -> None:
        """Learn that a proof of ``target`` takes more than ``seconds``."""
        self._first = max(1, self._first // 2)
        self._measured = True
        if self._spent:
            least = math.log(max(1.0, seconds / self._spent)) / (target - self._last)
            self._growth = min(_ENDLESS, 1.3 * max(self._growth, least))

"""Memory loads as integers with a fixed number of bits, a lane, per step.

Adding a request, testing that it fits and comparing two loads then take a few operations on integers, whatever the
number of steps.
"""

from __future__ import annotations

from collections.abc import Sequence


def load_bits(memory: int, kinds: Sequence[tuple[int, int, int]]) -> int:
    """Return the bits of a load as long as the longest output of ``kinds`` (arrival, prompt, output)."""
    return max(output for _, _, output in kinds) * _width(memory)


def _width(memory: int) -> int:
    return memory.bit_length() + 2


class Lanes:
    """Lanes of ``width`` bits for requests of some kinds; the highest bit of a lane is never part of a load.

    Args:
        memory: the budget (tokens).
        kinds: (arrival, prompt, output) of each kind of request.

    Attributes:
        misfits: starts that ``first_fits`` has tested and that did not fit.
    """

    def __init__(self, memory: int, kinds: Sequence[tuple[int, int, int]]) -> None:
        longest = max(output for _, _, output in kinds)
        self.width = _width(memory)
        self.mask = (1 << self.width) - 1
        self.limit = (1 << (self.width - 1)) - 1
        ones = [self._spread(1, output) for _, _, output in kinds]
        self.high = [one << (self.width - 1) for one in ones]
        self.all_high = self._spread(1, longest) << (self.width - 1)
        self.job = [self._ramp(prompt, output) for _, prompt, output in kinds]
        # A lane of load + job + (limit - memory) has its highest bit set exactly if it exceeds the memory.
        self.test = [job + one * (self.limit - memory) for job, one in zip(self.job, ones, strict=True)]
        # So has a lane of load + (limit + 1 - memory) if it is full.
        self.fill = [one * (self.limit + 1 - memory) for one in ones]
        self.misfits = 0

    def _spread(self, value: int, lanes: int) -> int:
        return sum(value << (self.width * lane) for lane in range(lanes)) if lanes < 64 else self._double(value, lanes)

    def _double(self, value: int, lanes: int) -> int:
        half = self._spread(value, lanes // 2)
        both = half | half << (self.width * (lanes // 2))
        return both | (value << (self.width * (lanes - 1))) if lanes % 2 else both

    def _ramp(self, prompt: int, output: int) -> int:
        if output < 64:
            return sum((prompt + tau) << (self.width * (tau - 1)) for tau in range(1, output + 1))
        half = output // 2
        return self._ramp(prompt, half) | self._ramp(prompt + half, output - half) << (self.width * half)

    def fits(self, kind: int, load: int, lanes: int) -> bool:
        """Return whether ``kind`` fits beside ``load`` if it starts ``lanes`` steps after the load begins."""
        return not ((load >> (self.width * lanes)) + self.test[kind]) & self.high[kind]

    def first_fits(self, kinds: Sequence[int], load: int, begin: int, last: int, firsts: Sequence[int]) -> list[int]:
        """Return, for each of ``kinds``, from which start on it fits beside ``load``, which begins after ``begin``.

        None starts before its ``firsts`` or ``begin``, nor then if it is less than ``last``, the kind that just did. A
        start k that exceeds the memory by e > 0 in step t excludes every start before min(k + e, t).
        """
        width, mask, limit, tests, highs = self.width, self.mask, self.limit, self.test, self.high
        found = []
        for kind, first in zip(kinds, firsts, strict=True):
            if first <= begin:
                first = begin + 1 if kind < last else begin
            test, high = tests[kind], highs[kind]
            sums = (load >> (width * (first - begin))) + test
            while excess := sums & high:
                self.misfits += 1
                lane = (excess.bit_length() - 1) // width
                over = (sums >> (width * lane) & mask) - limit
                first += over if over <= lane else lane + 1
                sums = (load >> (width * (first - begin))) + test
            found.append(first)
        return found

    def no_more(self, load: int, other: int) -> bool:
        """Return whether ``load`` holds at most what ``other`` does in every step; both begin in the same step."""
        high = self.all_high
        return ((other | high) - load) & high == high

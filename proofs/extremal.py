"""The instances behind the lower bounds proved here, recognised in a run, and a good schedule for each."""

from __future__ import annotations

from typing import NamedTuple

from cr_toolkit.model import Instance, Schedule


class Comb(NamedTuple):
    """``rounds`` times ``teeth`` requests (0, h) and one (v - 1, 1), v = h(h+1)/2, at M = v + teeth h - 1.

    All volumes are v. The reserved peaks of all teeth leave one token too few for the wide request.
    """

    height: int
    teeth: int
    rounds: int

    @property
    def volume(self) -> int:
        """v (token-steps)."""
        return self.height * (self.height + 1) // 2

    @property
    def memory(self) -> int:
        """M (tokens)."""
        return self.volume + self.teeth * self.height - 1

    def instance(self) -> Instance:
        """Return the burst."""
        row = [(0, self.height)] * self.teeth + [(self.volume - 1, 1)]
        return Instance.burst(self.memory, row * self.rounds)

    def packing(self) -> Schedule:
        """Return the schedule that starts a tooth every v/(M - h) steps, rounded down, and the wide ones at the end."""
        starts = []
        teeth = self.teeth * self.rounds
        wide = (teeth - 1) * self.volume // (self.memory - self.height) + self.height
        for row in range(self.rounds):
            first = row * self.teeth
            starts += [(first + tooth) * self.volume // (self.memory - self.height) for tooth in range(self.teeth)]
            starts.append(wide + row)
        return Schedule(tuple(starts))


def comb_of(instance: Instance) -> Comb | None:
    """Return the comb that ``instance`` is, or None."""
    sizes = [(request.prompt, request.output) for request in instance.requests]
    height = sizes[0][1]
    teeth = next((place for place, size in enumerate(sizes) if size != (0, height)), 0)
    if height < 2 or teeth < 1 or len(sizes) % (teeth + 1):
        return None
    comb = Comb(height, teeth, len(sizes) // (teeth + 1))
    return comb if comb.memory == instance.memory and comb.instance() == instance else None


class SkippedWide(NamedTuple):
    """``wide`` requests (2q, 1) and two (q - 2, q) at M = 4q: the two slip past the wide ones, q >= 3."""

    quarter: int
    wide: int

    def instance(self) -> Instance:
        """Return the burst."""
        q = self.quarter
        return Instance.burst(4 * q, [(2 * q, 1)] * self.wide + [(q - 2, q)] * 2)

    def wide_first(self) -> Schedule:
        """Return the schedule that runs the wide requests one by one and then the two."""
        return Schedule((*range(self.wide), self.wide, self.wide))


def skipped_wide_of(instance: Instance) -> SkippedWide | None:
    """Return what ``instance`` is, or None."""
    found = SkippedWide(instance.memory // 4, len(instance) - 2)
    return found if found.quarter >= 3 and found.wide >= 2 and found.instance() == instance else None

"""The archive: the best candidates of every niche, a niche being a memory share, a size and a spread of volumes.

Elites of many kinds are kept, not the best few alone (MAP-Elites, arXiv 1504.04909): a search that starts again from
any of them does not end in the one basin that was found first, and one search fills a whole frontier.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from adversaries.pattern import Pattern
from adversaries.searchers.base import Scored

_KEPT = 2


class Niche(NamedTuple):
    """Where a candidate belongs: the places of its share and its size among the limits, and of its spread."""

    share: int
    size: int
    spread: int


class Archive:
    """Keeps the best two candidates, of different shapes, of every niche.

    Args:
        shares: limits on the memory share, ascending; a candidate counts at its own and at every larger one.
        sizes: limits on the number of requests, ascending, likewise.
    """

    def __init__(self, shares: Sequence[Fraction], sizes: Sequence[int]) -> None:
        self.shares = tuple(shares)
        self.sizes = tuple(sizes)
        self._niches: dict[Niche, list[Scored]] = {}
        self._records: dict[tuple[int, int], Fraction] = {}

    def niche(self, pattern: Pattern) -> Niche | None:
        """Return where ``pattern`` belongs; None if it is outside all limits."""
        share = bisect_left(self.shares, Fraction(pattern.max_peak, pattern.memory))
        size = bisect_left(self.sizes, pattern.size)
        if share == len(self.shares) or size == len(self.sizes):
            return None
        return Niche(share, size, pattern.spread)

    def take_in(self, found: Iterable[Scored]) -> float:
        """Keep what is among the best of its niche; return how much it improved the records (0 to 1 for each limit)."""
        for scored in found:
            niche = self.niche(scored.pattern)
            if niche is not None:
                kept = self._niches.setdefault(niche, [])
                kept[:] = _of_different_shapes(sorted({*kept, scored}, key=_rank))
        gain = 0.0
        for share in range(len(self.shares)):
            for size in range(len(self.sizes)):
                best = self._best_within(share, size)
                if best is not None:
                    record = self._records.get((share, size), Fraction(1))
                    gain += min(1.0, 20 * float(best.ratio / record - 1))
                    self._records[share, size] = max(record, best.ratio)
        return gain

    def best(self, share: Fraction) -> Scored | None:
        """Return the best candidate of at most ``share``, one of the limits; of equal ones the smallest."""
        return self._best_within(self.shares.index(share), len(self.sizes) - 1)

    def elites(self, share: Fraction, size: int) -> list[Scored]:
        """Return what is kept of all niches of at most ``share`` and ``size``, both among the limits; best first."""
        return sorted(self._within(self.shares.index(share), self.sizes.index(size)), key=_rank)

    def _best_within(self, share: int, size: int) -> Scored | None:
        return min(self._within(share, size), key=_rank, default=None)

    def _within(self, share: int, size: int) -> list[Scored]:
        return [
            scored
            for niche, kept in self._niches.items()
            if niche.share <= share and niche.size <= size
            for scored in kept
        ]


def _rank(scored: Scored) -> tuple[Fraction, int, str]:
    # The text settles ties, so that the order never depends on hashing.
    return -scored.ratio, scored.pattern.size, repr(scored.pattern)


def _of_different_shapes(ranked: list[Scored]) -> list[Scored]:
    """Keep the best few that differ in more than counts and memory."""
    kept: list[Scored] = []
    shapes: set[tuple[tuple[int, int], ...]] = set()
    for scored in ranked:
        shape = tuple((block.prompt, block.output) for block in scored.pattern.blocks)
        if shape not in shapes:
            shapes.add(shape)
            kept.append(scored)
    return kept[:_KEPT]

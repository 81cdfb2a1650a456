"""Prices of starts and completions fitted to all states of a level of the enumeration at once.

Prices found at the root bound a state that has come far less well than prices made for it, but to find such prices
takes longer than to expand hundreds of states. What pays is to fit one set to all states that are kept with so many
starts: it leaves out a good part of these, and bounds what arises from the others.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.model import Instance
from lp_models.prices import Kinds
from lp_models.smoothing import fitted_path_prices, fitting_seconds
from lp_models.state_space import PathPrices, costs_of, shape_of

Int64s = NDArray[np.int64]

if TYPE_CHECKING:
    from lp_models.kernels.levels import Level
    from lp_models.kernels.paths import Costs
    from lp_models.kernels.pool import Problem
    from lp_models.kernels.smoothing import States

_STATE_SECONDS = 2e-3
"""What a state takes, with all that arises from it and with its repetition (seconds): prices are fitted to a level if
they take no longer than is saved by what they are expected to leave out."""

_SHARE, _LEAST_SHARE = 0.5, 0.1
"""The share of a level that prices fitted to it are expected to leave out: at first, and after poor fits at least."""

_SAMPLE = 2_000
"""States that prices are fitted to, at most."""

_MARGIN = 0.02
"""So far beyond the target a fit aims (steps), so that rounding to integers does not undo it."""


@dataclass(frozen=True)
class EventPrices:
    """One set of prices of starts and completions.

    Attributes:
        starts: by prompt and moment, as the checker reads them.
        completions: by peak and moment.
        prices: before they were rounded.
        costs: what bounds states by them.
    """

    starts: list[list[int]]
    completions: list[list[int]]
    prices: PathPrices
    costs: Costs


class Sieve:
    """Sets of prices for one instance, by the number of starts of the states that they were fitted to.

    Attributes:
        root: the set tried on every state until there is another one; None if there are no prices of events at all.
        state_seconds: what leaving out a state saves (seconds).
    """

    def __init__(self, instance: Instance, kinds: Kinds, scale: int) -> None:
        """Prepare for ``instance``, whose kinds are numbered as in ``kinds``; prices are over ``scale``."""
        self._instance, self._kinds, self._scale = instance, kinds, scale
        self._shape = shape_of(instance, kinds)
        self._fitted: dict[int, PathPrices] = {}
        self._share = _SHARE
        self.state_seconds = _STATE_SECONDS
        self.root: EventPrices | None = None

    @property
    def seconds(self) -> float:
        """What fitting prices to all levels takes, roughly (seconds); infinite if there is nothing to begin with."""
        if self.root is None:
            return inf
        # A level has fewer moments before it than the one before.
        return len(self._instance) * fitting_seconds(self._shape, self.root.prices.starts.shape[1] // 2)

    def use(self, prices: PathPrices) -> None:
        """Have prices tried on every state to begin with; not if they need more than 64 bits."""
        self._fitted = {0: prices}
        self.root = self._rounded(prices)

    def sift(
        self, depth: int, problem: Problem, level: Level, size: int, most: int, deadline: float
    ) -> EventPrices | None:
        """Have states of a level unwanted that prices leave out; return the set used, if one is.

        Args:
            depth: starts of each state.
            problem: what is searched.
            level: the states; which are wanted is changed.
            size: their number.
            most: what a state may be bounded at (scaled).
            deadline: no prices are fitted if that would end after this (``time.monotonic``, seconds).
        """
        from lp_models.kernels.levels import ALIVE
        from lp_models.kernels.sifting import leave_out

        used = self._fit(depth, problem, level, size, most, deadline) if depth else self.root
        if used is not None:
            before = int(level.last[:size, ALIVE].sum())
            left = leave_out(problem, used.costs, most, level, size)
            if depth > 0:
                self._share = max(_LEAST_SHARE, (self._share + (before - left) / before) / 2.0)
        return used

    def _fit(
        self, depth: int, problem: Problem, level: Level, size: int, most: int, deadline: float
    ) -> EventPrices | None:
        """Return prices fitted to a level, from those of an earlier target or of the level before; None if too dear."""
        from lp_models.kernels.levels import ALIVE

        rows = np.flatnonzero(level.last[:size, ALIVE])
        nearest = max((number for number in self._fitted if number <= depth), default=None)
        if nearest is None or not len(rows):
            return None
        first = self._fitted[nearest]
        states, begin = self._states(problem, level, rows[:: -(-len(rows) // _SAMPLE)], first.starts.shape[1])
        seconds = fitting_seconds(self._shape, first.starts.shape[1] - begin)
        if (
            not len(states.moment)
            or seconds > self._share * len(rows) * self.state_seconds
            or time.monotonic() + seconds > deadline
        ):
            return None
        goal = (most + 1) / problem.scale + _MARGIN
        found = self._rounded(fitted_path_prices(self._shape, states, begin, first, goal, deadline))
        if found is not None:
            self._fitted[depth] = found.prices
        return found

    def _rounded(self, prices: PathPrices) -> EventPrices | None:
        costs = costs_of(self._instance, self._kinds, prices, self._scale)
        return None if costs is None else EventPrices(*prices.rounded(self._scale), prices, costs)

    def _states(self, problem: Problem, level: Level, rows: Int64s, last: int) -> tuple[States, int]:
        """Return the states in ``rows``, with moments counted from the first that matters, and this moment.

        No moment from ``last`` on is priced.
        """
        from lp_models.kernels.sifting import describe
        from lp_models.kernels.smoothing import States

        number, kinds = len(rows), len(problem.arrival)
        waiting, first = (np.empty((number, kinds), np.int64) for _ in range(2))
        end, peak = (np.empty((number, level.end.shape[1]), np.int64) for _ in range(2))
        moment, running, held = entries = np.empty((3, number), np.int64)
        describe(problem, level, rows, self._shape.peaks, waiting, first, end, peak, entries)
        begin = int(moment.min())
        row = self._shape.memory + 1
        places = len(self._shape.least) * row
        distinct, entry = np.unique((moment - begin) * places + running * row + held, return_inverse=True)
        distinct = distinct[distinct < (last - begin) * places]
        entry = np.where(entry < len(distinct), entry, -1)
        return States(
            level.total[rows].astype(float), waiting, np.maximum(first - begin, 0), end - begin, peak, entry,
            distinct // places, distinct % places,
        ), begin  # fmt: skip

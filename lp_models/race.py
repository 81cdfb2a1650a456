"""Two ways to prove that nothing is cheaper than a target, raced on one core: branching and enumeration.

Branching closes a proof in hundredths of a second where few requests meet a large memory, or where prices nearly
reach the optimum, and not at all where memory is small and requests are many; there enumeration does. The share of a
tree that is closed tells early which of the two it is.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from math import inf
from typing import NamedTuple

from cr_toolkit.model import Instance, Schedule
from lp_models.branching import Branching
from lp_models.claims import BRANCHING, ENUMERATION, Claim
from lp_models.proof import Prover

_SLICE = 0.05
"""What branching gets before it is judged (seconds)."""

_SOON = 0.5
"""Branching that promises to be done and repeated in so many seconds goes on before anything else."""

_CHECKED = 1.6
"""What a proof by branching takes with its repetition, in units of the search."""

_FUTILE = 2.0
"""Where branching promises to take so many times what is left, lower targets are for the enumeration too."""

_RIVAL = 0.25
"""Share of what branching promises to need that enumeration gets at first: its proofs take longer to repeat."""

_FITTED, _FITTED_MOST, _FITTINGS = 3.0, 0.65, 4.5
"""The same share, and the most of what is left, where that is so many times what fitting prices of events to all levels
takes: then enumeration is mostly sooner, and promises of branching are mostly broken."""

_PATIENCE = (0.5, 1.0), (8.0, 10.0)
"""How long branching may take before it is the enumeration's turn again, in units of what that took, and how many times
what is left of the time it may promise to take: where prices can be fitted, and else."""

_QUICK = 1.0
"""Where fitting prices to all levels takes no longer than that (seconds), the enumeration hardly exceeds a slice."""

_CONTESTED = 10.0
"""Branching that promises to take so many times what is left is given up at once; promises vary that much."""


class Attempt(NamedTuple):
    """What an attempt to prove a target ended with: a cheaper schedule, a claim, or neither and maybe a reason.

    If it is paused, another one would go on from there.
    """

    schedule: Schedule | None = None
    claim: Claim | None = None
    note: str = ""
    paused: bool = False

    @property
    def decided(self) -> bool:
        """Whether there is a schedule or a claim."""
        return self.schedule is not None or self.claim is not None


class Race:
    """Attempts on one instance: trees are continued, and price vectors kept, from one attempt to the next.

    Attributes:
        prover: the enumeration.
    """

    def __init__(self, instance: Instance, prices: Mapping[int, int], last: int) -> None:
        """Prepare for ``instance``; ``prices`` (by step over ``SCALE``) end by the step ``last``."""
        self._instance, self._prices = instance, prices
        self.prover = Prover(instance, prices, last)
        self._trees: dict[int, Branching] = {}
        self._hopeless: float = inf

    def branch(self, target: int, deadline: float, seconds: float) -> Attempt:
        """Try branching alone, while it promises to be done in so many ``seconds`` more, repetition included."""
        while True:
            attempt = self._grow(target, deadline)
            left = deadline - time.monotonic()
            if attempt.decided or not self._promises(target, min(seconds, left)):
                if self.left(target) > _FUTILE * left:
                    self._hopeless = 0
                return attempt

    def left(self, target: int) -> float:
        """Return what branching still takes for a target, as far as that is known (seconds), else infinity."""
        return self._trees[target].left if target in self._trees else inf

    def worth_branching(self, target: int, seconds: float) -> bool:
        """Return whether branching, which gets a slice for that, promises to prove ``target`` within ``seconds``."""
        if target not in self._trees and target < self._hopeless:
            self._grow(target, time.monotonic() + seconds)
        return self._promises(target, seconds)

    def prove(self, target: int, deadline: float, *, repeated: bool = False) -> Attempt:
        """Try to prove that nothing is cheaper than ``target``, until ``deadline`` (``time.monotonic``, seconds).

        With ``repeated``, the checker's code repeats an enumeration while it is made, which takes a second core.
        """
        if self.prover.reason:
            attempt = Attempt()
            while not attempt.decided and not attempt.note and time.monotonic() < deadline:
                attempt = self._grow(target, deadline)
            return attempt
        attempt = self._glance(target, deadline, repeated)
        unknown = target < self._hopeless and target not in self._trees
        if not attempt.decided and (unknown or self._promises(target, _SOON)):
            attempt = self._grow(target, deadline)
        if attempt.decided:
            return attempt
        left, seconds = self.left(target), deadline - time.monotonic()
        if target >= self._hopeless and not self._promises(target, seconds):
            return self._enumerate(target, deadline, repeated)
        if left > _CONTESTED * seconds:
            self._hopeless = min(self._hopeless, target)
            return self._enumerate(target, deadline, repeated)
        return self._contest(target, deadline, repeated)

    def keep(self, proved: int, upper: int) -> None:
        """Give up what was begun at targets that are ``proved``, or above ``upper``, the cost of a schedule."""
        self._trees = {target: tree for target, tree in self._trees.items() if proved < target <= upper}
        self.prover.keep(proved, upper)

    def stop(self) -> None:
        """Give up the attempts that paused, and their repetition."""
        self.prover.stop()

    def fits_within(self, seconds: float) -> bool:
        """Return whether the enumeration can fit prices of events to all levels in so many ``seconds``."""
        return not self.prover.reason and self.prover.fitting_seconds <= seconds

    def leap(self, target: int, deadline: float, seconds: float, *, repeated: bool = False) -> Attempt:
        """Give the enumeration some ``seconds``; ``prove`` goes on from there."""
        return self._enumerate(target, deadline, repeated, time.monotonic() + seconds)

    def _contest(self, target: int, deadline: float, repeated: bool) -> Attempt:
        """Let enumeration, and branching while it promises to be done, take turns."""
        left, seconds = self.left(target), deadline - time.monotonic()
        if _FITTINGS * self.prover.fitting_seconds <= _FITTED_MOST * seconds:
            turn, patience, trust = min(_FITTED * left, _FITTED_MOST * seconds), *_PATIENCE[0]
        else:
            turn, patience, trust = min(_RIVAL * left, seconds / 3), *_PATIENCE[1]
        attempt, grown, enumerated = Attempt(paused=True), 0.0, 0.0
        while not attempt.decided and (begin := time.monotonic()) < deadline:
            promising = self.left(target) <= trust * (deadline - begin)
            if promising and (grown < patience * enumerated or not attempt.paused):
                tree = self._grow(target, deadline)
                grown += time.monotonic() - begin
                attempt = tree if tree.decided else attempt
            elif attempt.paused:
                pause = begin + max(turn, enumerated) if promising else deadline
                attempt = self._enumerate(target, deadline, repeated, pause)
                enumerated += time.monotonic() - begin
                if attempt.decided:
                    self._hopeless = min(self._hopeless, target)
            else:
                break
        return attempt

    def _promises(self, target: int, seconds: float) -> bool:
        """Return whether the tree of ``target`` should be done and repeated within ``seconds``."""
        tree = self._trees.get(target)
        return tree is not None and (tree.schedule is not None or tree.left * _CHECKED <= seconds)

    def _grow(self, target: int, deadline: float) -> Attempt:
        """Begin or continue the tree of a target: for a slice, then as long again as it took so far."""
        tree = self._trees.get(target)
        if tree is None:
            # Of those that are not at an end, the highest alone may be continued: its target is the cost of a schedule.
            top = max((t for t, one in self._trees.items() if one.schedule is None and not one.note), default=target)
            self._trees = {t: one for t, one in self._trees.items() if one.note or t == top}
            tree = self._trees[target] = Branching(self._instance, target, self._prices)
        tree.run(min(deadline, time.monotonic() + max(_SLICE, tree.spent)))
        if tree.left == inf and tree.spent < 2 * _SLICE:
            # It has not come to the end of a branch yet.
            tree.run(min(deadline, time.monotonic() + tree.spent))
        if tree.done:
            return Attempt(claim=Claim(target, BRANCHING, tree.certificate(), work=tree.work))
        return Attempt(tree.schedule, note=tree.note)

    def _glance(self, target: int, deadline: float, repeated: bool) -> Attempt:
        """Give the enumeration two slices if branching was tried at other targets and is not nearly done at any.

        Low targets take no more.
        """
        if self.prover.fitting_seconds > _QUICK or not self._trees:
            return Attempt()
        if target in self._trees or any(self._promises(tried, _SOON) for tried in self._trees):
            return Attempt()
        return self._enumerate(target, deadline, repeated, time.monotonic() + 2 * _SLICE)

    def _enumerate(self, target: int, deadline: float, repeated: bool, pause: float = inf) -> Attempt:
        """Go on with the enumeration of a target until it is time for a ``pause``."""
        outcome = self.prover.prove(target, deadline, pause=pause, repeated=repeated)
        if outcome.certificate is not None:
            return Attempt(claim=Claim(target, ENUMERATION, outcome.certificate, outcome.repetition))
        if outcome.schedule is None and (not outcome.paused or time.monotonic() > deadline):
            # It was sooner once, and is not now.
            self._hopeless = inf
        return Attempt(outcome.schedule, note=outcome.note, paused=outcome.paused)

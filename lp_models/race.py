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

_SLICE = 0.1
"""What branching gets before it is judged (seconds)."""

_CHECKED = 1.6
"""What a proof by branching takes with its repetition, in units of the search."""

_RIVAL = 0.4
"""Share of what branching promises to need that enumeration gets to be sooner: its proofs take longer to repeat."""


class Attempt(NamedTuple):
    """What an attempt to prove a target ended with: a cheaper schedule, a claim, or neither and maybe a reason."""

    schedule: Schedule | None = None
    claim: Claim | None = None
    note: str = ""

    @property
    def decided(self) -> bool:
        """Whether there is a schedule or a claim."""
        return self.schedule is not None or self.claim is not None


class Race:
    """Attempts on one instance: a tree of an earlier attempt at the same target is continued, price vectors are kept.

    Attributes:
        prover: the enumeration.
    """

    def __init__(self, instance: Instance, prices: Mapping[int, int], last: int) -> None:
        """Prepare for ``instance``; ``prices`` (by step over ``SCALE``) end by the step ``last``."""
        self._instance, self._prices = instance, prices
        self.prover = Prover(instance, prices, last)
        self._tree: Branching | None = None
        self._hopeless: float = inf

    def branch(self, target: int, deadline: float, share: float) -> Attempt:
        """Try branching alone, while it promises to be done, repetition included, in ``share`` of the time."""
        while True:
            attempt = self._grow(target, deadline)
            left = deadline - time.monotonic()
            if attempt.decided or left <= 0 or not self._promises(share * left):
                return attempt

    def prove(self, target: int, deadline: float, *, repeated: bool = False) -> Attempt:
        """Try to prove that nothing is cheaper than ``target``, until ``deadline`` (``time.monotonic``, seconds).

        With ``repeated``, the checker's code repeats an enumeration while it is made, which takes a second core.
        """
        attempt = Attempt()
        if target < self._hopeless:
            attempt = self._grow(target, deadline)
            if attempt.decided:
                return attempt
            if not self._promises(deadline - time.monotonic()):
                self._hopeless = target
        if target < self._hopeless and self._tree is not None:
            attempt = self._enumerate(target, time.monotonic() + _RIVAL * self._tree.left, repeated)
            while not attempt.decided and self._promises(deadline - time.monotonic()):
                attempt = self._grow(target, deadline)
        if attempt.decided or time.monotonic() >= deadline:
            return attempt
        return self._enumerate(target, deadline, repeated)

    def _promises(self, seconds: float) -> bool:
        """Return whether the tree should be done and repeated within ``seconds``."""
        return self._tree is not None and self._tree.left * _CHECKED <= seconds

    def _grow(self, target: int, deadline: float) -> Attempt:
        """Begin or continue the tree of a target: for a slice, then as long again as it took so far."""
        tree = self._tree
        if tree is None or tree.target != target:
            tree = self._tree = Branching(self._instance, target, self._prices)
        tree.run(min(deadline, time.monotonic() + max(_SLICE, tree.spent)))
        if tree.done:
            return Attempt(claim=Claim(target, BRANCHING, tree.certificate()))
        return Attempt(tree.schedule, note=tree.note)

    def _enumerate(self, target: int, deadline: float, repeated: bool) -> Attempt:
        outcome = self.prover.prove(target, deadline, repeated=repeated)
        if outcome.certificate is None:
            return Attempt(outcome.schedule, note=outcome.note)
        return Attempt(claim=Claim(target, ENUMERATION, outcome.certificate, outcome.repetition))

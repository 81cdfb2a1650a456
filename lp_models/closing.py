"""Closing the gap: proofs of ever higher lower bounds, and the cheaper schedules that are met on the way.

An attempt may yield a claim; the highest one is repeated by the checker's own code before the time is over.
"""

from __future__ import annotations

import time
from enum import Enum, auto
from itertools import zip_longest
from typing import NamedTuple

from lp_models.budget import Budget
from lp_models.claims import Claim
from lp_models.engines.catalogue import Answer
from lp_models.incumbent import Incumbent
from lp_models.pace import Pace
from lp_models.portfolio import Portfolio
from lp_models.race import Attempt, Race
from lp_models.upper import Restarts

_ATTEMPT = 0.6
"""Share of that which one attempt gets: should it fail, there is time for a lower target."""

_BESIDE = 0.9
"""Most of that which an attempt gets if the checker works beside the search."""

_FIRST_SHARE = 0.1
"""Most of the time that a low target gets where branching promises the optimum: it is kept if the promise is broken."""

_SURE = 0.93
"""Share of the time left in which branching may keep its promise; then lower targets are proved."""

_HALVING = 0.5
"""Share of the time left that each target gets when the promise was not kept."""

_LEAP = 0.13
"""Such a share of the time for searching is first spent on the cost of the schedule itself, where that is enough to fit
prices of events to every level: most short proofs are done by then, and others go on from there."""

_DOUBTFUL = 0.6
"""A repetition that is expected to take such a share of what is left of the time may well take longer than that."""

_LEAST_SEARCHING = 0.4
"""Least share of the time left that a search gets; the rest is for the checker."""

_BEAM, _DIVE_SHARE, _DIVE_RIVAL, _DIVE_LEAST = 60, 0.1, 0.25, 9
"""States of a level that a beam search expands, the share of the time that is left to such searches, at most such a
share of what branching promises to take, and the number of requests from which on they pay."""

_PATIENT = 0.4
"""Most of the time left that branching gets before anything else."""


class _Why(Enum):
    """Why a target is tried."""

    FIRST = auto()
    """Branching promises the whole gap; a low target takes little time, and is kept if that comes to nothing."""
    PROMISED = auto()
    """It is the whole gap, which branching promises to prove."""
    HALVES = auto()
    """Such a promise was not kept; what is left of the gap is halved as long as there is time."""
    LEAP = auto()
    """It is the whole gap, for a short time."""
    PACE = auto()
    """The time that proofs took says how far to aim."""


class _Aim(NamedTuple):
    """A target (steps), and how long it may be tried (seconds)."""

    why: _Why
    target: int
    seconds: float


class Closing:
    """The proofs of one instance; what they yield goes to its incumbent."""

    def __init__(
        self, incumbent: Incumbent, race: Race, budget: Budget, *, jobs: int, restarts: Restarts | None = None
    ) -> None:
        """Prepare to close the gap of ``incumbent`` within ``budget``.

        With more than one of ``jobs``, the checker works beside the search, on the core of ``restarts``.
        """
        self._best, self._race, self._budget = incumbent, race, budget
        self._jobs, self._restarts = jobs, restarts
        self._claims: list[Claim] = []
        self._searching = 0.5
        self._tried: set[_Why] = set()
        self._ceiling: int | None = None

    def branch(self, quick: float) -> None:
        """Prove the cost of the schedule by branching, as long as it promises to be done in ``quick`` seconds.

        At most a share of the time left is taken.
        """
        best = self._best
        seconds = min(_PATIENT * self._budget.left, quick)
        while not best.is_closed:
            attempt = self._race.branch(best.upper, self._budget.deadline, seconds)
            if attempt.claim is not None:
                best.repeat(attempt.claim, self._budget.left + self._budget.overrun)
            before = best.upper
            if attempt.schedule is not None:
                best.offer(attempt.schedule, "branching")
            if best.upper == before:
                return

    def dive(self) -> None:
        """Look for cheaper schedules where the bounds are least."""
        best = self._best
        left = min(_DIVE_SHARE * self._budget.left, _DIVE_RIVAL * self._race.left(best.upper))
        deadline = time.monotonic() + left
        while not best.is_closed and time.monotonic() < deadline and len(best.instance) >= _DIVE_LEAST:
            outcome = self._race.prover.prove(best.upper, deadline, beam=_BEAM)
            if outcome.schedule is None:
                break
            best.offer(outcome.schedule, "beam search")

    def climb(self, beside: Portfolio | None = None) -> None:
        """Raise the lower bound by proofs of ever higher targets, up to the cost of the schedule.

        The time of a proof grows roughly exponentially with its target, so those before tell how far to aim. Schedules
        of the engines ``beside`` are taken as they come.
        """
        best, deadline = self._best, self._budget.deadline
        pace = Pace(best.lower.integer, best.upper)
        while (proved := self._proved) < best.upper and (begin := time.monotonic()) < deadline:
            for name, answer in beside.ready() if beside is not None else ():
                best.heed(name, best.upper, answer)
            best.heed_restarts(self._restarts)
            self._race.keep(proved, best.upper)
            aim = self._aim(pace, proved, deadline - begin)
            attempt = self._try(aim, begin)
            self._tried.add(aim.why)
            spent = time.monotonic() - begin
            before = best.upper
            if attempt.schedule is not None:
                best.offer(attempt.schedule, "search")
                if best.upper == before:
                    break
            elif attempt.claim is not None:
                self._claims.append(attempt.claim)
                self._searching = max(_LEAST_SEARCHING, spent / (spent + attempt.claim.seconds))
                pace.succeeded(aim.target, spent)
            elif aim.why is _Why.PROMISED:
                self._ceiling = aim.target
            elif aim.why in (_Why.PACE, _Why.HALVES):
                if aim.target == proved + 1:
                    break
                pace.failed(aim.target, spent)
                if aim.why is _Why.HALVES:
                    self._ceiling = aim.target
        self.settle(self._budget.left + self._budget.overrun)

    def _aim(self, pace: Pace, proved: int, seconds: float) -> _Aim:
        """Return what to try next, with ``seconds`` left until the deadline."""
        upper, left = self._best.upper, seconds * self._searching
        if self._ceiling is not None and self._ceiling <= proved:
            self._ceiling = None
        if self._ceiling is not None:
            target = max(proved + 1, (proved + min(upper, self._ceiling)) // 2)
            return _Aim(_Why.HALVES, target, _HALVING * seconds)
        promised = self._race.worth_branching(upper, _SURE * seconds)
        if not self._tried and self._race.fits_within(_LEAP * left):
            return _Aim(_Why.LEAP, upper, _LEAP * left)
        if promised and self._tried - {_Why.LEAP}:
            return _Aim(_Why.PROMISED, upper, _SURE * seconds)
        whole = self._seconds_for_whole(seconds)
        target = pace.aim(proved, upper, left, whole)
        granted = left if target == proved + 1 else (_ATTEMPT if pace.begun else _FIRST_SHARE) * left
        if target == upper:
            granted = max(granted, whole)
        if promised:
            return _Aim(_Why.FIRST, target, min(granted, _FIRST_SHARE * left))
        return _Aim(_Why.PACE, target, granted)

    def _try(self, aim: _Aim, begin: float) -> Attempt:
        """Try to prove a target; that of the whole gap is repeated by the checker meanwhile, if there is a core."""
        repeated = self._jobs > 1 and aim.target == self._best.upper
        if repeated and self._restarts is not None:
            # The second core is for the checker now.
            self._restarts.stop()
        if aim.why is _Why.LEAP:
            return self._race.leap(aim.target, self._budget.deadline, aim.seconds, repeated=repeated)
        return self._race.prove(aim.target, begin + aim.seconds, repeated=repeated)

    def settle(self, seconds: float) -> None:
        """Have the checker repeat the highest claim that ``seconds`` are enough for; the others are given up.

        Where the highest has been under repetition beside the search and may not be done in time, the next lower one is
        repeated meanwhile, on the core that the search has left.
        """
        until = time.monotonic() + seconds
        try:
            self._settle(until)
        finally:
            for claim in self._claims:
                claim.give_up()
            self._claims.clear()

    def _settle(self, until: float) -> None:
        claims = sorted(self._claims, key=lambda claim: -claim.target)
        for claim, lower in zip_longest(claims, claims[1:]):
            left = until - time.monotonic()
            if claim.target <= self._best.lower.integer or claim.seconds > left:
                continue
            doubtful = claim.repetition is not None and claim.seconds > _DOUBTFUL * left
            if doubtful and lower is not None and lower.seconds <= left:
                claim.end()
                self._best.repeat(lower, left)
            if self._best.repeat(claim, until - time.monotonic()):
                break

    def certify(self, name: str, cost: int, answer: Answer) -> None:
        """Prove the claim of the engine ``name`` that nothing is cheaper than ``cost``."""
        best = self._best
        until = self._budget.deadline + self._budget.overrun
        claim = None
        if answer.certificate is not None:
            claim = Claim(best.upper, answer.method, answer.certificate)
        while not best.is_closed and time.monotonic() < until:
            if claim is None:
                attempt = self._race.prove(best.upper, until)
                claim = attempt.claim
                if attempt.schedule is not None:
                    best.offer(attempt.schedule, "search")
                    continue
            before = best.upper
            if claim is None or (not best.repeat(claim, until - time.monotonic()) and best.upper == before):
                break
            claim = None
        if best.upper < cost:
            best.notes.append(f"{name}: claimed that {cost} is optimal, which is false")
        if not best.is_closed:
            best.notes.append(f"{name}: claims that {cost} is optimal; the proof is too long to be re-checked")

    def stop(self) -> None:
        """Give up all that paused."""
        self._race.stop()

    @property
    def _proved(self) -> int:
        """The highest target proved, whether the checker has repeated the proof or not."""
        return max([self._best.lower.integer, *(claim.target for claim in self._claims)])

    def _seconds_for_whole(self, seconds: float) -> float:
        """Return how many of ``seconds`` an attempt at the whole gap gets.

        Part of the time is for the checker; with a second core it works beside the search.
        """
        if self._jobs == 1:
            return _ATTEMPT * seconds * self._searching
        return seconds * min(_BESIDE, self._searching / (1 - self._searching))

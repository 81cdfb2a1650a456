"""The game between an adversary and an online policy.

The adversary releases requests, sees what the policy does with them up to some step, and releases more, later. What an
online policy decides up to a step depends on what has arrived by then alone. The game runs the policy anew on all that
was released so far and insists on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from adversaries.subject import Subject
from cr_toolkit.errors import CrtoolError, InputError
from cr_toolkit.model import Attempt, Instance, Request
from cr_toolkit.simulation import simulate

_MOST_ROUNDS = 100_000


class NotOnlineError(CrtoolError):
    """A policy changed a decision when requests were released after it: it looked into the future."""


class History(NamedTuple):
    """What an adversary sees.

    Attributes:
        requests: all requests released, in order.
        start: when the policy starts each for good if nothing else comes (steps). Only starts up to ``now`` are facts.
        now: the last step that later releases cannot change; -1 before the first.
        stopped: attempts that the policy stops if nothing else comes.
    """

    requests: tuple[Request, ...]
    start: tuple[int, ...]
    now: int
    stopped: tuple[Attempt, ...] = ()


class Move(NamedTuple):
    """Requests that an adversary releases, all of them arriving after the moment it acts at.

    Attributes:
        requests: the newcomers.
        until: the step whose decisions the adversary wants to see before its next move.
    """

    requests: tuple[Request, ...]
    until: int


class Adversary(Protocol):
    """Somebody who plays against an online policy at a fixed memory budget."""

    @property
    def memory(self) -> int:
        """The budget (tokens)."""

    def move(self, history: History) -> Move | None:
        """Return the next move, or None when the game is over; the first move must release something."""


def play(adversary: Adversary, subject: Subject) -> Instance:
    """Play until the adversary has had enough; return the instance that came of it.

    Raises:
        NotOnlineError: if the policy changes a decision because of a later arrival.
        InputError: if the adversary releases nothing at first, releases into the past, or does not come to an end.
    """
    history = History((), (), -1)
    for _ in range(_MOST_ROUNDS):
        move = adversary.move(history)
        if move is None:
            break
        if any(request.arrival <= history.now for request in move.requests) or move.until <= history.now:
            raise InputError(f"must act after step {history.now}, which is past", field="adversary")
        history = _next(adversary.memory, history, move, subject)
    else:
        raise InputError(f"is not done after {_MOST_ROUNDS} moves", field="adversary")
    return Instance(adversary.memory, history.requests)


def _next(memory: int, before: History, move: Move, subject: Subject) -> History:
    requests = (*before.requests, *move.requests)
    run = simulate(
        Instance(memory, requests),
        subject.policy,
        parameters=subject.parameters,
        admission=subject.admission,
        queue=subject.queue,
    )
    after = History(requests, run.schedule.start, move.until, run.schedule.stopped)
    _require_online(before, after)
    return after


def _require_online(before: History, after: History) -> None:
    old, new = _decisions(before, before.now), _decisions(after, before.now)
    for index in sorted({request for request, _, _ in old ^ new}):
        was, now = (sorted(start for request, start, _ in made if request == index) for made in (old, new))
        if was != now:
            what = f"starts request {index} at {_steps(was)}, and at {_steps(now)}"
        else:
            what = f"stops request {index} at other steps"
        raise NotOnlineError(f"by step {before.now} the policy {what} when others arrive after it")


def _decisions(history: History, until: int) -> frozenset[tuple[int, int, int | None]]:
    """Return (request, start, end) of all attempts begun by ``until``, the end None unless stopped by then."""
    final = {(index, start, None) for index, start in enumerate(history.start) if start <= until}
    stopped = {(i, start, end if end <= until else None) for i, start, end in history.stopped if start <= until}
    return frozenset(final | stopped)


def _steps(starts: Sequence[int]) -> str:
    return ", ".join(map(str, starts)) or "no step"

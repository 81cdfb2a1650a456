"""Policies that decide as time passes and may stop what runs."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple

from cr_toolkit.policies.base import Policy


class Seen(NamedTuple):
    """What an online policy knows of an unfinished request.

    Attributes:
        request: its place in request order.
        view: what the policy's information shows of it.
        tokens: tokens decoded so far in the running attempt; 0 while it waits.
        most: most tokens decoded in any attempt, the running one included.
    """

    request: int
    view: Any
    tokens: int
    most: int


class Moment(NamedTuple):
    """A time at which a policy decides.

    Attributes:
        now: the time (step).
        memory: the budget (tokens).
        waiting: requests that have arrived and do not run, in request order.
        running: requests that run on unless they are stopped, in request order.
        memo: what the policy's decision before noted down; None at the first one.
    """

    now: int
    memory: int
    waiting: tuple[Seen, ...]
    running: tuple[Seen, ...]
    memo: Any


class Decision(NamedTuple):
    """What to do at a moment.

    Attributes:
        stop: indices of running requests that lose their progress and wait again.
        start: indices of waiting requests that start, those just stopped included.
        wake: a time after now at which to decide again, or None; arrivals and completions are moments in any case.
        memo: handed to the next decision.
    """

    stop: tuple[int, ...] = ()
    start: tuple[int, ...] = ()
    wake: int | None = None
    memo: Any = None


class OnlinePolicy(Policy, ABC):
    """A policy that decides at every arrival, every completion and when it asked to.

    It must not keep state between decisions but in the memo, so that one object can serve many runs.
    """

    rules_apply: ClassVar[bool] = False
    restarts: ClassVar[bool] = True

    @abstractmethod
    def decide(self, moment: Moment) -> Decision:
        """Return what to stop and to start; the memory must suffice until the next moment."""

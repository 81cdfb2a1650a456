"""The run of a policy that decides as time passes and may stop what runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cr_toolkit.errors import InputError
from cr_toolkit.model import Attempt, Instance, Schedule
from cr_toolkit.policies.information import View
from cr_toolkit.policies.online import Decision, Moment, OnlinePolicy, Seen
from cr_toolkit.simulation.order import policy_faults, views_of


def online_schedule(instance: Instance, policy: OnlinePolicy) -> Schedule:
    """Return the schedule, stopped attempts included, that ``policy`` makes of ``instance``.

    The policy decides when something arrives or completes and when it asked to. It is shown the views its information
    allows, the tokens decoded so far, and completions once they have happened.

    Raises:
        InputError: if the policy fails, starts or stops what it cannot, or leaves requests waiting for ever.
    """
    run = _OnlineRun(instance, views_of(instance, policy))
    memo: Any = None
    now: int | None = min(run.arrivals)
    idle = 0
    while now is not None:
        run.move_to(now)
        if run.unfinished_here:
            with policy_faults(policy):
                decision = Decision(*policy.decide(run.moment(memo)))
            run.apply(decision, type(policy).__name__)
            idle = idle + 1 if run.is_idle else 0
            if idle > instance.memory + len(instance):
                break
            memo = decision.memo
            now = run.next_moment(decision.wake)
        else:
            now = run.next_moment(None)
    if run.waiting:
        raise InputError(f"lets request {min(run.waiting)} wait for ever", field=f"policy {type(policy).__name__}")
    return Schedule(tuple(run.start), tuple(sorted(run.stopped, key=lambda attempt: (attempt.start, attempt.request))))


class _OnlineRun:
    """What has happened so far."""

    def __init__(self, instance: Instance, views: list[View]) -> None:
        self._requests = instance.requests
        self._memory = instance.memory
        self._views = views
        self._now = 0
        self.start = [0] * len(instance)
        self.stopped: list[Attempt] = []
        self.waiting: set[int] = set()
        self._running: set[int] = set()
        self._most = [0] * len(instance)
        order = sorted(range(len(instance)), key=lambda index: instance.requests[index].arrival, reverse=True)
        self._coming = order
        self.arrivals = [request.arrival for request in instance.requests]

    @property
    def is_idle(self) -> bool:
        """Whether nothing runs or is to arrive, so that only the policy can make anything happen."""
        return not (self._running or self._coming)

    @property
    def unfinished_here(self) -> bool:
        """Whether anything waits or runs."""
        return bool(self.waiting or self._running)

    def move_to(self, now: int) -> None:
        """Let time pass: requests complete and arrive."""
        self._now = now
        self._running = {i for i in self._running if self.start[i] + self._requests[i].output > now}
        while self._coming and self.arrivals[self._coming[-1]] <= now:
            self.waiting.add(self._coming.pop())

    def moment(self, memo: Any) -> Moment:
        """Return what the policy may know now."""
        return Moment(self._now, self._memory, self._seen(self.waiting), self._seen(self._running), memo)

    def _seen(self, indices: Iterable[int]) -> tuple[Seen, ...]:
        seen = []
        for index in sorted(indices):
            tokens = self._now - self.start[index] if index in self._running else 0
            seen.append(Seen(index, self._views[index], tokens, max(tokens, self._most[index])))
        return tuple(seen)

    def apply(self, decision: Decision, name: str) -> None:
        """Stop and start what was decided."""
        if decision.wake is not None and type(decision.wake) is not int:
            raise InputError(f"wants to decide again at {decision.wake!r}, which is no step", field=f"policy {name}")
        for index in decision.stop:
            if index not in self._running or self.start[index] == self._now:
                raise InputError(f"stops request {index}, which has not run", field=f"policy {name}")
            self._running.remove(index)
            self.waiting.add(index)
            self.stopped.append(Attempt(index, self.start[index], self._now))
            self._most[index] = max(self._most[index], self._now - self.start[index])
        for index in decision.start:
            if index not in self.waiting:
                raise InputError(f"starts request {index}, which does not wait", field=f"policy {name}")
            self.waiting.remove(index)
            self._running.add(index)
            self.start[index] = self._now

    def next_moment(self, wake: int | None) -> int | None:
        """Return when something happens next, or None if nothing will."""
        times = [self.start[i] + self._requests[i].output for i in self._running]
        times += [self.arrivals[index] for index in self._coming[-1:]]
        if wake is not None and self.unfinished_here:
            times.append(max(wake, self._now + 1))
        return min(times, default=None)

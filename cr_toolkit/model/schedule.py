"""A schedule: when each request starts, what that costs and whether it fits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from cr_toolkit.errors import InputError
from cr_toolkit.model.instance import Instance
from cr_toolkit.model.request import require_integer


class MemoryStep(NamedTuple):
    """A stretch of steps over which the same requests run, so that memory is linear.

    Attributes:
        first: first step of the stretch (steps are numbered from 1; step t ends at time t).
        last: last step of the stretch.
        memory_first: tokens held in step ``first``.
        memory_last: tokens held in step ``last``.
    """

    first: int
    last: int
    memory_first: int
    memory_last: int


class Violation(NamedTuple):
    """Why a schedule is not feasible.

    Attributes:
        reason: a sentence.
        request: index of the request at fault, or None for an overflow.
        step: the step of an overflow, or None.
    """

    reason: str
    request: int | None
    step: int | None


class Attempt(NamedTuple):
    """A run of a request that was stopped and lost its progress.

    It held prompt + (t - start) tokens in each step t = start+1 .. end.

    Attributes:
        request: index of the request.
        start: when it started (step).
        end: when it was stopped (step), after ``start`` and before it would have completed.
    """

    request: int
    start: int
    end: int


@dataclass(frozen=True)
class Schedule:
    """Start times (steps), one per request, in request order: those of the attempts that complete.

    Attributes:
        start: the start of each request's last attempt.
        stopped: attempts before it, by ascending start, then request; empty unless the policy restarts.

    Raises:
        InputError: if a number is not a non-negative integer.
    """

    start: tuple[int, ...]
    stopped: tuple[Attempt, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.start, tuple):
            object.__setattr__(self, "start", tuple(self.start))
        for index, start in enumerate(self.start):
            if type(start) is not int or start < 0:
                require_integer(start, least=0, field=f"start[{index}]")
        for index, attempt in enumerate(self.stopped):
            for field, value in attempt._asdict().items():
                require_integer(value, least=0, field=f"stopped[{index}].{field}")

    def without_stops(self) -> Schedule:
        """Return the completing attempts alone, feasible if all are, at the same cost."""
        return Schedule(self.start) if self.stopped else self

    def total_latency(self, instance: Instance) -> int:
        """Return TEL = sum over requests of completion - arrival (steps).

        Raises:
            InputError: if the schedule has another number of requests than the instance.
        """
        self._require_length(instance)
        return sum(self.start) + sum(r.output - r.arrival for r in instance.requests)

    def memory_steps(self, instance: Instance) -> Iterator[MemoryStep]:
        """Yield the memory held over time as maximal linear stretches, idle stretches included.

        Raises:
            InputError: if the schedule has another number of requests than the instance.
        """
        self._require_length(instance)
        events: dict[int, list[int]] = {}
        for index, start, end in self.attempts(instance):
            offset = instance.requests[index].prompt - start
            for time, sign in ((start, 1), (end, -1)):
                change = events.setdefault(time, [0, 0])
                change[0] += sign
                change[1] += sign * offset
        running = offset = previous = 0
        for time in sorted(events):
            if time > previous:
                yield MemoryStep(previous + 1, time, offset + running * (previous + 1), offset + running * time)
            running += events[time][0]
            offset += events[time][1]
            previous = time

    def peak_memory(self, instance: Instance) -> int:
        """Return the most memory held in any step (tokens)."""
        return max(step.memory_last for step in self.memory_steps(instance))

    def violation(self, instance: Instance) -> Violation | None:
        """Return why the schedule is not feasible for ``instance``, or None if it is.

        Memory rises between completions, so the end of each linear stretch decides.

        Raises:
            InputError: if the schedule has another number of requests than the instance.
        """
        self._require_length(instance)
        for index, start, _ in self.attempts(instance):
            arrival = instance.requests[index].arrival
            if start < arrival:
                return Violation(f"request {index} starts at {start}, before its arrival {arrival}", index, None)
        overlap = self._bad_attempt(instance)
        if overlap is not None:
            return overlap
        for step in self.memory_steps(instance):
            if step.memory_last > instance.memory:
                reason = f"step {step.last} holds {step.memory_last} tokens, more than {instance.memory}"
                return Violation(reason, None, step.last)
        return None

    def is_feasible(self, instance: Instance) -> bool:
        """Return whether no request starts early and no step exceeds the memory."""
        return self.violation(instance) is None

    def attempts(self, instance: Instance) -> Iterator[Attempt]:
        """Yield every run of every request, the stopped ones last."""
        for index, (start, request) in enumerate(zip(self.start, instance.requests, strict=True)):
            yield Attempt(index, start, start + request.output)
        yield from self.stopped

    def _bad_attempt(self, instance: Instance) -> Violation | None:
        """Return why the stopped attempts cannot be, whatever the memory, or None if they can."""
        free: dict[int, int] = {}
        for index, start, end in sorted(self.stopped, key=lambda attempt: attempt.start):
            if not start < end < start + instance.requests[index].output:
                return Violation(f"request {index} cannot have been stopped at {end}, started at {start}", index, None)
            if start < free.get(index, 0) or end > self.start[index]:
                return Violation(f"request {index} starts again before its attempt ends at {end}", index, None)
            free[index] = end
        return None

    def _require_length(self, instance: Instance) -> None:
        for index, attempt in enumerate(self.stopped):
            if attempt.request >= len(instance):
                rule = f"is {attempt.request}, and there are {len(instance)} requests"
                raise InputError(rule, field=f"stopped[{index}].request")
        if len(self.start) != len(instance):
            raise InputError(f"has {len(self.start)} starts for {len(instance)} requests", field="start")

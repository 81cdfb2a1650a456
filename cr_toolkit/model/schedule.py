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


@dataclass(frozen=True)
class Schedule:
    """Start times (steps), one per request, in request order.

    Raises:
        InputError: if a start is not a non-negative integer.
    """

    start: tuple[int, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.start, tuple):
            object.__setattr__(self, "start", tuple(self.start))
        for index, start in enumerate(self.start):
            if type(start) is not int or start < 0:
                require_integer(start, least=0, field=f"start[{index}]")

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
        for start, request in zip(self.start, instance.requests, strict=True):
            events.setdefault(start, [0, 0])[0] += 1
            events[start][1] += request.prompt - start
            done = events.setdefault(start + request.output, [0, 0])
            done[0] -= 1
            done[1] -= request.prompt - start
        running = offset = 0
        previous = 0
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
        for index, (start, request) in enumerate(zip(self.start, instance.requests, strict=True)):
            if start < request.arrival:
                reason = f"request {index} starts at {start}, before its arrival {request.arrival}"
                return Violation(reason, index, None)
        for step in self.memory_steps(instance):
            if step.memory_last > instance.memory:
                reason = f"step {step.last} holds {step.memory_last} tokens, more than {instance.memory}"
                return Violation(reason, None, step.last)
        return None

    def is_feasible(self, instance: Instance) -> bool:
        """Return whether no request starts early and no step exceeds the memory."""
        return self.violation(instance) is None

    def _require_length(self, instance: Instance) -> None:
        if len(self.start) != len(instance):
            raise InputError(f"has {len(self.start)} starts for {len(instance)} requests", field="start")

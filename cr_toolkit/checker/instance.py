"""Requests, and whether a schedule of them fits into the memory."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from cr_toolkit.checker.reading import Rejected, exactly, integer, integers, items, record

MAX_REQUESTS = 5_000_000


class Request(NamedTuple):
    """A request: started at x >= arrival it holds prompt + (t - x) tokens in each step t = x+1 .. x+output."""

    arrival: int
    prompt: int
    output: int

    @property
    def peak(self) -> int:
        """Tokens held in the last step."""
        return self.prompt + self.output

    @property
    def volume(self) -> int:
        """Tokens held, summed over the steps (token-steps)."""
        return self.prompt * self.output + self.output * (self.output + 1) // 2


class Instance(NamedTuple):
    """A memory budget (tokens) and the requests in tie-break order."""

    memory: int
    requests: list[Request]

    @property
    def alpha(self) -> Fraction:
        """Largest peak over the memory."""
        return Fraction(max(request.peak for request in self.requests), self.memory)


def read_instance(value: Any, where: str) -> Instance:
    """Return the instance that an instance record describes, counts expanded; raise Rejected if it breaks a rule."""
    fields = record(value, where, ("format", "memory", "requests"))
    exactly(fields["format"], "crtool/instance/1", f"{where}.format")
    memory = integer(fields["memory"], f"{where}.memory", 1)
    requests: list[Request] = []
    for index, entry in enumerate(items(fields["requests"], f"{where}.requests")):
        place = f"{where}.requests[{index}]"
        sizes = record(entry, place, ("prompt", "output"), ("arrival", "count"))
        request = Request(
            integer(sizes.get("arrival", 0), f"{place}.arrival"),
            integer(sizes["prompt"], f"{place}.prompt"),
            integer(sizes["output"], f"{place}.output", 1),
        )
        if request.peak > memory:
            raise Rejected(f"{place} needs {request.peak} tokens, more than the memory {memory}")
        count = integer(sizes.get("count", 1), f"{place}.count", 1)
        # Before expanding: a count is a cheap way to ask for more memory than there is.
        if len(requests) + count > MAX_REQUESTS:
            raise Rejected(f"{where} has more than {MAX_REQUESTS} requests")
        requests += [request] * count
    if not requests:
        raise Rejected(f"{where} has no requests")
    return Instance(memory, requests)


class Attempt(NamedTuple):
    """A run of ``request`` that was stopped: it held prompt + (t - start) tokens in each step t = start+1 .. end."""

    request: int
    start: int
    end: int


def read_schedule(value: Any, instance: Instance, where: str) -> tuple[list[int], int]:
    """Return the starts and the cost of a schedule; raise Rejected if it is infeasible or states another cost."""
    return _read_schedule(record(value, where, ("start", "cost")), instance, [], where)


def read_policy_schedule(value: Any, instance: Instance, where: str) -> tuple[list[int], list[Attempt], int]:
    """Return the starts, the stopped attempts and the cost of a schedule that may stop requests.

    Raises:
        Rejected: if it is infeasible, states another cost, or an attempt cannot have been.
    """
    fields = record(value, where, ("start", "cost"), ("stopped",))
    stopped: list[Attempt] = []
    if "stopped" in fields:
        for index, entry in enumerate(items(fields["stopped"], f"{where}.stopped")):
            place = f"{where}.stopped[{index}]"
            numbers = record(entry, place, Attempt._fields)
            stopped.append(Attempt(*(integer(numbers[name], f"{place}.{name}") for name in Attempt._fields)))
        if not stopped:
            raise Rejected(f"{where}.stopped must be absent when nothing was stopped")
    starts, cost = _read_schedule(fields, instance, stopped, where)
    return starts, stopped, cost


def _read_schedule(
    fields: dict[str, Any], instance: Instance, stopped: list[Attempt], where: str
) -> tuple[list[int], int]:
    starts = integers(fields["start"], f"{where}.start", len(instance.requests))
    _require_attempts(instance, starts, stopped, where)
    cost = 0
    for index, (request, start) in enumerate(zip(instance.requests, starts, strict=True)):
        if start < request.arrival:
            raise Rejected(f"{where} starts request {index} at {start}, before its arrival {request.arrival}")
        cost += start + request.output - request.arrival
    _require_fit(instance, starts, stopped, where)
    exactly(fields["cost"], cost, f"{where}.cost")
    return starts, cost


def _require_attempts(instance: Instance, starts: list[int], stopped: list[Attempt], where: str) -> None:
    """Raise Rejected unless the attempts ascend, are short of a completion, and no request runs twice at a time."""
    if stopped != sorted(stopped, key=lambda attempt: (attempt.start, attempt.request)):
        raise Rejected(f"{where}.stopped must ascend by start, then request")
    free: dict[int, int] = {}
    for index, start, end in stopped:
        if index >= len(starts):
            raise Rejected(f"{where}.stopped names request {index} of {len(starts)}")
        request = instance.requests[index]
        if not start < end < start + request.output:
            raise Rejected(f"{where} cannot have stopped request {index} at {end}, started at {start}")
        if start < free.get(index, request.arrival):
            raise Rejected(f"{where} starts request {index} at {start}, before it can")
        if end > starts[index]:
            raise Rejected(f"{where} completes request {index} from {starts[index]} on and stops it at {end}")
        free[index] = end


def _require_fit(instance: Instance, starts: list[int], stopped: list[Attempt], where: str) -> None:
    """Sweep over the steps at which something ends; between them memory only grows.

    A request running in step t holds (prompt - start) + t, so a count and a sum of (prompt - start) describe all.
    """
    attempts = [
        (start, start + request.output, request) for start, request in zip(starts, instance.requests, strict=True)
    ]
    attempts += [(start, end, instance.requests[index]) for index, start, end in stopped]
    begin = sorted((start, request.prompt - start) for start, _, request in attempts)
    finish = sorted((end, request.prompt - start) for start, end, request in attempts)
    running = offsets = begun = 0
    for step, offset in finish:
        # A request that starts at time x holds nothing in step x, only from x + 1 on.
        while begun < len(begin) and begin[begun][0] < step:
            running += 1
            offsets += begin[begun][1]
            begun += 1
        held = offsets + running * step
        if held > instance.memory:
            raise Rejected(f"{where} holds {held} tokens in step {step}, more than the memory {instance.memory}")
        running -= 1
        offsets -= offset

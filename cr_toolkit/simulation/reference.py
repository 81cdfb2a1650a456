"""The run in plain Python: what the compiled kernel must agree with, and what serves numbers of any size."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence

from cr_toolkit.model import Instance, Request
from cr_toolkit.policies.admission import Admission, Queue

_Running = tuple[int, int, int]
"""(completion, start, prompt) of a request that runs."""


def reference_starts(
    instance: Instance, order: Sequence[int], admission: Admission, queue: Queue, estimates: Sequence[int] | None = None
) -> list[int]:
    """Return the start (step) of each request when served by the priority ``order``.

    At each time, requests that have arrived are considered by priority; those that the admission rule lets in start.
    Under ``head-of-line`` the first that must wait stops the pass. Time then moves to the next arrival or to the
    earliest time at which a considered request could start, whichever comes first.

    Args:
        instance: what to schedule.
        order: request indices by ascending priority.
        admission: the admission rule.
        queue: the queue discipline.
        estimates: for each request, the output (tokens, >= the true one, prompt + estimate <= M) that the admission
            rule believes until the request completes; the true outputs if not given. A completion before its estimate
            is one more time to look again.
    """
    outputs = [request.output for request in instance.requests]
    believed = outputs if estimates is None else estimates
    rank = {index: position for position, index in enumerate(order)}
    arrivals = sorted(range(len(instance)), key=lambda index: (instance.requests[index].arrival, rank[index]))
    start = [0] * len(instance)
    waiting: list[tuple[int, int]] = []
    running: list[_Running] = []
    surprises: list[tuple[int, _Running]] = []
    arrived = 0
    now = instance.requests[arrivals[0]].arrival
    while arrived < len(arrivals) or waiting:
        while arrived < len(arrivals) and instance.requests[arrivals[arrived]].arrival <= now:
            insort(waiting, (rank[arrivals[arrived]], arrivals[arrived]))
            arrived += 1
        while surprises and surprises[0][0] <= now:
            running.remove(surprises.pop(0)[1])
        running = [job for job in running if job[0] > now]
        candidates: list[int] = []
        for position, index in list(waiting):
            request = instance.requests[index]
            seeming = Request(request.arrival, request.prompt, believed[index])
            earliest = _earliest_start(seeming, now, running, instance.memory, admission)
            if earliest == now:
                start[index] = now
                job = (now + believed[index], now, request.prompt)
                insort(running, job)
                if outputs[index] < believed[index]:
                    insort(surprises, (now + outputs[index], job))
                waiting.remove((position, index))
                continue
            candidates.append(earliest)
            if queue is Queue.HEAD_OF_LINE:
                break
        if arrived < len(arrivals):
            candidates.append(instance.requests[arrivals[arrived]].arrival)
        if surprises:
            candidates.append(surprises[0][0])
        if candidates:
            now = min(candidates)
    return start


def _earliest_start(request: Request, now: int, running: list[_Running], memory: int, admission: Admission) -> int:
    """Return the first time >= now at which ``request`` fits if nothing else starts before.

    ``running`` holds (completion, start, prompt) in ascending order, completions after now.
    """
    if admission is Admission.PEAK:
        held = sum(prompt + completion - start for completion, start, prompt in running)
        for completion, start, prompt in running:
            if held + request.peak <= memory:
                break
            held -= prompt + completion - start
            now = completion
        return now
    while True:
        later = _not_before(request, now, running, memory)
        if later == now:
            return now
        now = later


def _not_before(request: Request, start: int, running: list[_Running], memory: int) -> int:
    """Return ``start`` if the request fits there, else a later time before which it cannot fit.

    Memory rises between completions, so only completion steps need a look. At step t an overflow of e tokens lasts
    until the request, started later, holds e tokens less there, or no longer runs before t. If its own last step
    overflows, it cannot complete before the next completion, as what runs only grows until then.
    """
    end = start + request.output
    steps = {completion for completion, _, _ in running if start < completion < end} | {end}
    later = start
    for step in steps:
        held = sum(prompt + step - begin for completion, begin, prompt in running if begin < step <= completion)
        overflow = held + request.prompt + step - start - memory
        if overflow > 0:
            later = max(later, min(start + overflow, step))
            if step == end:
                following = min(completion for completion, _, _ in running if completion >= end)
                later = max(later, following - request.output + 1)
    return later

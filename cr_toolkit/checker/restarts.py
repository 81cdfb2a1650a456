"""Running again policies that stop requests, which then lose their progress and start anew."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from cr_toolkit.checker.instance import Attempt, Instance
from cr_toolkit.checker.planning import staggered
from cr_toolkit.checker.reading import Rejected

MOST_STEPS = 200_000
"""A run that takes more steps than this is not repeated."""

Rerun = tuple[list[int], list[Attempt]]
"""The starts of the attempts that complete, and the stopped ones by start, then request."""


def gsa_run(instance: Instance, first: int, growth: Fraction) -> Rerun:
    """Return the run of ``gsa``: phase p gives every unfinished request, in request order, a slice of so many steps.

    A slice is first growth^p, rounded up, at most memory - prompt. Starts are staggered for it; the next phase begins
    when the last attempt has ended.
    """
    prompt = instance.requests[0].prompt
    starts = [0] * len(instance.requests)
    stopped: list[Attempt] = []
    left = list(range(len(instance.requests)))
    begin, exact = 0, Fraction(first)
    while left:
        length = min(ceil(exact), instance.memory - prompt)
        for index, start in zip(left, staggered(len(left), begin, instance.memory, prompt, length), strict=True):
            starts[index] = start
            if instance.requests[index].output > length:
                stopped.append(Attempt(index, start, start + length))
        begin = max(starts[index] + min(instance.requests[index].output, length) for index in left)
        left = [index for index in left if instance.requests[index].output > length]
        exact *= growth
    return starts, sorted(stopped, key=lambda attempt: (attempt.start, attempt.request))


def a_min_run(instance: Instance, lower: int | None) -> Rerun:
    """Return the run of ``a-min``, step by step.

    An estimate is ``lower``, or else the largest power of 2 that is at most the output, or else the most tokens an
    attempt has decoded. At each time, while the next step would overflow, the running request of least estimate stops,
    ties by the later index; then waiting requests start by estimate and index, as long as no step would overflow with
    each request as long as its estimate, and running ones at least one step longer than so far.
    """
    requests = instance.requests
    estimate = [lower or 2 ** (request.output.bit_length() - 1) for request in requests]
    starts = [0] * len(requests)
    stopped: list[Attempt] = []
    coming = sorted(range(len(requests)), key=lambda index: -requests[index].arrival)
    waiting: set[int] = set()
    running: set[int] = set()
    now = 0
    for _ in range(MOST_STEPS):
        while coming and requests[coming[-1]].arrival <= now:
            waiting.add(coming.pop())
        running = {index for index in running if starts[index] + requests[index].output > now}
        for index in running:
            estimate[index] = max(estimate[index], now - starts[index])
        while sum(requests[index].prompt + now + 1 - starts[index] for index in running) > instance.memory:
            index = min(running, key=lambda index: (estimate[index], -index))
            stopped.append(Attempt(index, starts[index], now))
            running.remove(index)
            waiting.add(index)
        ends = {i: max(starts[i] + estimate[i], now + 1) for i in running}
        for index in sorted(waiting, key=lambda index: (estimate[index], index)):
            before, starts[index] = starts[index], now
            ends[index] = now + estimate[index]
            if _overflows(instance, starts, ends):
                starts[index] = before
                break
            waiting.remove(index)
            running.add(index)
        if not (running or waiting or coming):
            return starts, sorted(stopped, key=lambda attempt: (attempt.start, attempt.request))
        now = now + 1 if running or waiting else requests[coming[-1]].arrival
    raise Rejected(f"the run of a-min takes more than {MOST_STEPS} steps, too many to repeat")


def _overflows(instance: Instance, starts: list[int], ends: dict[int, int]) -> bool:
    return any(
        sum(instance.requests[i].prompt + step - starts[i] for i, end in ends.items() if starts[i] < step <= end)
        > instance.memory
        for step in set(ends.values())
    )

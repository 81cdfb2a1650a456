"""A_min: every request is held to be as short as it may be, and stopped when that was too bold."""

from __future__ import annotations

from typing import NamedTuple

from cr_toolkit.model.request import require_integer
from cr_toolkit.policies.base import IntervalPolicy
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.online import Decision, Moment, OnlinePolicy, Seen


class _Job(NamedTuple):
    """A request held to run from ``start`` to ``end`` (steps)."""

    start: int
    end: int
    prompt: int


@POLICIES.register("a-min")
class ShortestPossible(IntervalPolicy, OnlinePolicy):
    """A_min: MC-SF on the lower ends of the intervals, raised to the tokens seen (arXiv 2508.14544).

    At each time: if the next step would overflow, running requests are stopped, the smallest estimate first, until it
    does not. Then waiting requests start by ascending estimate, the longest prefix that passes the lookahead check
    with every estimate held to be the output. An estimate is the lower end, or the most tokens that an attempt has
    decoded.

    Args:
        lower: lower end of every interval (tokens, >= 1); left open, that of the dyadic interval of the output.

    Raises:
        InputError: if the parameter is below 1, or some output is below it.
    """

    choices = (
        "of equal estimates, the later request is stopped first and the earlier started first",
        "a running request that has reached its estimate is held to decode one more token",
        "without a parameter, the interval of output o is [2^k, 2^(k+1) - 1] around it",
    )

    def __init__(self, lower: int | None = None) -> None:
        if lower is not None:
            require_integer(lower, least=1, field="policy parameter lower")
        self.lower = lower

    def decide(self, moment: Moment) -> Decision:
        """Return whom to stop and to start now."""
        stop = _overflowing(moment)
        stopped = [seen for seen in moment.running if seen.request in stop]
        kept = [seen for seen in moment.running if seen.request not in stop]
        jobs = [_held_to_run(seen, moment.now) for seen in kept]
        start: list[int] = []
        for seen in sorted((*moment.waiting, *stopped), key=lambda seen: (_estimate(seen), seen.request)):
            job = _held_to_run(seen._replace(tokens=0), moment.now)
            if not _fits([*jobs, job], moment.memory):
                break
            jobs.append(job)
            start.append(seen.request)
        waits = len(start) < len(moment.waiting) + len(stopped)
        # What waits may fit in any later step, without anything having happened.
        wake = moment.now + 1 if waits else _last_fitting(jobs, moment.memory, moment.now)
        return Decision(tuple(stop), tuple(start), wake)


def _estimate(seen: Seen) -> int:
    low: int = seen.view.low
    return max(low, seen.most)


def _held_to_run(seen: Seen, now: int) -> _Job:
    length = max(_estimate(seen), seen.tokens + 1)
    return _Job(now - seen.tokens, now - seen.tokens + length, seen.view.prompt)


def _overflowing(moment: Moment) -> list[int]:
    """Return whom to stop so that the next step fits."""
    held = sum(seen.view.prompt + seen.tokens + 1 for seen in moment.running)
    stop = []
    for seen in sorted(moment.running, key=lambda seen: (_estimate(seen), -seen.request)):
        if held <= moment.memory:
            break
        held -= seen.view.prompt + seen.tokens + 1
        stop.append(seen.request)
    return stop


def _fits(jobs: list[_Job], memory: int) -> bool:
    """Return whether no step overflows if every job runs as held; memory only rises between ends."""
    return all(
        sum(job.prompt + step - job.start for job in jobs if job.start < step <= job.end) <= memory
        for step in {job.end for job in jobs}
    )


def _last_fitting(jobs: list[_Job], memory: int, now: int) -> int:
    """Return the last time until which ``jobs`` fit if none of them completes, at least the next step."""
    return max(now + 1, (memory - sum(job.prompt - job.start for job in jobs)) // len(jobs))

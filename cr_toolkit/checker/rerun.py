"""Running a policy again: each start is recomputed from the rules alone."""

from __future__ import annotations

import hashlib
import heapq
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from cr_toolkit.checker.instance import Instance, Request

_RANKED_BY: dict[str, Callable[[Request], int]] = {
    "fcfs": attrgetter("arrival"),
    "sjf": attrgetter("output"),
    "total-size": attrgetter("peak"),
}


@dataclass(slots=True)
class Completion:
    """In step ``end``, ``running`` requests hold ``held`` tokens; those that complete have peaks ``leaving`` in sum."""

    end: int
    held: int
    running: int
    leaving: int


class Machine:
    """The running requests, as the future they make: their completions in ascending order."""

    def __init__(self, memory: int, rule: str) -> None:
        self.memory = memory
        self.earliest = self._earliest_by_peaks if rule == "peak" else self._earliest_by_lookahead
        self._future: list[Completion] = []

    def start(self, request: Request, now: int) -> None:
        """Let ``request`` run from ``now`` on, which is not before anything done so far."""
        end = now + request.output
        future = self._future = [step for step in self._future if step.end > now]
        position = bisect_left(future, end, key=attrgetter("end"))
        if position == len(future):
            future.append(Completion(end, 0, 0, 0))
        elif future[position].end > end:
            after = future[position]
            future.insert(position, Completion(end, after.held - after.running * (after.end - end), after.running, 0))
        for step in future[: position + 1]:
            step.held += request.prompt + step.end - now
            step.running += 1
        future[position].leaving += request.peak

    def leave(self, request: Request, start: int, now: int) -> None:
        """Forget what ``request``, running since ``start``, was to hold after ``now``."""
        end = start + request.output
        for step in self._future:
            if now < step.end <= end:
                step.held -= request.prompt + step.end - start
                step.running -= 1
                step.leaving -= request.peak if step.end == end else 0

    def _earliest_by_peaks(self, request: Request, now: int) -> int:
        """Return the first time >= now at which the peaks of all that runs leave room for the request's peak."""
        peaks = request.peak + sum(step.leaving for step in self._future if step.end > now)
        for step in self._future:
            if step.end > now:
                if peaks <= self.memory:
                    break
                peaks -= step.leaving
                now = step.end
        return now

    def _earliest_by_lookahead(self, request: Request, now: int) -> int:
        """Return the first time >= now from which the request fits into every step it would run.

        One walk over the completions, each of which may push the start ``x`` further. A step t that holds h tokens
        admits a start x < t only if h + prompt + t - x <= memory, which stays true when x grows.
        """
        x = now
        for step in self._future:
            if step.end <= x:
                continue
            rest = step.end - (x + request.output)
            if rest >= 0:
                if step.held - step.running * rest + request.peak <= self.memory:
                    return x
                # What runs only grows until this completion, so the request cannot complete before it either.
                x = step.end - request.output + 1
            overflow = step.held + request.prompt + step.end - x - self.memory
            if overflow > 0:
                x = min(x + overflow, step.end)
        return x


def priority_order(instance: Instance, name: str, parameters: dict[str, int]) -> list[int]:
    """Return the request indices as the policy called ``name`` ranks them, ties by index.

    ``svf-1bit`` knows of an output only whether it exceeds its threshold, and ranks by the volume that the proxy
    output ``short`` or ``long`` gives; ``svf-predicted`` ranks by the volume that the predicted output gives.
    """

    def key(index: int) -> int:
        request = instance.requests[index]
        if name == "svf-1bit":
            long = request.output > parameters["threshold"]
            request = request._replace(output=parameters["long" if long else "short"])
        elif name == "svf-predicted":
            least, most = -(-request.output // parameters["error"]), parameters["error"] * request.output
            request = request._replace(output=prediction(parameters["seed"], index, least, most))
        measure: Callable[[Request], int] = _RANKED_BY.get(name, attrgetter("volume"))
        return measure(request)

    return sorted(range(len(instance.requests)), key=key)


def prediction(seed: int, index: int, least: int, most: int) -> int:
    """Return what is predicted for the request at ``index``: a number from least to most, drawn by SHA-256."""
    draw = int.from_bytes(hashlib.sha256(f"{seed}/{index}".encode()).digest(), "big")
    return least + draw % (most - least + 1)


def rerun(instance: Instance, order: list[int], admission: str, queue: str) -> list[int]:
    """Return the starts of a run that prefers requests earlier in ``order``.

    A request may start if ``lookahead``: no future step overflows, or ``peak``: all running peaks fit at once. If the
    first waiting request may not, ``head-of-line`` lets nobody pass it, ``skipping`` the first that may start.
    """
    run = _skipping if queue == "skipping" else _head_of_line
    return run(instance.requests, order, Machine(instance.memory, admission))


def _head_of_line(requests: list[Request], order: list[int], machine: Machine) -> list[int]:
    starts = [0] * len(requests)
    coming = sorted((requests[index].arrival, rank) for rank, index in enumerate(order))
    coming.reverse()
    waiting: list[int] = []
    now = 0
    while coming or waiting:
        if not waiting:
            now = max(now, coming[-1][0])
        while coming and coming[-1][0] <= now:
            heapq.heappush(waiting, coming.pop()[1])
        head = order[waiting[0]]
        begin = machine.earliest(requests[head], now)
        if coming and coming[-1][0] <= begin:
            # Somebody arrives while the head is blocked, and may rank before it.
            now = coming[-1][0]
            continue
        heapq.heappop(waiting)
        starts[head] = now = begin
        machine.start(requests[head], now)
    return starts


def _skipping(requests: list[Request], order: list[int], machine: Machine) -> list[int]:
    """Run with overtaking.

    Equal requests stand in one line, none of them starting before the first. A line is due at a time before which
    its first cannot start; other starts only delay that. A request no smaller in any way than a blocked one that
    ranks before it cannot start sooner, so its line follows that one until it moves.
    """
    starts = [0] * len(requests)
    lines: dict[Request, list[int]] = {}
    for rank in reversed(range(len(order))):
        lines.setdefault(requests[order[rank]], []).append(rank)
    due = [(request.arrival, ranks[-1]) for request, ranks in lines.items()]
    heapq.heapify(due)
    followers: dict[Request, list[int]] = {}
    while due:
        now, rank = heapq.heappop(due)
        request = requests[order[rank]]
        following = followers.pop(request, [])
        for other, others in followers.items():
            if other.prompt <= request.prompt and other.output <= request.output and lines[other][-1] < rank:
                others += [rank, *following]
                break
        else:
            begin = machine.earliest(request, now)
            if begin > now:
                followers[request] = following
                heapq.heappush(due, (begin, rank))
                continue
            starts[order[rank]] = now
            machine.start(request, now)
            lines[request].pop()
            for waiting in (*following, *lines[request][-1:]):
                heapq.heappush(due, (now, waiting))
    return starts

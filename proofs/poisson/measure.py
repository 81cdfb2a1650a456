"""One long run, measured: averages per batch of what the chain speaks of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.checker.bounds import check_lower_bound
from cr_toolkit.checker.instance import Instance as Checked
from cr_toolkit.checker.instance import Request as CheckedRequest
from cr_toolkit.checker.reading import Rejected
from cr_toolkit.errors import CrtoolError
from cr_toolkit.model import Instance
from cr_toolkit.policies import Admission, PriorityPolicy, Queue
from cr_toolkit.simulation import simulate
from cr_toolkit.simulation.found import Found, found_by
from lp_models.bounds.best import best_lower_bound
from proofs.poisson.classes import Key, Part

BATCHES = 31
"""Batches of one run: few enough to be long, enough for Student's law to be close to the normal one."""

_WARM_UP, _COOL_DOWN = Fraction(1, 10), Fraction(1, 20)
"""Shares of the run left out: the system starts empty, and nobody arrives after the last request."""

FEASIBLE = (("svf", Queue.SKIPPING), ("sjf", Queue.SKIPPING), ("sjf", Queue.HEAD_OF_LINE))
"""Runs that no optimum can cost more than, beside the policy's own."""

Averages = NDArray[np.float64]
Int64s = NDArray[np.int64]
Watch = Callable[[Iterable[int]], Iterator[int]]


@dataclass(frozen=True)
class Measured:
    """Averages per batch over its requests, float64 of shape (batches,) unless said otherwise.

    Attributes:
        wait: start less arrival (steps).
        gap: arrival less the arrival before (steps).
        volume: v (token-steps).
        weighted: v times the wait.
        parts: v times the wait of the requests of each part of the order, 0 for the others.
        residual: what running requests still have to use, found on arrival (token-steps).
        queued: volume found waiting on arrival (token-steps).
        tightest: the largest (1 - alpha) M W/(2 (residual + volume gone ahead)) of any request of the whole run, the
            pathwise inequality of the chain; exact, None if nobody waits.
        other: the wait in the run of least mean wait among ``FEASIBLE`` (steps).
        other_name: which run that is.
        optimum: an exact lower bound on the least mean latency of each batch's requests served alone (steps); only
            of the batches bounded before an interruption.
        interrupted: whether the bounding was.
    """

    wait: Averages
    gap: Averages
    volume: Averages
    weighted: Averages
    parts: tuple[Averages, ...]
    residual: Averages
    queued: Averages
    tightest: Fraction | None
    other: Averages
    other_name: str
    optimum: Averages
    interrupted: bool


def measure(
    instance: Instance,
    policy: PriorityPolicy | str,
    admission: Admission,
    alpha: Fraction,
    key: Key,
    parts: Sequence[Part],
    watch: Watch = iter,
) -> Measured:
    """Run ``policy`` on ``instance`` and average.

    Args:
        instance: requests by ascending arrival, at least 50 per batch or so.
        policy: the policy whose theorem is meant.
        admission: its admission rule.
        alpha: memory share that no peak exceeds.
        key: (prompt, output) to the priority of service.
        parts: the parts of the order whose waits are wanted.
        watch: wraps the batches while their optimum is bounded, the part that takes long.
    """
    cut = _Batches(len(instance))
    schedule = simulate(instance, policy, admission=admission).schedule
    wait = np.array(schedule.start, np.int64) - instance.arrays.arrival
    found = found_by(instance, schedule)
    volume = np.fromiter((request.volume for request in instance.requests), np.int64, len(instance))
    which = _part_of(instance, key, parts)
    name, other = _least_wait(instance, admission, cut)
    optimum, interrupted = _bounds(instance, cut, watch)
    return Measured(
        wait=cut.means(wait),
        gap=cut.means(np.diff(instance.arrays.arrival, prepend=0)),
        volume=cut.means(volume),
        weighted=cut.means(volume * wait),
        parts=tuple(cut.means(np.where(which == place, volume * wait, 0)) for place in range(len(parts))),
        residual=cut.means(found.residual),
        queued=cut.means(found.queued),
        tightest=_tightest((1 - alpha) * instance.memory, wait, found),
        other=other,
        other_name=name,
        optimum=optimum,
        interrupted=interrupted,
    )


class _Batches:
    """Equal batches of consecutive requests, the beginning and the end of the run left out."""

    def __init__(self, requests: int) -> None:
        first = int(requests * _WARM_UP)
        self.size = (requests - first - int(requests * _COOL_DOWN)) // BATCHES
        self.first = first

    def means(self, column: Int64s) -> Averages:
        """Return the average of each batch; sums are exact, so that only the division rounds."""
        used = column[self.first : self.first + BATCHES * self.size].reshape(BATCHES, self.size)
        sums: Averages = used.sum(axis=1, dtype=np.int64) / self.size
        return sums

    def window(self, instance: Instance, batch: int) -> Instance:
        """Return the requests of one batch as an instance of their own."""
        begin = self.first + batch * self.size
        return Instance(instance.memory, instance.requests[begin : begin + self.size])


def _bounds(instance: Instance, cut: _Batches, watch: Watch) -> tuple[Averages, bool]:
    """Return certified lower bounds on the mean latency of each batch, and whether Ctrl-C ended that early.

    The bound of a window holds for its requests within any schedule of all: without the others they are still
    feasible, at the same cost. So the sum over disjoint windows is a lower bound on OPT of the whole.
    """
    values: list[float] = []
    try:
        for batch in watch(range(BATCHES)):
            values.append(_certified(cut.window(instance, batch)) / cut.size)
    except KeyboardInterrupt:
        return np.array(values), True
    return np.array(values), False


def _certified(window: Instance) -> int:
    """Return a lower bound on the total latency of ``window`` (steps) that the checker has accepted."""
    bound = best_lower_bound(window)
    requests = [CheckedRequest(request.arrival, request.prompt, request.output) for request in window.requests]
    try:
        check_lower_bound(Checked(window.memory, requests), bound.integer, bound.method, bound.certificate)
    except Rejected as rejection:
        raise CrtoolError(f"the checker rejected the bound of a window: {rejection}") from None
    return bound.integer


def _least_wait(instance: Instance, admission: Admission, cut: _Batches) -> tuple[str, Averages]:
    runs = {}
    for policy, queue in FEASIBLE:
        schedule = simulate(instance, policy, admission=admission, queue=queue).schedule
        runs[f"{policy}, {queue}"] = cut.means(np.array(schedule.start, np.int64) - instance.arrays.arrival)
    name = min(runs, key=lambda run: runs[run].mean())
    return name, runs[name]


def _part_of(instance: Instance, key: Key, parts: Sequence[Part]) -> Int64s:
    """Return the part that each request belongs to."""
    place: dict[tuple[int, int], int] = {}
    found = np.empty(len(instance), np.int64)
    for index, request in enumerate(instance.requests):
        size = (request.prompt, request.output)
        if size not in place:
            place[size] = sum(key(*size) > part.last for part in parts)
        found[index] = place[size]
    return found


def _tightest(drained: Fraction, wait: Int64s, found: Found) -> Fraction | None:
    """Return the largest ``drained`` W/(2 (residual + ahead)) over the requests that wait."""
    waiting = np.flatnonzero(wait)
    if len(waiting) == 0:
        return None
    own, ahead = wait[waiting], (found.residual + found.ahead)[waiting]
    # The float quotient only chooses candidates; those within its rounding error are compared exactly.
    quotient = own / np.maximum(ahead, 1e-9)
    near = np.flatnonzero(quotient >= quotient.max() * (1 - 1e-12))
    pairs = {(int(own[i]), int(ahead[i])) for i in near}
    if any(below == 0 for _, below in pairs):
        raise ArithmeticError("a request waits although nothing is before it")
    return max(drained * above / (2 * below) for above, below in pairs)

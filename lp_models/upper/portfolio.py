"""The best feasible schedule that several methods find within a budget."""

from __future__ import annotations

from time import monotonic

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.errors import CrtoolError
from cr_toolkit.model import Instance, Schedule
from cr_toolkit.policies import Admission, Queue
from cr_toolkit.simulation import simulate
from lp_models.upper.list_schedule import fits_64_bits

Int64s = NDArray[np.int64]

_ANNEALED = 1000
"""Up to this many requests schedules are annealed."""

_ROUND = 20_000
"""Evaluations of the first annealing round; each further round takes twice the last one's."""

_PASSES = 10**7
"""Left shift: about this many requests times passes at most."""


def upper_bound(
    instance: Instance, *, evaluations: int = 100_000, seconds: float | None = None, seed: int = 0
) -> tuple[Schedule, str]:
    """Return a feasible schedule of low total latency and the name of the method that found it.

    Runs of priority policies come first, for instances of any size; up to a thousand requests, annealing from the
    best of them follows, and a left shift at the end.

    Args:
        instance: the requests and the memory budget.
        evaluations: schedules that annealing may decode, for up to 30 requests; inversely fewer for more, as each
            then takes longer. The result depends on this and ``seed`` alone.
        seconds: stop annealing when this much time has passed (a safety net: results then depend on the machine).
        seed: of the random choices.
    """
    deadline = None if seconds is None else monotonic() + seconds
    if not fits_64_bits(instance):
        return _checked(instance, *_plain_run(instance))
    schedule, method = _best_run(instance)
    schedule, method = _annealed(instance, schedule, method, evaluations, deadline, seed)
    schedule, method = _shifted(instance, schedule, method)
    return _checked(instance, schedule, method)


def _plain_run(instance: Instance) -> tuple[Schedule, str]:
    runs = [simulate(instance, policy) for policy in ("svf", "sjf", "fcfs")]
    best = min(runs, key=lambda run: run.cost)
    return best.schedule, best.policy


def _best_run(instance: Instance) -> tuple[Schedule, str]:
    """Return the cheapest run over several static orders under both queue disciplines."""
    from cr_toolkit.simulation.kernel import kernel_starts

    arrival, prompt, output = instance.arrays
    keys = {
        "svf": prompt * output + output * (output + 1) // 2,
        "sjf": output,
        "fcfs": arrival,
        "total-size": prompt + output,
    }
    best: tuple[int, Int64s, str] | None = None
    for name, key in keys.items():
        order = np.argsort(key, kind="stable")
        for queue in Queue:
            starts = kernel_starts(instance, order, Admission.LOOKAHEAD, queue)
            cost = int(starts.sum())
            if best is None or cost < best[0]:
                best = cost, starts, name if queue is Queue.HEAD_OF_LINE else f"{name} {queue}"
    assert best is not None
    return Schedule(tuple(best[1].tolist())), best[2]


def _annealed(
    instance: Instance, schedule: Schedule, method: str, evaluations: int, deadline: float | None, seed: int
) -> tuple[Schedule, str]:
    from lp_models.upper.annealing import anneal

    n = len(instance)
    left = evaluations if n <= 30 else evaluations * 30 // n
    if n > _ANNEALED or n == 1:
        return schedule, method
    cost, size, turn = schedule.total_latency(instance), _ROUND, 0
    while left > 0 and (deadline is None or monotonic() < deadline):
        size = min(size, left)
        # Rounds alternate between a fresh start and the best schedule so far.
        found = anneal(instance, evaluations=size, seed=seed + turn, start=schedule if turn % 2 else None)
        left -= size
        size *= 2
        turn += 1
        if (new := found.total_latency(instance)) < cost:
            schedule, cost, method = found, new, "annealing"
    return schedule, method


def _shifted(instance: Instance, schedule: Schedule, method: str) -> tuple[Schedule, str]:
    from lp_models.upper.polish import left_shift

    starts = np.array(schedule.start, np.int64)
    passes = max(1, min(100, _PASSES // len(instance) ** 2))
    shifted = left_shift(*instance.arrays, instance.memory, starts, passes)
    if shifted.sum() < starts.sum():
        return Schedule(tuple(shifted.tolist())), f"{method}, left shift"
    return schedule, method


def _checked(instance: Instance, schedule: Schedule, method: str) -> tuple[Schedule, str]:
    violation = schedule.violation(instance)
    if violation is not None:
        raise CrtoolError(f"internal error: the schedule by {method} is not feasible: {violation.reason}")
    return schedule, method

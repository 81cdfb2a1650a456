"""The best feasible schedule that several methods find within a budget."""

from __future__ import annotations

from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.errors import CrtoolError
from cr_toolkit.model import Instance, Schedule
from cr_toolkit.policies import Admission, Queue
from cr_toolkit.simulation import simulate
from lp_models.upper.list_schedule import fits_64_bits

Int64s = NDArray[np.int64]

_SKIPPING = 1000
"""Up to this many requests the policies run with a skipping queue too, which looks at a backlog again and again."""

_ANNEALED = 1000
"""Up to this many requests schedules are annealed."""

_ROUND = 20_000
"""Evaluations of the first annealing round; each further round takes twice the last one's."""

_PLACED = 50_000
"""Up to this many requests list schedules are made and shifted: their cost grows with the square."""

_PASSES = 2 * 10**9
"""Left shift: number of passes times requests squared, at most (one pass is always made)."""


def upper_bound(
    instance: Instance, *, evaluations: int = 100_000, seconds: float | None = None, seed: int = 0
) -> tuple[Schedule, str]:
    """Return a feasible schedule of low total latency and the name of the method that found it.

    Runs of priority policies come first, for instances of any size; up to a thousand requests, annealing from the
    best of them follows, and a left shift at the end.

    Args:
        instance: the requests and the memory budget.
        evaluations: schedules that annealing may decode, for up to 30 requests; fewer for n > 30, by the factor
            (30/n)^1.5, as each then takes longer. The result depends on this and ``seed`` alone.
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
    """Return the cheapest of runs and list schedules over several static orders."""
    from cr_toolkit.simulation.kernel import kernel_starts
    from lp_models.upper.list_schedule import list_starts

    arrival, prompt, output = instance.arrays
    n = len(instance)
    found: list[tuple[int, Int64s, str]] = []
    for name, order in _orders(instance).items():
        for queue in (Queue.HEAD_OF_LINE, Queue.SKIPPING) if n <= _SKIPPING else (Queue.HEAD_OF_LINE,):
            starts = kernel_starts(instance, order, Admission.LOOKAHEAD, queue)
            found.append((int(starts.sum()), starts, f"{name} {queue}"))
    if n <= _PLACED:
        # Placed in the order of a good run, the ones behind fill what that run left free.
        order = np.argsort(min(found, key=lambda run: run[0])[1], kind="stable")
        starts = list_starts(prompt, output, instance.memory, order, arrival)
        found.append((int(starts.sum()), starts, "list schedule"))
    _, starts, method = min(found, key=lambda run: run[0])
    return Schedule(tuple(starts.tolist())), method


def _orders(instance: Instance) -> dict[str, Int64s]:
    """Return the static orders tried: by volume, output, arrival, peak, and by weights between volume and output."""
    arrival, prompt, output = instance.arrays
    keys: dict[str, NDArray[Any]] = {
        "svf": prompt * output + output * (output + 1) // 2,
        "sjf": output,
        "fcfs": arrival,
        "total-size": prompt + output,
    }
    for percent in (25, 50, 75):
        # Floats are good enough here: they rank requests, and any order gives a feasible schedule.
        keys[f"volume with {percent}% of the prompt"] = output * (prompt * (percent / 100) + output / 2)
    return {name: np.argsort(key, kind="stable").astype(np.int64) for name, key in keys.items()}


def _annealed(
    instance: Instance, schedule: Schedule, method: str, evaluations: int, deadline: float | None, seed: int
) -> tuple[Schedule, str]:
    from lp_models.upper.annealing import anneal

    n = len(instance)
    left = evaluations if n <= 30 else int(evaluations * (30 / n) ** 1.5)
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

    if len(instance) > _PLACED:
        return schedule, method
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

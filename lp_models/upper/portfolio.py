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
from cr_toolkit.simulation.kernel import kernel_starts
from lp_models.upper.list_schedule import fits_64_bits, list_starts
from lp_models.upper.polish import left_shift
from lp_models.upper.rolling import rolling_search

Int64s = NDArray[np.int64]

_SKIPPING = 1000
"""Up to this many requests the policies run with a skipping queue too, which looks at a backlog again and again."""

_PLACED = 10_000
"""Up to this many requests there are list schedules and left shifts; their cost grows with the square."""

_ANNEALED, _SHALLOW = 50_000, 4e-5
"""Up to so many requests are annealed without a time limit; about the seconds per request of a shallow round."""

_PASSES = 5 * 10**8
"""Left shift: number of passes times requests squared, at most (one pass is always made)."""


def upper_bound(
    instance: Instance, *, evaluations: int | None = None, seconds: float | None = None, seed: int = 0
) -> tuple[Schedule, str]:
    """Return a feasible schedule of low total latency and the name of the method that found it.

    Runs of priority policies come first, for instances of any size; then a list schedule, where that is not too long,
    rolling annealing and a left shift.

    Args:
        instance: the requests and the memory budget.
        evaluations: how many (partial) schedules annealing may decode; by default 100,000, and 100 for every
            request. The result depends on this and ``seed`` alone.
        seconds: start no further round of annealing when this much time has passed (a safety net: results then
            depend on the machine).
        seed: of the random choices.
    """
    deadline = None if seconds is None else monotonic() + seconds
    if not fits_64_bits(instance):
        return _checked(instance, *_plain_run(instance))
    runs = _policy_runs(instance, deadline)
    found = dict(runs)
    if len(instance) <= _PLACED:
        # Placed in the order of a good run, the ones behind fill what that run left free.
        first = np.argsort(min(runs.values(), key=np.sum), kind="stable")
        found["list schedule"] = _listed(instance, first)
    if len(instance) > 1 and evaluations != 0 and _affordable(len(instance), deadline):
        bases = _bases(instance, runs)
        found["annealing"] = rolling_search(
            instance,
            bases,
            evaluations=100_000 + 100 * len(instance) if evaluations is None else evaluations,
            deadline=deadline,
            seed=seed,
        )
    if len(instance) > _PLACED:
        return _checked(instance, *_cheapest(found))
    return _checked(instance, *_shifted(instance, *_cheapest(found)))


def _affordable(n: int, deadline: float | None) -> bool:
    """Return whether a shallow round over ``n`` requests ends by ``deadline``, or is not too long without one."""
    if n <= _PLACED:
        return True
    return n <= _ANNEALED if deadline is None else monotonic() + _SHALLOW * n < deadline


def _cheapest(found: dict[str, Int64s]) -> tuple[Schedule, str]:
    method = min(found, key=lambda name: int(found[name].sum()))
    return Schedule(tuple(found[method].tolist())), method


def _plain_run(instance: Instance) -> tuple[Schedule, str]:
    runs = [simulate(instance, policy) for policy in ("svf", "sjf", "fcfs")]
    best = min(runs, key=lambda run: run.cost)
    return best.schedule, best.policy


def _policy_runs(instance: Instance, deadline: float | None) -> dict[str, Int64s]:
    """Return the starts of runs over several static orders; after ``deadline`` no other is made."""
    queues = (Queue.HEAD_OF_LINE, Queue.SKIPPING) if len(instance) <= _SKIPPING else (Queue.HEAD_OF_LINE,)
    runs: dict[str, Int64s] = {}
    for name, order in _orders(instance).items():
        for queue in queues:
            if not runs or deadline is None or monotonic() < deadline:
                runs[f"{name} {queue}"] = kernel_starts(instance, order, Admission.LOOKAHEAD, queue)
    return runs


def _listed(instance: Instance, order: Int64s) -> Int64s:
    arrival, prompt, output = instance.arrays
    starts: Int64s = list_starts(prompt, output, instance.memory, order, arrival)
    return starts


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


def _bases(instance: Instance, runs: dict[str, Int64s]) -> list[Int64s]:
    """Return the orders that rolling annealing starts from.

    In a burst, requests are best sorted by what they take, which is their volume o (s + o/2) where they are small, and
    more like the rectangle o (s + o) around it where few run side by side. (The order in which a good run starts
    them is a worse beginning: its windows hold what happened to fit.) With arrivals, the order must know the queue,
    and only runs do.
    """
    if not instance.is_burst:
        by_cost = sorted(runs.values(), key=lambda starts: int(starts.sum()))
        return [np.argsort(starts, kind="stable") for starts in by_cost[:6]]
    _, prompt, output = instance.arrays
    shares = (0.8, 0.5, 1.0, 0.65, 1.5)
    return [np.argsort(output * (prompt + share * output), kind="stable").astype(np.int64) for share in shares]


def _shifted(instance: Instance, schedule: Schedule, method: str) -> tuple[Schedule, str]:
    starts = np.array(schedule.start, np.int64)
    passes = max(1, min(100, _PASSES // len(instance) ** 2))
    shifted = left_shift(*instance.arrays, instance.memory, starts, passes)
    if shifted.sum() < starts.sum():
        return Schedule(tuple(shifted.tolist())), f"{method}, left shift"
    return schedule, method


def _checked(instance: Instance, schedule: Schedule, method: str) -> tuple[Schedule, str]:
    if len(instance) > _PLACED and fits_64_bits(instance):
        # The caller's own check takes seconds; doing the same here would double them.
        reason = None if holds(instance, np.array(schedule.start, np.int64)) else "too early or too much memory"
    else:
        violation = schedule.violation(instance)
        reason = violation and violation.reason
    if reason is not None:
        raise CrtoolError(f"internal error: the schedule by {method} is not feasible: {reason}")
    return schedule, method


def holds(instance: Instance, starts: Int64s) -> bool:
    """Return whether ``starts`` (steps) are a feasible schedule, for instances within ``fits_64_bits``.

    Memory rises between completions, so what is held just before each start or completion decides.
    """
    arrival, prompt, output = instance.arrays
    if (starts < arrival).any():
        return False
    time = np.concatenate((starts, starts + output))
    order = np.argsort(time, kind="stable")
    time = time[order]
    offset = np.concatenate((prompt - starts, starts - prompt))[order]
    running = np.concatenate((np.ones(len(starts), np.int64), np.full(len(starts), -1, np.int64)))[order]
    first = np.flatnonzero(np.concatenate(([True], time[1:] != time[:-1])))
    held_before = np.cumsum(offset) - offset + (np.cumsum(running) - running) * time
    return bool((held_before[first] <= instance.memory).all())

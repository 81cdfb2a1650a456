"""The milp engine: the time-indexed integer programme in PuLP, solved by HiGHS or the PuLP solver of the task.

x_{j,k} counts the requests of kind j (identical arrival, prompt and output) that start at k. Starts that no schedule
cheaper than the target can use, by the horizon or by their reduced cost under the memory prices, have no variable; so
"infeasible" means that the target cannot be beaten.
"""

from __future__ import annotations

from cr_toolkit.model import Schedule
from lp_models.engines.catalogue import ENGINES, Answer, Task
from lp_models.horizon import useful_starts
from lp_models.prices import Kinds, kinds_of

_MAX_NONZEROS = 2_000_000
"""Largest programme built (non-zero coefficients)."""


@ENGINES.register("milp")
def milp(task: Task) -> Answer:
    """Solve the time-indexed programme for a schedule cheaper than ``task.upper``."""
    from lp_models.programme import IntegerProgramme

    kinds = kinds_of(task.instance)
    starts = useful_starts(task.instance, task.upper, task.prices, kinds, _MAX_NONZEROS)
    if starts is None or _nonzeros(kinds, starts) > _MAX_NONZEROS:
        return Answer(None, False, "too large for the time-indexed programme")
    programme = IntegerProgramme()
    rows: dict[int, list[tuple[int, int]]] = {}
    columns: list[tuple[int, int]] = []
    for j, choices in enumerate(starts):
        prompt, output, count = int(kinds.prompt[j]), int(kinds.output[j]), int(kinds.number[j])
        if not choices:
            return Answer(None, True)
        indices = []
        for k in choices:
            index = programme.add_variable(count, k)
            indices.append((index, 1))
            columns.append((j, k))
            for step in range(k + 1, k + output + 1):
                rows.setdefault(step, []).append((index, prompt + step - k))
        programme.add_row(indices, count, equal=True)
    for _, terms in sorted(rows.items()):
        programme.add_row(terms, task.instance.memory)
    if task.seconds < 1:
        return Answer(None, False, "no time left for the solver")
    solution = programme.solve(task.seconds, task.solver)
    if solution.values is None:
        return Answer(None, solution.proved, "" if solution.proved else f"solver: {solution.status}")
    schedule = _schedule(task, kinds, columns, solution.values)
    if schedule is None:
        return Answer(None, False, "the solver's solution does not start every request once")
    note = "" if solution.proved else f"solver: {solution.status}"
    better = schedule.total_latency(task.instance) < task.upper
    return Answer(schedule if better else None, solution.proved, note)


def _nonzeros(kinds: Kinds, starts: list[list[int]]) -> int:
    return sum(len(useful) * (int(output) + 1) for useful, output in zip(starts, kinds.output, strict=True))


def _schedule(task: Task, kinds: Kinds, columns: list[tuple[int, int]], values: tuple[float, ...]) -> Schedule | None:
    """Return the schedule that the rounded ``values`` describe, or None if they miscount the requests."""
    starts = [0] * len(task.instance)
    waiting = [list(members) for members in kinds.members]
    for (kind, start), value in zip(columns, values, strict=True):
        for _ in range(round(value)):
            if not waiting[kind]:
                return None
            starts[waiting[kind].pop()] = start
    return None if any(waiting) else Schedule(tuple(starts))

"""The search engine: forward in time, level by level, bounded by memory prices that are refitted to every state.

A state stands for a beginning of a schedule in which requests are started by ascending (start, kind): who waits, the
sum of the starts, the last start, and when which peaks will be freed. A state is left out only if

1. *prices*: a price vector, of the pool or found for this state, bounds every completion of it above the target;
2. *left move*: a request began at k > a_i although step k had room for prompt + 1 more tokens, and no step
   k+1 .. k+o-1 can still become full: it could then start at k - 1, so the schedule is not optimal;
3. *dominance*: a state with the same requests waiting has no later last (start, kind), no larger sum of starts and no
   more memory held in any later step; whatever completes the one completes the other.

Rules 1 and 2 never leave out the beginning of an optimal schedule that is cheaper than the target, and rule 3 swaps
one beginning of an optimal schedule for another, so some optimal schedule survives every level. States are compared in
full; the hash table only finds the ones with the same requests waiting. Rule 1 draws on design facts on Lagrangean
bounds of time-indexed programmes and the volume algorithm (Barahona and Anbil, 2000).
"""

from __future__ import annotations

import time

from cr_toolkit.model import Instance
from lp_models.engines.catalogue import ENGINES, Answer, Task
from lp_models.prices import SCALE, Kinds, kinds_of, price_value

_TABLE_BYTES = 300_000_000
"""Most memory for the tables of the price pool (bytes)."""

_MAX_LENGTH = 2**28
"""Largest memory and horizon: compiled code keeps completions and peaks in 32 bits."""


@ENGINES.register("search")
def search(task: Task) -> Answer:
    """Search every schedule cheaper than ``task.upper`` that the rules above do not exclude."""
    budget = (task.upper - 1) * SCALE - int(price_value(task.instance, task.prices) * SCALE)
    if budget < 0:
        return Answer(None, True)
    kinds = _by_volume(kinds_of(task.instance))
    horizon = max(max(task.prices, default=1), int(kinds.arrival.max())) + budget // SCALE + 2
    reason = _too_large(task, kinds, horizon)
    if reason:
        return Answer(None, False, reason)
    from lp_models.kernels.run import Run

    return Run(task, kinds, horizon).answer()


def compile_search() -> None:
    """Have the compiled code built or loaded, so that no later call pays for that."""
    tiny = Instance.burst(3, [(0, 2), (1, 1), (0, 1)])
    search(Task(tiny, 9, {1: SCALE // 4}, time.monotonic() + 600))


def _by_volume(kinds: Kinds) -> Kinds:
    volume = kinds.prompt.astype(object) * kinds.output + kinds.output.astype(object) * (kinds.output + 1) // 2
    order = sorted(range(len(volume)), key=lambda i: volume[i])
    arrival, prompt, output, number = (column[order] for column in kinds[:4])
    return Kinds(arrival, prompt, output, number, tuple(kinds.members[i] for i in order))


def _too_large(task: Task, kinds: Kinds, horizon: int) -> str:
    """Return why the instance is beyond this engine, or an empty string."""
    sets = 1
    for count in kinds.number.tolist():
        sets *= count + 1
    charge = (sum(task.prices.values()) + SCALE) * (horizon + task.instance.memory + task.instance.horizon)
    if (
        max(task.instance.memory, horizon + task.instance.longest_output) > _MAX_LENGTH
        or charge * 4 * len(task.instance) > 2**61
    ):
        return "too large for the search: its numbers need more than 64 bits"
    if sets > 2**61:
        return "too large for the search: too many sets of requests may wait"
    if 2 * (len(kinds.number) + 3) * (horizon + 1) * 8 > _TABLE_BYTES:
        return f"too large for the search: {len(kinds.number)} kinds of requests over {horizon} steps"
    return ""

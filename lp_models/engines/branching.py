"""The branching engine: a tree of cases, closed by memory prices and full steps, which is its own certificate."""

from __future__ import annotations

import time
from functools import cache

from cr_toolkit.model import Instance
from lp_models.branching import Branching
from lp_models.engines.catalogue import ENGINES, Answer, Task
from lp_models.prices import SCALE


@ENGINES.register("branching")
def branching(task: Task) -> Answer:
    """Close every case of a schedule cheaper than ``task.upper``, or meet one; then go on below its cost."""
    best, upper = None, task.upper
    while True:
        tree = Branching(task.instance, upper, task.prices)
        tree.run(task.deadline, task.stop)
        if tree.schedule is None:
            certificate = tree.certificate() if tree.done else None
            return Answer(best, tree.done, tree.note or ("" if tree.done else "out of time"), certificate, "branching")
        best, upper = tree.schedule, tree.schedule.total_latency(task.instance)


@cache
def compile_branching() -> None:
    """Have the compiled code built or loaded, so that no later call pays for that."""
    tiny = Instance.burst(3, [(0, 2), (1, 1), (0, 1)])
    branching(Task(tiny, 9, {1: SCALE // 4}, time.monotonic() + 600))

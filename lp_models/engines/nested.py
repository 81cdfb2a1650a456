"""The nested engine: bursts of few sizes, from the optima of their parts, by the checker's own code."""

from __future__ import annotations

from cr_toolkit.checker.enumeration import NodeLimitError
from lp_models.engines.catalogue import ENGINES, Answer, Task
from lp_models.nested import METHOD, solve


@ENGINES.register("nested")
def nested(task: Task) -> Answer:
    """Find an optimum; a known schedule is no help."""
    try:
        schedule, bound = solve(task.instance, task.seconds)
    except (NodeLimitError, ValueError) as error:
        return Answer(None, False, str(error))
    cheaper = schedule.total_latency(task.instance) < task.upper
    return Answer(schedule if cheaper else None, True, certificate=bound.certificate, method=METHOD)

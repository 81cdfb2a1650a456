"""The search engine: the checker's enumeration in compiled code, which writes its certificate while it searches.

The rules, and why they leave out no optimal schedule that is cheaper than the target, are stated in
``cr_toolkit.checker.enumeration``; the compiled code adds the search for prices, which decides nothing.
"""

from __future__ import annotations

from lp_models.engines.catalogue import ENGINES, Answer, Task
from lp_models.proof import Prover


@ENGINES.register("search")
def search(task: Task) -> Answer:
    """Search every schedule cheaper than ``task.upper`` that the rules do not exclude."""
    last = max(task.prices, default=max(r.arrival for r in task.instance.requests) + task.upper)
    prover = Prover(task.instance, task.prices, last)
    best, upper = None, task.upper
    while True:
        outcome = prover.prove(upper, task.deadline)
        if outcome.schedule is None:
            return Answer(best, outcome.certificate is not None, outcome.note, outcome.certificate)
        best, upper = outcome.schedule, outcome.schedule.total_latency(task.instance)

"""The best that is known of an optimum so far: a schedule that was checked, and a lower bound that can be repeated."""

from __future__ import annotations

from fractions import Fraction

from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError
from cr_toolkit.errors import CrtoolError
from cr_toolkit.model import Instance, Schedule
from lp_models.bounds import LowerBound
from lp_models.claims import Claim
from lp_models.engines.catalogue import Answer
from lp_models.upper import Restarts

_NARROW = 0.03
"""A gap of at most such a share of the cost may well be closed by proofs."""


class Incumbent:
    """The best of ``instance`` so far; nothing that an engine says is believed before it was checked.

    Attributes:
        instance: what is to be scheduled.
        lower: the best lower bound that the checker can repeat.
        schedule: the best feasible schedule.
        upper: its total latency (steps).
        method: where it came from.
        notes: what limited the result, one sentence each.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.lower = LowerBound(Fraction(sum(r.output for r in instance.requests)), "outputs")
        self.schedule, self.method = _one_by_one(instance), "one by one"
        self.upper = self.schedule.total_latency(instance)
        self.notes: list[str] = []

    @property
    def is_closed(self) -> bool:
        """Whether the schedule is proved to be optimal."""
        return self.lower.integer >= self.upper

    @property
    def is_narrow(self) -> bool:
        """Whether little is left between the two bounds."""
        return self.upper - self.lower.integer <= _NARROW * self.upper

    def raise_lower(self, bound: LowerBound) -> None:
        """Take a lower bound if it is higher."""
        if bound.integer > self.lower.integer:
            self.lower = bound

    def offer(self, schedule: Schedule, method: str) -> None:
        """Take a schedule if it is feasible and cheaper."""
        cost = schedule.total_latency(self.instance)
        if cost < self.upper and schedule.is_feasible(self.instance):
            self.schedule, self.upper, self.method = schedule, cost, method

    def heed_restarts(self, restarts: Restarts | None) -> None:
        """Take the best schedule of annealings that go on beside, if there are any."""
        if restarts is not None and (best := restarts.best) is not None:
            self.offer(*best)

    def heed(self, name: str, upper: int, answer: Answer) -> int | None:
        """Take the schedule of ``answer`` if it is good; return the optimum it claims, or None.

        ``upper`` is the cost that the engine ``name`` was to beat.
        """
        if answer.note:
            self.notes.append(f"{name}: {answer.note}")
        claim = upper
        if answer.schedule is not None:
            try:
                fault = answer.schedule.violation(self.instance)
            except CrtoolError as error:
                self.notes.append(f"{name}: its schedule {error}")
                return None
            if fault is not None:
                self.notes.append(f"{name}: its schedule is infeasible, {fault.reason}")
                return None
            self.offer(answer.schedule, name)
            claim = min(claim, answer.schedule.total_latency(self.instance))
        return claim if answer.proved else None

    def repeat(self, claim: Claim, seconds: float) -> bool:
        """Have the checker's code repeat a proof in about ``seconds``, and raise the lower bound if it does."""
        try:
            bound = claim.repeat(self.instance, seconds)
        except BetterScheduleError as better:
            self.offer(Schedule(better.start), "enumeration")
            return False
        except (NodeLimitError, ValueError) as error:
            self.notes.append(f"the proof that nothing is cheaper than {claim.target} was not repeated: {error}")
            return False
        self.raise_lower(bound)
        return True


def _one_by_one(instance: Instance) -> Schedule:
    """Return the schedule that runs requests one at a time, by arrival: always feasible."""
    starts = [0] * len(instance)
    now = 0
    for index in sorted(range(len(instance)), key=lambda i: instance.requests[i].arrival):
        now = max(now, instance.requests[index].arrival)
        starts[index] = now
        now += instance.requests[index].output
    return Schedule(tuple(starts))

"""Writing down what was found: a witness that anyone can check without trusting the search."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from cr_toolkit.errors import CrtoolError
from cr_toolkit.model import Instance, Schedule
from cr_toolkit.model.formats import (
    WITNESS_FORMAT,
    CostedSchedule,
    LowerBoundRecord,
    OptimumRecord,
    PolicyRecord,
    PolicySchedule,
    RatioRecord,
    WitnessRecord,
    attempt_records,
    instance_record,
)
from cr_toolkit.model.rational import format_rational
from cr_toolkit.simulation import Run

CHECKED_BY_NAME = frozenset(
    {
        *("svf", "svf-1bit", "svf-predicted", "sjf", "fcfs", "total-size", "mc-sf"),
        *("sorted-f", "sps", "gba", "gsa", "a-max", "a-min"),
    }
)
"""Policies whose decisions the checker computes itself; for others the witness lists their order, if that is enough."""


class UnsoundWitnessError(CrtoolError):
    """A schedule or a bound that cannot be right: a fault of the toolkit, never of its input."""


def build_witness(
    instance: Instance,
    run: Run,
    upper: Schedule,
    lower: LowerBoundRecord,
    provenance: Mapping[str, Any],
) -> WitnessRecord:
    """Return the witness of ``run`` on ``instance``.

    The cheaper of ``upper`` and the policy's own schedule becomes the upper bound on the optimum.

    Args:
        instance: the requests and the memory budget.
        run: the policy's run.
        upper: a feasible schedule.
        lower: a lower bound on the optimum.
        provenance: what is needed to find it again; neither times nor paths, so that equal searches write equal files.

    Raises:
        UnsoundWitnessError: if a schedule is not feasible or the bounds cross.
    """
    for schedule in (run.schedule, upper):
        violation = schedule.violation(instance)
        if violation is not None:
            raise UnsoundWitnessError(f"a schedule is not feasible: {violation.reason}")
    if run.cost <= upper.total_latency(instance):
        upper = run.schedule.without_stops()
    cost = upper.total_latency(instance)
    if lower.value > cost:
        raise UnsoundWitnessError(
            f"the lower bound {lower.value} ({lower.method}) exceeds the cost {cost} of a schedule"
        )
    known = run.policy in CHECKED_BY_NAME
    policy = PolicyRecord(
        run.policy,
        {**run.parameters, "admission": str(run.admission), "queue": str(run.queue)},
        run.order if run.order_decides and not known else None,
        "given" if not run.order_decides and not known else None,
    )
    return WitnessRecord(
        instance=instance_record(instance),
        policy=policy,
        policy_schedule=PolicySchedule(run.schedule.start, run.cost, attempt_records(run.schedule)),
        optimum=OptimumRecord(CostedSchedule(upper.start, cost), lower),
        alpha=format_rational(instance.alpha),
        ratio=RatioRecord(format_rational(Fraction(run.cost, cost)), format_rational(Fraction(run.cost, lower.value))),
        format=WITNESS_FORMAT,
        provenance=dict(provenance),
    )

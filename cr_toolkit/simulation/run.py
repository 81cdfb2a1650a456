"""Running a policy on an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance, Schedule
from cr_toolkit.policies import Admission, Policy, Queue, make_policy, policy_parameters
from cr_toolkit.policies.base import EstimatePolicy, OrderingPolicy, PlanningPolicy, PriorityPolicy
from cr_toolkit.policies.catalogue import policy_name
from cr_toolkit.policies.online import OnlinePolicy
from cr_toolkit.simulation.online import online_schedule
from cr_toolkit.simulation.order import policy_faults, service_order, views_of
from cr_toolkit.simulation.reference import reference_starts

Engine = Literal["auto", "reference", "kernel"]

_SMALL = 200
"""Up to this many requests the plain reference beats the time it takes to load compiled code."""

_INT64_SAFE = 2**62


@dataclass(frozen=True)
class Run:
    """A policy's run on an instance.

    Attributes:
        instance: what was scheduled.
        policy: the policy's registered name, or its class name.
        parameters: its parameters, those it chose for this instance included.
        admission: the admission rule.
        queue: the queue discipline.
        order: request indices by ascending priority; for a policy without priorities, by start.
        schedule: when each request started (steps), and the attempts that were stopped.
        cost: total latency (steps).
        choices: how the policy settles what its published description leaves open, one clause each.
        order_decides: whether ``order``, ``admission`` and ``queue`` alone give the schedule.
    """

    instance: Instance
    policy: str
    parameters: dict[str, int | str]
    admission: Admission
    queue: Queue
    order: tuple[int, ...]
    schedule: Schedule
    cost: int
    choices: tuple[str, ...] = ()
    order_decides: bool = True


def simulate(
    instance: Instance,
    policy: str | Policy | type[Policy] = "svf",
    *,
    parameters: Mapping[str, int | str] | None = None,
    admission: Admission | str = Admission.LOOKAHEAD,
    queue: Queue | str = Queue.HEAD_OF_LINE,
    engine: Engine = "auto",
) -> Run:
    """Run ``policy`` on ``instance``.

    Args:
        instance: the requests and the memory budget.
        policy: a registered name, ``path/to/file.py:ClassName``, a policy class or object.
        parameters: values for the policy's parameters.
        admission: ``lookahead`` (the paper's rule) or ``peak``.
        queue: ``head-of-line`` (the paper's rule) or ``skipping``.
        engine: ``kernel`` (compiled), ``reference`` (plain Python, any size of number) or ``auto``.

    Raises:
        InputError: if there is no such policy, parameter or rule, or the policy fails or is not defined here.
        OverflowError: if ``kernel`` is demanded for numbers beyond 64 bits.
    """
    chosen = make_policy(policy, parameters).prepared(instance.longest_output)
    name, rule, discipline = policy_name(chosen), Admission(admission), Queue(queue)
    require_defined(chosen, instance, rule, discipline)
    order: tuple[int, ...] | None = None
    if isinstance(chosen, (PriorityPolicy, OrderingPolicy)):
        order = tuple(service_order(instance, chosen).tolist())
    if isinstance(chosen, EstimatePolicy):
        assert order is not None
        schedule = _estimated(instance, chosen, order, engine)
    elif order is not None:
        schedule = _served(instance, order, rule, discipline, engine)
    elif isinstance(chosen, PlanningPolicy):
        views = views_of(instance, chosen)
        with policy_faults(chosen):
            planned = tuple(chosen.plan(instance.memory, views))
        for index, start in enumerate(planned):
            if type(start) is not int or start < 0:
                raise InputError(f"plans the start {start!r} for request {index}", field=f"policy {name}")
        schedule = Schedule(planned)
    elif isinstance(chosen, OnlinePolicy):
        schedule = online_schedule(instance, chosen)
    else:
        raise InputError("is of no kind that can be run", field=f"policy {name}")
    if chosen.rules_apply is False:
        violation = schedule.violation(instance)
        if violation is not None:
            raise InputError(f"makes an infeasible schedule: {violation.reason}", field=f"policy {name}")
    if order is None:
        order = tuple(sorted(range(len(instance)), key=schedule.start.__getitem__))
    return Run(
        instance,
        name,
        policy_parameters(chosen),
        rule,
        discipline,
        order,
        schedule,
        schedule.total_latency(instance),
        chosen.choices,
        chosen.rules_apply,
    )


def require_defined(policy: Policy, instance: Instance, admission: Admission, queue: Queue) -> None:
    """Raise InputError unless ``policy`` goes with the rules and is defined on ``instance``."""
    failure = policy.unmet_premise(instance)
    if failure is None and not policy.rules_apply and (admission, queue) != (Admission.LOOKAHEAD, Queue.HEAD_OF_LINE):
        failure = "decides by itself when requests start, so that only the rules lookahead and head-of-line go with it"
    if failure is not None:
        raise InputError(failure, field=f"policy {policy_name(policy)}")


def _served(instance: Instance, order: tuple[int, ...], admission: Admission, queue: Queue, engine: Engine) -> Schedule:
    """Serve in ``order`` as the rules allow, by whichever engine is asked for or faster."""
    fits = (instance.horizon + instance.memory) * (len(instance) + 1) < _INT64_SAFE
    if engine == "kernel" and not fits:
        raise OverflowError("the instance's numbers need more than 64 bits")
    if engine == "reference" or (engine == "auto" and (not fits or len(instance) <= _SMALL)):
        return Schedule(tuple(reference_starts(instance, order, admission, queue)))
    import numpy as np

    from cr_toolkit.simulation.kernel import kernel_starts

    starts = kernel_starts(instance, np.array(order, dtype=np.int64), admission, queue)
    return Schedule(tuple(starts.tolist()))


def _estimated(instance: Instance, policy: EstimatePolicy, order: tuple[int, ...], engine: Engine) -> Schedule:
    """Serve head-of-line in ``order``, the lookahead check knowing estimates alone."""
    views = views_of(instance, policy)
    with policy_faults(policy):
        estimates = [
            min(policy.estimate(view), instance.memory - request.prompt)
            for view, request in zip(views, instance.requests, strict=True)
        ]
    for index, (estimate, request) in enumerate(zip(estimates, instance.requests, strict=True)):
        if type(estimate) is not int or estimate < request.output:
            fault = f"below its output {request.output}" if estimate < request.output else "no integer"
            rule = f"estimates {estimate} tokens for request {index}, {fault}"
            raise InputError(rule, field=f"policy {policy_name(policy)}")
    if estimates == [request.output for request in instance.requests]:
        return _served(instance, order, Admission.LOOKAHEAD, Queue.HEAD_OF_LINE, engine)
    starts = reference_starts(instance, order, Admission.LOOKAHEAD, Queue.HEAD_OF_LINE, estimates)
    return Schedule(tuple(starts))

"""Running a policy on an instance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from cr_toolkit.model import Instance, Schedule
from cr_toolkit.policies import Admission, PriorityPolicy, Queue, make_policy, policy_parameters
from cr_toolkit.policies.catalogue import policy_name
from cr_toolkit.simulation.order import priority_order
from cr_toolkit.simulation.reference import reference_starts

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
        order: request indices by ascending priority.
        schedule: when each request started (steps).
        cost: total latency (steps).
    """

    instance: Instance
    policy: str
    parameters: dict[str, int | str]
    admission: Admission
    queue: Queue
    order: tuple[int, ...]
    schedule: Schedule
    cost: int


def simulate(
    instance: Instance,
    policy: str | PriorityPolicy | type[PriorityPolicy] = "svf",
    *,
    parameters: Mapping[str, int | str] | None = None,
    admission: Admission | str = Admission.LOOKAHEAD,
    queue: Queue | str = Queue.HEAD_OF_LINE,
    engine: Literal["auto", "reference", "kernel"] = "auto",
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
        InputError: if there is no such policy, parameter or rule.
        OverflowError: if ``kernel`` is demanded for numbers beyond 64 bits.
    """
    chosen = make_policy(policy, parameters).prepared(instance.longest_output)
    rule, discipline = Admission(admission), Queue(queue)
    order = priority_order(instance, chosen)
    fits = (instance.horizon + instance.memory) * (len(instance) + 1) < _INT64_SAFE
    if engine == "kernel" and not fits:
        raise OverflowError("the instance's numbers need more than 64 bits")
    if engine == "reference" or (engine == "auto" and (not fits or len(instance) <= _SMALL)):
        starts = reference_starts(instance, order.tolist(), rule, discipline)
    else:
        from cr_toolkit.simulation.kernel import kernel_starts

        starts = kernel_starts(instance, order, rule, discipline).tolist()
    schedule = Schedule(tuple(starts))
    return Run(
        instance,
        policy_name(chosen),
        policy_parameters(chosen),
        rule,
        discipline,
        tuple(order.tolist()),
        schedule,
        schedule.total_latency(instance),
    )

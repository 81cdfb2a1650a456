"""The run: the kernel, the reference and a step-by-step reading of the rules agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cr_toolkit import Instance, simulate
from cr_toolkit.policies import POLICIES, Admission, Queue
from tests.strategies import instances, with_premises

POLICY = st.sampled_from([name for name, kind in POLICIES.items() if kind.rules_apply])
ADMISSION = st.sampled_from(list(Admission))
QUEUE = st.sampled_from(list(Queue))


def step_by_step(instance: Instance, order: tuple[int, ...], admission: Admission, queue: Queue) -> tuple[int, ...]:
    """The definition, one step at a time and one memory unit at a time."""
    start: dict[int, int] = {}

    def held(step: int) -> int:
        return sum(
            instance.requests[i].prompt + step - x
            for i, x in start.items()
            if x < step <= x + instance.requests[i].output
        )

    def fits(index: int, now: int) -> bool:
        request = instance.requests[index]
        if admission is Admission.PEAK:
            running = [i for i, x in start.items() if now < x + instance.requests[i].output]
            return sum(instance.requests[i].peak for i in running) + request.peak <= instance.memory
        return all(
            held(step) + request.prompt + step - now <= instance.memory
            for step in range(now + 1, now + request.output + 1)
        )

    now = 0
    while len(start) < len(instance):
        for index in order:
            if index in start or instance.requests[index].arrival > now:
                continue
            if fits(index, now):
                start[index] = now
            elif queue is Queue.HEAD_OF_LINE:
                break
        now += 1
    return tuple(start[index] for index in range(len(instance)))


@given(instances(), POLICY, ADMISSION, QUEUE)
def test_reference_follows_the_definition(instance: Instance, policy: str, admission: Admission, queue: Queue) -> None:
    instance = with_premises(instance, policy)
    run = simulate(instance, policy, admission=admission, queue=queue, engine="reference")
    assert run.schedule.start == step_by_step(instance, run.order, admission, queue)
    assert run.schedule.violation(instance) is None
    assert run.cost == run.schedule.total_latency(instance)


@given(instances(max_memory=60, max_requests=25, max_arrival=80), POLICY, ADMISSION, QUEUE)
def test_kernel_agrees_with_the_reference(instance: Instance, policy: str, admission: Admission, queue: Queue) -> None:
    instance = with_premises(instance, policy)
    reference = simulate(instance, policy, admission=admission, queue=queue, engine="reference")
    kernel = simulate(instance, policy, admission=admission, queue=queue, engine="kernel")
    assert kernel == reference


@given(instances(), ADMISSION, QUEUE, st.integers(2, 10**9))
def test_scaling_memory_and_prompts_keeps_feasibility(
    instance: Instance, admission: Admission, queue: Queue, factor: int
) -> None:
    """Numbers of size 10^9 and more are exact: a wider line and wider prompts only add room."""
    wide = Instance.from_triples(
        instance.memory * factor, [(r.arrival, r.prompt * factor, r.output) for r in instance.requests]
    )
    run = simulate(wide, "sjf", admission=admission, queue=queue)
    assert run.schedule.is_feasible(wide)
    assert (
        run.schedule.start == simulate(wide, "sjf", admission=admission, queue=queue, engine="reference").schedule.start
    )


def test_numbers_beyond_64_bits_are_simulated_exactly() -> None:
    big = 2**53 - 1
    instance = Instance.burst(big, [(0, big)] * 1100)
    run = simulate(instance, "svf")
    assert run.cost == big * 1100 * 1101 // 2
    with pytest.raises(OverflowError):
        simulate(instance, "svf", engine="kernel")


def test_long_outputs_need_no_unit_steps() -> None:
    instance = Instance.burst(10**9, [(0, 10**9), (9 * 10**8, 10**8), (0, 3)])
    run = simulate(instance, "svf")
    # The middle one fills the memory in its last step, so the long one starts right after it.
    assert run.schedule.start == (10**8, 0, 0)


def test_golden_costs() -> None:
    golden = Instance.burst(11, [(0, 10), (4, 3), (3, 3)])
    # (3,3) runs in steps 1-3; (4,3) fits from time 2, where step 3 holds 6 + 5; (0,10) would overflow that step.
    assert simulate(golden, "svf").schedule.start == (3, 2, 0)
    lockstep = Instance.burst(40, [(0, 10)] * 8)
    for admission in Admission:
        assert simulate(lockstep, "svf", admission=admission).cost == 4 * 10 + 4 * 20


def test_a_request_that_waits_beside_a_growing_one_needs_no_small_steps() -> None:
    """Its last step overflows by more and more tokens, for 10^15 steps, until the long request completes."""
    memory = 2**52
    instance = Instance.burst(memory, [(0, 10**15), (memory - 5, 5)])
    for engine in ("reference", "kernel"):
        assert simulate(instance, "fcfs", engine=engine).schedule.start == (0, 10**15)

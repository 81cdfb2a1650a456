"""Policies of every kind: feasible, as a literal reading says, and as the checker finds."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cr_toolkit import Instance, simulate
from cr_toolkit.checker import restarts
from cr_toolkit.checker.policies import run_again
from cr_toolkit.checker.reading import Rejected
from cr_toolkit.policies import POLICIES, make_policy
from cr_toolkit.policies.sorted_f import MOST_BATCHES
from cr_toolkit.policies.staggering import stagger_width
from cr_toolkit.policies.views import view_of
from tests.brute_force import brute_force_optimum
from tests.literal_policies import literal_a_min, literal_estimates, literal_gsa, literal_width
from tests.property.test_checker_agreement import own
from tests.strategies import instances, parameters_for, rules_for, with_premises


@pytest.mark.parametrize("name", POLICIES.names())
@given(instances(), st.data())
@settings(max_examples=25)
def test_runs_are_feasible_and_the_checker_repeats_them(name, instance, data):
    instance = with_premises(instance, name)
    rules = data.draw(rules_for(name))
    run = simulate(instance, name, parameters=data.draw(parameters_for(name)), **rules)
    assert run.schedule.violation(instance) is None
    assert run.cost == run.schedule.total_latency(instance)
    given_parameters = {**run.parameters, "admission": run.admission.value, "queue": run.queue.value}
    starts, stopped = run_again(own(instance), name, given_parameters)
    assert tuple(starts) == run.schedule.start
    assert [tuple(attempt) for attempt in stopped] == [tuple(attempt) for attempt in run.schedule.stopped]
    if stopped:
        assert POLICIES[name].restarts


def require_literal_a_min(instance, lower):
    run = simulate(instance, "a-min", parameters={} if lower is None else {"lower": lower})
    stopped = [tuple(attempt) for attempt in run.schedule.stopped]
    assert (run.schedule.start, stopped) == literal_a_min(instance, lower)


def require_literal_gsa(instance, first, growth):
    instance = with_premises(instance, "gsa")
    run = simulate(instance, "gsa", parameters={"slice": first, "growth": "{}/{}".format(*growth)})
    stopped = [tuple(attempt) for attempt in run.schedule.stopped]
    assert (run.schedule.start, stopped) == literal_gsa(instance, first, *growth)


def require_literal_estimates(instance, name, parameters):
    policy = make_policy(name, parameters)
    guesses = [policy.estimate(view_of(policy, request, i)) for i, request in enumerate(instance.requests)]
    assert all(guess >= request.output for guess, request in zip(guesses, instance.requests, strict=True))
    assert simulate(instance, policy).schedule.start == literal_estimates(instance, guesses)


LOWER = st.sampled_from([None, 1])
SLICE = st.integers(1, 3)
GROWTH = st.sampled_from([(2, 1), (3, 2), (5, 1)])


@given(instances(), LOWER, SLICE, GROWTH)
def test_restarts_are_their_literal_reading(instance, lower, first, growth):
    require_literal_a_min(instance, lower)
    require_literal_gsa(instance, first, growth)


@given(instances(), st.sampled_from(["mc-sf", "a-max"]), st.data())
def test_estimates_are_believed_until_the_completion(instance, name, data):
    require_literal_estimates(instance, name, data.draw(parameters_for(name)))


@pytest.mark.slow
@given(instances(max_memory=30, max_requests=14), LOWER, SLICE, GROWTH, st.integers(1, 4), st.integers(0, 99))
@settings(max_examples=3000)
def test_thousands_of_runs_are_their_literal_reading(instance, lower, first, growth, error, seed):
    require_literal_a_min(instance, lower)
    require_literal_gsa(instance, first, growth)
    require_literal_estimates(instance, "mc-sf", {"error": error, "seed": seed})
    require_literal_estimates(instance, "a-max", {})


@given(instances())
def test_mc_sf_with_exact_predictions_is_sjf(instance):
    assert simulate(instance, "mc-sf").schedule == simulate(instance, "sjf").schedule


@given(st.integers(0, 12), st.integers(1, 40), st.integers(0, 200))
def test_stagger_width_is_its_definition(prompt, length, slack):
    memory = prompt + length + slack
    assert stagger_width(memory, prompt, length) == literal_width(memory, prompt, length)


@given(instances(max_requests=7))
def test_sorted_f_takes_a_batch_of_least_f(instance):
    """Every subset is tried: none that fits has a smaller F than the first batch, of size k, in the order."""
    instance = with_premises(instance, "sorted-f")
    requests = instance.requests
    order = simulate(instance, "sorted-f").order

    def value(batch: list[int]) -> Fraction:
        return Fraction(sum(requests[i].output for i in batch), len(batch) ** 2)

    def fits(batch: list[int]) -> bool:
        return all(
            sum(requests[i].prompt + step for i in batch if requests[i].output >= step) <= instance.memory
            for step in range(1, instance.longest_output + 1)
        )

    subsets = ([i for i, chosen in enumerate(mask) if chosen] for mask in product((0, 1), repeat=len(requests)))
    least = min(value(batch) for batch in subsets if batch and fits(batch))
    prefixes = [list(order[:size]) for size in range(1, len(order) + 1)]
    assert least == min(value(batch) for batch in prefixes if fits(batch))


@given(st.integers(30, 60), st.lists(st.tuples(st.integers(0, 15), st.integers(1, 15)), min_size=14, max_size=24))
@settings(max_examples=20)
def test_sorted_f_on_many_kinds_is_repeated_by_the_checker(memory, sizes):
    instance = Instance.burst(memory, sizes)
    assume(prod(count + 1 for count in Counter(sizes).values()) > MOST_BATCHES)
    parameters = {"admission": "lookahead", "queue": "head-of-line"}
    assert tuple(run_again(own(instance), "sorted-f", parameters)[0]) == simulate(instance, "sorted-f").schedule.start


@given(instances(), st.integers(1, 5), st.integers(0, 99))
def test_predictions_err_by_the_factor_at_most_and_dominate_by_its_fourth_power(instance, error, seed):
    policy = make_policy("svf-predicted", {"error": error, "seed": seed})
    for index, request in enumerate(instance.requests):
        predicted = view_of(policy, request, index).predicted
        assert request.output <= error * predicted
        assert predicted <= error * request.output
    order = simulate(instance, policy).order
    volumes = [instance.requests[index].volume for index in order]
    assert all(before <= error**4 * after for k, after in enumerate(volumes) for before in volumes[:k])


@given(instances(max_memory=9, max_requests=4, max_arrival=0), st.integers(1, 3), st.integers(0, 9))
def test_svf_on_predictions_keeps_the_bound_of_prefix_domination(instance, error, seed):
    assume(instance.alpha < 1)
    run = simulate(instance, "svf-predicted", parameters={"error": error, "seed": seed})
    # c W_j <= sum of p_i o_i <= 2 sum of v_i over those served before j, and v_i <= error^4 v_j.
    bound = 1 + 2 * Fraction(error) ** 4 / (1 - instance.alpha)
    assert run.cost <= bound * brute_force_optimum(instance)[0]


@given(instances(), st.data())
def test_information_none_means_that_lengths_show_in_completions_alone(instance, data):
    """Until the first completion, GSA treats two instances alike that differ in outputs alone."""
    instance = with_premises(instance, "gsa")
    outputs = [data.draw(st.integers(r.output, instance.memory - r.prompt)) for r in instance.requests]
    prompt = instance.requests[0].prompt
    longer = Instance.burst(instance.memory, [(prompt, output) for output in outputs])
    first, second = simulate(instance, "gsa").schedule, simulate(longer, "gsa").schedule
    until = min(attempt.end for attempt in first.attempts(instance) if attempt not in first.stopped)

    def begun(schedule, of):
        return sorted((a.request, a.start) for a in schedule.attempts(of) if a.start < until)

    assert begun(first, instance) == begun(second, longer)


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("gsa", {"slice": 1, "growth": 1}, "growth must be between 11/10"),
        ("gsa", {"slice": 1, "growth": "3/0"}, "growth must be an integer or p/q"),
        ("gba", {"growth": 2.5}, "growth must be a string"),
        ("a-min", {"lower": 4}, "lower is above some output"),
        ("a-max", {"upper": 4}, "upper is below the output"),
        ("mc-sf", {"error": 1, "seed": 0, "admission": "peak"}, "admission must be 'lookahead'"),
        ("mc-sf", {"error": 1, "seed": 0, "queue": "skipping"}, "queue must be 'head-of-line'"),
        ("mc-sf", {"error": 1}, "lacks the field 'seed'"),
        ("total-size", {"error": 1}, "unknown field 'error'"),
    ],
)
def test_the_checker_refuses_parameters_no_run_has(name, parameters, message):
    instance = own(Instance.burst(20, [(2, 3), (2, 6)]))
    with pytest.raises(Rejected, match=message):
        run_again(instance, name, {"admission": "lookahead", "queue": "head-of-line", **parameters})


@pytest.mark.parametrize(
    ("name", "triples", "message"),
    [
        ("sorted-f", [(0, 1, 1), (1, 1, 1)], "needs a burst"),
        ("gba", [(0, 1, 1), (0, 2, 1)], "needs one common prompt"),
        ("sps", [(0, 1, 1), (0, 1, 2)], "needs one common output"),
    ],
)
def test_the_checker_refuses_instances_a_policy_is_not_defined_on(name, triples, message):
    growth = {"growth": 2} if name == "gba" else {}
    with pytest.raises(Rejected, match=message):
        run_again(
            own(Instance.from_triples(9, triples)), name, {"admission": "lookahead", "queue": "head-of-line", **growth}
        )


def test_the_checker_gives_up_on_endless_runs(monkeypatch):
    monkeypatch.setattr(restarts, "MOST_STEPS", 50)
    slow = own(Instance.burst(2**40, [(0, 2**39)]))
    with pytest.raises(Rejected, match="more than 50 steps"):
        run_again(slow, "a-min", {"admission": "lookahead", "queue": "head-of-line"})

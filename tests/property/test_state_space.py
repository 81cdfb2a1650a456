"""The state-space relaxation: bounds that hold for any prices, checked against brute force and a literal programme."""

import math
import random
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cr_toolkit.checker import charges, state_space
from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError, prove_no_better
from cr_toolkit.checker.state_space import PathLimitError, Paths, state_space_bound
from cr_toolkit.model import Instance, Schedule
from lp_models import optimum
from lp_models.kernels.paths import NOWHERE, write_costs
from lp_models.prices import SCALE, kinds_of, price_bound, raised_prices
from lp_models.proof import Prover, repeat
from lp_models.smoothing import smoothed_path_prices
from lp_models.state_space import PathPrices, path_bound, raised_path_prices, shape_of
from tests.brute_force import brute_force_optimum
from tests.strategies import instances

SMALL = instances(max_memory=10, max_requests=5, max_arrival=5)
Rows = list[list[int]]


def triples(instance: Instance) -> list[tuple[int, int, int]]:
    return [(r.arrival, r.prompt, r.output) for r in instance.requests]


def rows(draw: st.DrawFn, number: int, moments: int) -> Rows:
    row = st.lists(st.integers(-30, 30), max_size=moments)
    return draw(st.lists(row, min_size=number, max_size=number))


@st.composite
def priced(draw: st.DrawFn) -> tuple[Instance, Rows, Rows]:
    instance = draw(SMALL)
    prompts, peaks = ({r.prompt for r in instance.requests}, {r.peak for r in instance.requests})
    moments = draw(st.integers(1, 12))
    return instance, rows(draw, len(prompts), moments), rows(draw, len(peaks), moments)


def literal_costs(instance: Instance, starts: Rows, completions: Rows) -> list[dict[tuple[int, int], float]]:
    """Return the least costs by moment and state, one event at a time."""
    prompts = Counter(sorted(r.prompt for r in instance.requests))
    peaks = Counter(sorted(r.peak for r in instance.requests))
    fewest = sorted(prompts.elements())
    most = sorted((peak - 1 for peak in peaks.elements()), reverse=True)
    numbers = [c for c in range(len(fewest) + 1) if sum(fewest[:c]) + c <= instance.memory]
    states = [(held, c) for held in range(instance.memory + 1) for c in numbers]
    after: dict[tuple[int, int], float] = dict.fromkeys(states, 0)
    found = []
    for k in reversed(range(max(map(len, (*starts, *completions))))):
        costs = {
            (held, c): after.get((held + c, c), inf) if sum(fewest[:c]) <= held <= sum(most[:c]) else inf
            for held, c in states
        }
        for (prompt, many), row in zip(prompts.items(), starts, strict=True):
            for _ in range(many):
                price = row[k] if k < len(row) else 0
                costs = {(h, c): min(costs[h, c], costs.get((h + prompt, c + 1), inf) - price) for h, c in states}
        found.append(costs)
        after = costs
        for (peak, many), row in zip(peaks.items(), completions, strict=True):
            for _ in range(many):
                price = row[k] if k < len(row) else 0
                after = {(h, c): min(after[h, c], after.get((h - peak, c - 1), inf) - price) for h, c in states}
    return found[::-1]


@settings(max_examples=200)
@given(priced(), st.integers(1, 5))
def test_no_prices_give_more_than_the_optimum(case: tuple[Instance, Rows, Rows], scale: int) -> None:
    instance, starts, completions = case
    bound = state_space_bound(instance.memory, triples(instance), scale, starts, completions)
    assert bound <= brute_force_optimum(instance)[0]


@settings(max_examples=100)
@given(priced())
def test_all_costs_are_those_of_a_literal_programme(case: tuple[Instance, Rows, Rows]) -> None:
    instance, starts, completions = case
    paths = Paths(instance.memory, triples(instance), starts, completions)
    literal = literal_costs(instance, starts, completions)
    assert paths.last == len(literal)
    for moment, costs in enumerate(literal):
        for (held, running), cost in costs.items():
            assert paths.least_cost(moment, held, running) == (None if cost == inf else cost)
    assert paths.least_cost(paths.last, 0, 0) == 0


@settings(max_examples=100)
@given(priced())
def test_compiled_code_writes_the_checkers_costs(case: tuple[Instance, Rows, Rows]) -> None:
    instance, starts, completions = case
    paths = Paths(instance.memory, triples(instance), starts, completions)
    shape = shape_of(instance, kinds_of(instance))
    last = paths.last
    start_price = np.array([row + [0] * (last - len(row)) for row in starts], np.int64).reshape(len(starts), last)
    completion_price = np.array([row + [0] * (last - len(row)) for row in completions], np.int64)
    costs = np.zeros((last, len(shape.least), instance.memory + 1), np.int64)
    write_costs(shape, start_price, completion_price.reshape(len(completions), last), costs)
    for moment, running, held in np.ndindex(*costs.shape):
        cost = paths.least_cost(moment, held, running)
        assert costs[moment, running, held] == (NOWHERE if cost is None else cost)


@pytest.mark.parametrize("raise_prices", [raised_path_prices, smoothed_path_prices])
@settings(max_examples=60)
@given(instance=SMALL)
def test_prices_found_are_no_worse_than_the_memory_prices_that_they_begin_with(
    raise_prices: Callable[..., PathPrices], instance: Instance
) -> None:
    least = brute_force_optimum(instance)[0]
    prices = raised_prices(instance, least, 30, 100)
    found = path_bound(instance, raise_prices(instance, least, prices, 30, time.monotonic() + 60))
    # Both are rounded, to different numbers of digits.
    assert price_bound(instance, prices).value - Fraction(1, 50) <= found.value <= least


@settings(max_examples=100)
@given(SMALL, st.lists(st.integers(0, 40), max_size=12))
def test_memory_prices_are_a_special_case(instance: Instance, prices: list[int]) -> None:
    steps = range(len(prices) + 1)

    def held_later(tokens: int, moment: int) -> int:
        return sum((tokens + t - moment) * prices[t - 1] for t in steps if t > moment)

    starts = [[held_later(s, k) for k in steps] for s in sorted({r.prompt for r in instance.requests})]
    completions = [[-held_later(q, k) for k in steps] for q in sorted({r.peak for r in instance.requests})]
    found = state_space_bound(instance.memory, triples(instance), 64, starts, completions)
    positive = {step: price * (SCALE // 64) for step, price in enumerate(prices, 1) if price > 0}
    assert found >= price_bound(instance, positive).value


@settings(max_examples=150)
@given(priced(), st.integers(0, 2**32), st.integers(0, 3))
def test_no_prices_of_events_prove_what_is_false(case: tuple[Instance, Rows, Rows], seed: int, below: int) -> None:
    instance, starts, completions = case
    least, _ = brute_force_optimum(instance)
    rng = random.Random(seed)
    pool = [[0], [rng.randint(0, 1), rng.randint(0, 40)]]
    choices = [rng.randrange(2) for _ in range(3000)]
    # Some other set before some of the levels, as many as the choices happen to say.
    sets = [(starts, completions), *((shuffled(starts, rng), shuffled(completions, rng)) for _ in range(20))]

    def prove(target: int, events: list[tuple[Rows, Rows]], given: list[int]) -> int:
        return prove_no_better(
            instance.memory, triples(instance), target, 16, pool, 10**6, events=events, choices=given
        )  # fmt: skip

    with pytest.raises(BetterScheduleError) as better:
        prove(least + 1 + below, sets, [1, *choices])
    schedule = Schedule(better.value.start)
    assert schedule.is_feasible(instance)
    assert least <= schedule.total_latency(instance) == better.value.cost <= least + below
    # Where the outputs prove it, no level is left to be preceded by a set.
    proved = least - below <= sum(r.output for r in instance.requests)
    assert prove(least - below, [] if proved else sets[:1], [] if proved else [1]) >= 0


def shuffled(rows: Rows, rng: random.Random) -> Rows:
    return [rng.sample(row, len(row)) for row in rows]


@settings(max_examples=60)
@given(instances(max_memory=12, max_requests=6, max_arrival=5))
def test_the_search_and_the_checker_leave_out_the_same_states_by_events(instance: Instance) -> None:
    least, _ = brute_force_optimum(instance)
    prices = raised_prices(instance, least, 40, 50)
    prover = Prover(instance, prices, 40)
    prover.use(raised_path_prices(instance, least, prices, 40, time.monotonic() + 60))
    # Prices are fitted to every level.
    prover._sieve.state_seconds = math.inf
    outcome = prover.prove(least, time.monotonic() + 600)
    assert outcome.certificate is not None
    assert all(rows["starts"] for rows in outcome.certificate["events"])
    # Were another state kept or left out, choices would be left over or stand for other states.
    assert repeat(instance, least, outcome.certificate) >= 0
    higher = prover.prove(least + 1, time.monotonic() + 60)
    assert higher.schedule is not None
    assert higher.schedule.total_latency(instance) == least


def test_events_save_choices() -> None:
    sizes = [(9, 4), (6, 7), (2, 8), (4, 1), (6, 5), (1, 13), (1, 13), (6, 7), (7, 8), (3, 5)]
    instance = Instance.burst(30, sizes)
    upper = optimum(instance, seconds=30).upper
    prices = raised_prices(instance, upper, 40, 300)
    choices = []
    for events in (False, True):
        prover = Prover(instance, prices, 40)
        if events:
            prover.use(raised_path_prices(instance, upper, prices, 40, time.monotonic() + 60))
        outcome = prover.prove(upper, time.monotonic() + 60)
        assert outcome.certificate is not None
        assert repeat(instance, upper, outcome.certificate) > 0
        choices.append(len(outcome.certificate["choices"]))
    assert choices[1] < 0.9 * choices[0]


def test_prices_beyond_64_bits_are_not_used() -> None:
    instance = Instance.burst(4, [(1, 2), (0, 3)])
    prices = PathPrices(np.full((2, 5), 1e18), np.zeros((1, 5)))
    prover = Prover(instance, {1: 1}, 5)
    prover.use(prices)
    outcome = prover.prove(5, time.monotonic() + 60)
    assert outcome.certificate is not None
    assert "events" not in outcome.certificate


def test_whole_requests_leave_memory_unused() -> None:
    # Two peaks of 4 fit into 9 tokens; the linear programme fills the ninth as well.
    instance = Instance.burst(9, [(2, 2)] * 5)
    assert brute_force_optimum(instance)[0] == 18
    prices = raised_prices(instance, 18, 18, 300)
    assert price_bound(instance, prices).integer == 15
    found = path_bound(instance, raised_path_prices(instance, 18, prices, 18, time.monotonic() + 60))
    assert found.integer == 18


def test_rows_of_prices_must_be_as_many_as_prompts_and_peaks() -> None:
    with pytest.raises(ValueError, match="a row of prices for each prompt"):
        Paths(4, [(0, 1, 2)], [], [[1]])
    with pytest.raises(ValueError, match="a row of prices for each prompt"):
        Paths(4, [(0, 1, 2)], [[1]], [[1], [2]])


def test_too_many_states_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(PathLimitError, match="states and 9000 moments"):
        Paths(1000, [(0, 0, k) for k in range(1, 200)], [[0] * 9000], [[]] * 199)
    with pytest.raises(PathLimitError, match="201 rows of prices at 100000 moments"):
        Paths(1000, [(0, 0, k) for k in range(1, 201)], [[0] * 100_000], [[]] * 200)
    monkeypatch.setattr(state_space, "MAX_PRICES", 8)
    sizes = [(0, s, o) for s in range(3) for o in range(1, 4)]
    with pytest.raises(PathLimitError, match="9 sizes of requests at 1 moments"):
        state_space_bound(5, sizes, 1, [[0], [], []], [[]] * 5)


def test_more_charges_than_an_enumeration_may_keep_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(charges, "MAX_TABLE", 5)
    with pytest.raises(NodeLimitError, match="the table of charges is too large"):
        prove_no_better(2, [(0, 0, 1)], 2, 1, [[0]], 100, events=[([[0] * 6], [[0]])], choices=[1])


def test_where_no_schedule_can_be_there_is_no_path() -> None:
    paths = Paths(3, [(0, 0, 2), (0, 1, 2)], [[0], [0]], [[0], [0]])
    assert paths.least_cost(0, 0, 0) == 0
    assert paths.least_cost(0, 4, 1) is None
    assert paths.least_cost(0, 3, 3) is None
    assert paths.least_cost(0, 3, 1) is None


def test_no_prices_take_no_work() -> None:
    assert state_space_bound(2**53 - 1, [(0, 0, 1)] * 4000, 1, [[]], [[]]) == 4000

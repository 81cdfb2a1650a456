"""Prices fitted to the states of a level: what fits them says of each state what leaves it out, and they pay."""

import math
import random
import time
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cr_toolkit.model import Instance
from lp_models import sieve, smoothing
from lp_models.kernels.levels import ALIVE, Level
from lp_models.kernels.pool import Int64s, Problem
from lp_models.kernels.sifting import leave_out
from lp_models.prices import raised_prices
from lp_models.proof import Prover, repeat
from lp_models.smoothing import _SmoothedBound
from lp_models.state_space import PathPrices
from tests.brute_force import brute_force_optimum
from tests.strategies import instances

SMALL = instances(max_memory=10, max_requests=5, max_arrival=4)
SIZES = [(9, 4), (6, 7), (2, 8), (4, 1), (6, 5), (1, 13), (1, 13), (6, 7), (7, 8), (3, 5)]
LAST = 14


def soon() -> float:
    return time.monotonic() + 600


def some_prices(instance: Instance, seed: int) -> PathPrices:
    draw = np.random.default_rng(seed)
    prompts, peaks = ({r.prompt for r in instance.requests}, {r.peak for r in instance.requests})
    return PathPrices(*(draw.integers(-2, 3, (len(rows), LAST)).astype(float) for rows in (prompts, peaks)))


def levels_of(instance: Instance, prices: PathPrices) -> list[tuple[sieve.Sieve, Problem, Level, int, int]]:
    """Return what the levels of an enumeration one step below the optimum are sifted with."""
    found = []

    class Watched(sieve.Sieve):
        def sift(self, depth: int, problem: Problem, level: Level, size: int, most: int, deadline: float):
            if depth:
                found.append((self, problem, Level(*(column.copy() for column in level)), size, most))
            return super().sift(depth, problem, level, size, most, deadline)

    prover = Prover(instance, {}, LAST)
    prover._sieve = Watched(instance, prover._kinds, prover._scale)
    prover.use(prices)
    prover.prove(brute_force_optimum(instance)[0], soon())
    return found


def smoothed_levels(
    instance: Instance, prices: PathPrices, *, aimed: bool
) -> Iterator[tuple[sieve.Sieve, Problem, Level, Int64s, _SmoothedBound]]:
    """Yield the levels with states that prices matter to, the rows of these states, and what fits prices to them."""
    for one, problem, level, size, most in levels_of(instance, prices):
        rows = np.flatnonzero(level.last[:size, ALIVE])
        if not len(rows):
            continue
        states, begin = one._states(problem, level, rows, LAST)
        if begin < LAST:
            goal = most / problem.scale if aimed else None
            yield one, problem, level, rows, _SmoothedBound(one._shape, states, begin, LAST - begin, goal)


@settings(max_examples=60)
@given(SMALL, st.integers(0, 2**32))
def test_states_are_bounded_no_higher_than_where_they_are_left_out(instance: Instance, seed: int) -> None:
    prices = some_prices(instance, seed)
    for one, problem, level, rows, smoothed in smoothed_levels(instance, prices, aimed=False):
        bounds = smoothed.bounds(smoothed.place(prices))
        for row, bound in zip(rows, bounds, strict=True):
            alone = Level(*(column.copy() for column in level))
            alone.last[:, ALIVE] = 0
            alone.last[row, ALIVE] = 1
            # Prices are whole numbers, so that rounding changes nothing.
            least = round(problem.scale * float(bound))
            assert leave_out(problem, one.root.costs, least - 1, alone, len(alone.code)) == 0


@settings(max_examples=40)
@given(SMALL, st.integers(0, 2**32))
def test_the_gradient_is_how_the_mean_over_states_changes(instance: Instance, seed: int) -> None:
    prices = some_prices(instance, seed)
    for _, _, _, _, smoothed in smoothed_levels(instance, prices, aimed=True):
        place = smoothed.place(prices) / 3
        highest = smoothed.bound(place)
        smoothed.begin(place, 0.7)
        here = smoothed.evaluate(place)
        assert here.value <= highest + 1e-9
        direction = np.random.default_rng(seed).normal(size=place.size)
        more, less = (smoothed.evaluate(place + sign * 1e-5 * direction).value for sign in (1, -1))
        assert (more - less) / 2e-5 == pytest.approx(float(here.gradient @ direction), abs=1e-4)


def test_fitted_prices_leave_out_states() -> None:
    instance = Instance.burst(30, [*SIZES, (0, 12), (5, 6)])
    upper = 169
    prices = raised_prices(instance, upper, 40, 300)
    states, certificates = [], []
    for saved in (0.0, math.inf):
        prover = Prover(instance, prices, 40)
        prover.use(smoothing.smoothed_path_prices(instance, upper, prices, 40, soon()))
        prover._sieve.state_seconds = saved
        outcome = prover.prove(upper, soon())
        assert outcome.certificate is not None
        assert repeat(instance, upper, outcome.certificate) > 0
        states.append(outcome.states)
        certificates.append(outcome.certificate)
    assert len(certificates[0]["events"]) == 1 < len(certificates[1]["events"])
    assert states[1] < 0.6 * states[0]


def test_prices_are_fitted_where_that_takes_less_than_it_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = Instance.burst(30, SIZES)
    prices = raised_prices(instance, 120, 40, 300)
    prover = Prover(instance, prices, 40)
    prover.use(smoothing.smoothed_path_prices(instance, 120, prices, 40, soon()))
    fitted = []
    monkeypatch.setattr(sieve, "fitting_seconds", lambda *_: 1.0)
    monkeypatch.setattr(
        sieve, "fitted_path_prices", lambda shape, states, begin, first, *_: fitted.append(len(states.total)) or first
    )
    prover._sieve.state_seconds = 0.1
    prover.prove(120, soon())
    # Half of twenty states would save as much as the fit takes; these prices leave out nothing that they had not.
    assert fitted
    assert min(fitted) >= 20
    assert prover._sieve._share < 0.5
    fitted.clear()
    prover.prove(120, time.monotonic() + 0.5)
    assert not fitted


def test_a_certificate_with_a_set_too_many_or_too_few_is_refused() -> None:
    instance = Instance.burst(30, SIZES)
    prices = raised_prices(instance, 120, 40, 300)
    prover = Prover(instance, prices, 40)
    prover.use(smoothing.smoothed_path_prices(instance, 120, prices, 40, soon()))
    prover._sieve.state_seconds = math.inf
    certificate = prover.prove(120, soon()).certificate
    assert certificate is not None
    events, rng = certificate["events"], random.Random(3)
    for changed in (events[:-1], [*events, events[0]]):
        with pytest.raises(ValueError):
            repeat(instance, 120, certificate | {"events": changed})
    for _ in range(5):
        order = rng.sample(events, len(events))
        if order != events:
            with pytest.raises(ValueError):
                repeat(instance, 120, certificate | {"events": order})

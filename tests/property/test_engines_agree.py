"""Every engine, bound and re-enumeration against brute force on random instances."""

import math
import random
import time
from functools import partial

import numpy as np
import pytest

from cr_toolkit.checker.enumeration import BetterScheduleError, prove_no_better
from cr_toolkit.model import Instance
from lp_models.bounds import lower_bounds
from lp_models.branching import Branching, repeat_branching
from lp_models.engines import ENGINES, Task, cp_sat
from lp_models.kernels import run
from lp_models.prices import SCALE, price_value, raised_prices
from lp_models.proof import Prover, repeat
from lp_models.state_space import PathPrices
from tests.brute_force import brute_force_optimum


def random_instance(rng: random.Random) -> Instance:
    memory = rng.randint(1, 14)
    latest = rng.choice([0, 0, 8])
    kinds = []
    for _ in range(rng.randint(1, 5)):
        output = rng.randint(1, memory)
        kinds.append((rng.randint(0, latest), rng.randint(0, memory - output), output))
    return Instance.from_triples(memory, [rng.choice(kinds) for _ in range(rng.randint(1, 5))])


def some_prices(rng: random.Random, instance: Instance, upper: int) -> dict[int, int]:
    scattered = {step: rng.randint(0, SCALE // 4) for step in range(1, 14)}
    return rng.choice([{}, scattered, raised_prices(instance, upper, 20, 100)])


def some_events(rng: random.Random, instance: Instance) -> PathPrices:
    prompts, peaks = ({r.prompt for r in instance.requests}, {r.peak for r in instance.requests})
    draw = np.random.default_rng(rng.randrange(2**32))
    return PathPrices(draw.normal(size=(len(prompts), 14)), draw.normal(size=(len(peaks), 14)))


def check_agreement(seed: int, rounds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(seed)
    for _ in range(rounds):
        instance = random_instance(rng)
        optimum, _ = brute_force_optimum(instance)
        upper = optimum + rng.randint(0, 4)
        prices = some_prices(rng, instance, upper)
        assert price_value(instance, prices) <= optimum
        assert all(bound.integer <= optimum for bound in lower_bounds(instance))
        monkeypatch.setattr(run, "POOL_ROWS", rng.choice([2, 3, 64]))
        for name, engine in (*ENGINES.items(), ("plain CP-SAT", partial(cp_sat.solve, plain=True))):
            answer = engine(Task(instance, upper, prices, time.monotonic() + 60))
            if name == "nested" and len({r.arrival for r in instance.requests}) > 1:
                assert (answer.schedule, answer.proved) == (None, False)
                continue
            assert answer.proved, (name, instance)
            assert (answer.schedule is None) == (upper == optimum), (name, instance)
            if answer.schedule is not None:
                assert answer.schedule.is_feasible(instance), (name, instance)
                assert answer.schedule.total_latency(instance) == optimum, (name, instance)
        requests = [(r.arrival, r.prompt, r.output) for r in instance.requests]
        pool = [[0, *(prices.get(step, 0) for step in range(1, min(13, optimum + 1)))]]
        prove_no_better(instance.memory, requests, optimum, SCALE, pool, 10**6)
        with pytest.raises(BetterScheduleError):
            prove_no_better(instance.memory, requests, optimum + 1, SCALE, pool, 10**6)
        prover = Prover(instance, prices, 24)
        if rng.random() < 0.5:
            prover.use(some_events(rng, instance))
        pause = rng.choice([0.0, math.inf])
        for target in (optimum - 1, optimum):
            while (outcome := prover.prove(target, time.monotonic() + 60, pause=pause)).paused:
                pass
            assert outcome.certificate is not None
            assert repeat(instance, target, outcome.certificate) >= 0
        assert prover.prove(optimum + 1, time.monotonic() + 60).schedule is not None
        for target in (optimum - 1, optimum, optimum + 1):
            tree = Branching(instance, target, prices)
            tree.run(time.monotonic() + 60)
            assert tree.done == (target <= optimum), (target, instance)
            assert not tree.done or repeat_branching(instance, target, tree.certificate()) >= 0


def test_all_agree_with_brute_force(monkeypatch):
    check_agreement(11, 60, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_all_agree_with_brute_force_on_many_instances(seed, monkeypatch):
    check_agreement(100 + seed, 500, monkeypatch)

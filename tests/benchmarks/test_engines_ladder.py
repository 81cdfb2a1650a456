"""The exact engines side by side on random instances: solved counts and medians, optima compared.

Run with ``pytest -m benchmark -s tests/benchmarks/test_engines_ladder.py``.
"""

import json
import random
import statistics
import time
from dataclasses import replace
from functools import partial

import pytest

from cr_toolkit.checker import check_data
from cr_toolkit.model import Instance
from lp_models import optimum
from lp_models.engines import ENGINES, Task, cp_sat
from lp_models.prices import raised_prices
from lp_models.upper import upper_bound

SECONDS = 10.0
LADDER = [(16, 12, 2), (30, 10, 2), (60, 8, 2), (120, 6, 2), (60, 20, 6)]


def random_burst(memory: int, n: int, share: int, seed: int) -> Instance:
    rng = random.Random(f"{memory}-{n}-{share}-{seed}")
    top = memory // share
    outputs = [rng.randint(1, top) for _ in range(n)]
    return Instance.burst(memory, [(rng.randint(0, top - output), output) for output in outputs])


def prepared(instance: Instance) -> Task:
    schedule, _ = upper_bound(instance)
    upper = schedule.total_latency(instance)
    makespan = max(s + r.output for s, r in zip(schedule.start, instance.requests, strict=True))
    return Task(instance, upper, raised_prices(instance, upper, makespan + 4, 1500), 0)


def solve(name: str, instance: Instance) -> tuple[int | None, float]:
    begin = time.monotonic()
    task = prepared(instance)
    answer = ENGINES[name](replace(task, deadline=begin + SECONDS))
    found = task.upper if answer.schedule is None else answer.schedule.total_latency(instance)
    return (found if answer.proved else None), time.monotonic() - begin


@pytest.mark.benchmark
def test_the_search_solves_what_the_programme_solves_and_sooner():
    optimum(random_burst(16, 6, 2, 0))
    totals = dict.fromkeys(ENGINES.names(), 0.0)
    for memory, n, share in LADDER:
        results = {
            name: [solve(name, random_burst(memory, n, share, seed)) for seed in range(3)] for name in ENGINES.names()
        }
        for name, rows in results.items():
            times = [seconds for _, seconds in rows]
            totals[name] += sum(times)
            solved = sum(cost is not None for cost, _ in rows)
            print(f"M={memory} n={n} 1/{share} {name}: {solved}/3 solved, median {statistics.median(times):.2f} s")
        for row in zip(*results.values(), strict=True):
            assert len({cost for cost, _ in row if cost is not None}) <= 1
    print({name: round(seconds, 1) for name, seconds in totals.items()})
    assert totals["search"] < 1.5 * totals["milp"]


PAIRWISE = [(500, 6, 2), (500, 8, 2), (500, 10, 2), (120, 8, 2), (500, 16, 6)]


@pytest.mark.benchmark
def test_what_is_redundant_in_the_pairwise_model_pays():
    models = {"cp-sat": cp_sat.solve, "plain CP-SAT": partial(cp_sat.solve, plain=True)}
    solved, total = dict.fromkeys(models, 0), dict.fromkeys(models, 0.0)
    for memory, n, share in PAIRWISE:
        optima: dict[int, set[int]] = {}
        for name, engine in models.items():
            rows = []
            for seed in range(3):
                task = prepared(random_burst(memory, n, share, seed))
                begin = time.monotonic()
                answer = engine(replace(task, deadline=begin + SECONDS))
                rows.append(time.monotonic() - begin)
                if answer.proved:
                    solved[name] += 1
                    cost = task.upper if answer.schedule is None else answer.schedule.total_latency(task.instance)
                    optima.setdefault(seed, set()).add(cost)
            total[name] += sum(rows)
            print(f"M={memory} n={n} 1/{share} {name}: " + ", ".join(f"{seconds:.2f} s" for seconds in rows))
        assert all(len(costs) == 1 for costs in optima.values())
    print(solved, {name: round(seconds, 1) for name, seconds in total.items()})
    assert solved["cp-sat"] >= solved["plain CP-SAT"]
    assert total["cp-sat"] < total["plain CP-SAT"]


@pytest.mark.benchmark
def test_brackets_close_with_certificates_that_the_checker_accepts():
    optimum(random_burst(16, 10, 2, 0), engine="search", seconds=2)
    closed = 0
    for memory, n, share in LADDER:
        found = [optimum(random_burst(memory, n, share, seed), seconds=SECONDS) for seed in range(3)]
        files = [json.dumps(result.to_certificate()).encode() for result in found]
        begin = time.monotonic()
        assert all(check_data(data).accepted for data in files)
        checking = (time.monotonic() - begin) / len(files)
        closed += sum(result.is_optimal for result in found)
        print(
            f"M={memory} n={n} 1/{share}: {sum(result.is_optimal for result in found)}/3 certified, median "
            f"{statistics.median(result.seconds for result in found):.2f} s, largest gap "
            f"{100 * float(max(result.gap for result in found)):.1f} %, certificates up to "
            f"{max(map(len, files)) // 1000} kB, checked in {checking:.1f} s"
        )
    assert closed >= 12

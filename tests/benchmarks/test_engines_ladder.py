"""The ladder: the product, its engines and plain general solvers on the same random instances, optima compared.

Run with ``pytest -n 0 -m benchmark -s tests/benchmarks/test_engines_ladder.py``; it takes about half an hour. The other
tests of this file compare less, in a few minutes.
"""

import json
import random
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from cr_toolkit.checker import check_data
from cr_toolkit.model import Instance
from lp_models import optimum
from lp_models.engines import ENGINES, Answer, Task, cp_sat
from lp_models.prices import raised_prices
from lp_models.proof import compile_proofs
from lp_models.upper import upper_bound

SECONDS = 10.0
SEEDS = 2

# (memory, requests, share of the memory that peaks reach: 1 / this, whether requests arrive over time)
LADDER = [
    (16, 16, 2, False),
    (16, 20, 2, False),
    (30, 12, 2, False),
    (30, 16, 2, False),
    (60, 10, 2, False),
    (60, 12, 2, False),
    (120, 8, 2, False),
    (120, 10, 2, False),
    (500, 6, 2, False),
    (500, 8, 2, False),
    (500, 10, 2, False),
    (30, 30, 2, False),
    (30, 30, 6, False),
    (60, 20, 6, False),
    (120, 16, 6, False),
    (500, 16, 6, False),
    (60, 12, 2, True),
]

Solver = Callable[[Task], Answer]


def plain_programme(task: Task) -> Answer:
    """Solve the time-indexed programme without the help of prices, as a user of PuLP and HiGHS would."""
    return ENGINES["milp"](replace(task, prices={}))


SOLVERS: dict[str, Solver] = {
    **{name: ENGINES[name] for name in ENGINES.names()},
    "plain PuLP+HiGHS": plain_programme,
    "plain CP-SAT": partial(cp_sat.solve, plain=True),
}


def random_instance(memory: int, n: int, share: int, seed: int, arrivals: bool = False) -> Instance:
    rng = random.Random(f"{memory}-{n}-{share}-{seed}")
    top = memory // share
    outputs = [rng.randint(1, top) for _ in range(n)]
    sizes = [(rng.randint(0, top - output), output) for output in outputs]
    latest = sum(s * o + o * (o + 1) // 2 for s, o in sizes) // memory if arrivals else 0
    return Instance.from_triples(memory, [(rng.randint(0, latest), *size) for size in sizes])


def lockstep(n: int, memory: int, together: int = 4) -> Instance:
    return Instance.burst(memory, [(0, memory // together)] * n)


def prepared(instance: Instance) -> Task:
    schedule, _ = upper_bound(instance)
    upper = schedule.total_latency(instance)
    makespan = max(s + r.output for s, r in zip(schedule.start, instance.requests, strict=True))
    return Task(instance, upper, raised_prices(instance, upper, makespan + 4, 1500), 0)


def timed(solver: Solver, task: Task) -> tuple[int | None, float]:
    """Return the optimum that ``solver`` claims within the limit, or None, and the seconds it takes."""
    begin = time.monotonic()
    answer = solver(replace(task, deadline=begin + SECONDS))
    found = task.upper if answer.schedule is None else answer.schedule.total_latency(task.instance)
    return (found if answer.proved else None), time.monotonic() - begin


def row_text(times: list[float], solved: int) -> str:
    return f"{solved} of {len(times)} in {statistics.median(times):.2f} s"


@pytest.mark.benchmark
def test_the_ladder():
    compile_proofs()
    optimum(random_instance(16, 10, 2, 0), seconds=5)
    closed = 0
    for memory, n, share, arrivals in LADDER:
        instances = [random_instance(memory, n, share, seed, arrivals) for seed in range(SEEDS)]
        found = [optimum(instance, seconds=SECONDS, jobs=2) for instance in instances]
        files = [json.dumps(result.to_certificate()).encode() for result in found]
        begin = time.monotonic()
        assert all(check_data(data).accepted for data in files)
        checking = (time.monotonic() - begin) / len(files)
        closed += sum(result.is_optimal for result in found)
        print(
            f"\nM={memory} n={n} 1/{share}{' arrivals' if arrivals else ''}: certified "
            f"{row_text([r.seconds for r in found], sum(r.is_optimal for r in found))}, longest "
            f"{max(r.seconds for r in found):.1f} s, largest gap {100 * float(max(r.gap for r in found)):.1f} %, "
            f"certificates up to {max(map(len, files)) // 1000} kB, checked in {checking:.2f} s",
            flush=True,
        )
        tasks = [prepared(instance) for instance in instances]
        for name, solver in SOLVERS.items():
            rows = [timed(solver, task) for task in tasks]
            print(f"    {name}: {row_text([t for _, t in rows], sum(c is not None for c, _ in rows))}", flush=True)
            for (cost, _), result in zip(rows, found, strict=True):
                assert cost is None or result.lower <= cost <= result.upper
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000
    print(f"certified {closed} of {SEEDS * len(LADDER)}; peak memory {peak} MB")
    assert closed > SEEDS * len(LADDER) // 2


@pytest.mark.benchmark
def test_lockstep_is_certified_sooner_than_the_plain_programme_solves_it():
    optimum(random_instance(16, 10, 2, 0), seconds=5)
    ours = theirs = 0.0
    for n in (8, 12, 16, 20):
        for memory in (16, 40, 80):
            instance = lockstep(n, memory)
            result = optimum(instance, seconds=SECONDS)
            cost, seconds = timed(plain_programme, prepared(instance))
            print(f"lockstep n={n} M={memory}: {result.status} in {result.seconds:.2f} s, plain {seconds:.2f} s")
            assert result.is_optimal or cost is None
            assert cost is None or cost == result.upper
            ours, theirs = ours + result.seconds, theirs + seconds
    print(f"{ours:.1f} s against {theirs:.1f} s")
    assert ours < theirs


@pytest.mark.benchmark
@pytest.mark.parametrize("together", [2, 3, 5, 8])
def test_lockstep_of_any_width_is_certified(together):
    optimum(random_instance(16, 10, 2, 0), seconds=5)
    for n in (8, 12, 16, 20):
        found = [optimum(lockstep(n, memory, together), seconds=SECONDS, jobs=2) for memory in (16, 40, 80)]
        print(f"K={together} n={n}: " + ", ".join(f"{result.seconds:.2f} s" for result in found))
        assert all(result.is_optimal for result in found)


PAIRWISE = [(500, 6, 2), (500, 8, 2), (500, 10, 2), (120, 8, 2), (500, 16, 6)]


@pytest.mark.benchmark
def test_what_is_redundant_in_the_pairwise_model_pays():
    models = {"cp-sat": cp_sat.solve, "plain CP-SAT": partial(cp_sat.solve, plain=True)}
    solved, total = dict.fromkeys(models, 0), dict.fromkeys(models, 0.0)
    for memory, n, share in PAIRWISE:
        optima: dict[int, set[int]] = {}
        for name, engine in models.items():
            rows = [timed(engine, prepared(random_instance(memory, n, share, seed))) for seed in range(3)]
            solved[name] += sum(cost is not None for cost, _ in rows)
            total[name] += sum(seconds for _, seconds in rows)
            for seed, (cost, _) in enumerate(rows):
                if cost is not None:
                    optima.setdefault(seed, set()).add(cost)
            print(f"M={memory} n={n} 1/{share} {name}: " + ", ".join(f"{seconds:.2f} s" for _, seconds in rows))
        assert all(len(costs) == 1 for costs in optima.values())
    print(solved, {name: round(seconds, 1) for name, seconds in total.items()})
    assert solved["cp-sat"] >= solved["plain CP-SAT"]
    assert total["cp-sat"] < total["plain CP-SAT"]

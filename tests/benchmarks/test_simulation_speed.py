"""Simulation speed: compiled runs against the plain reference, in one process and one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import pytest
from numba import njit

from cr_toolkit import Instance, simulate
from cr_toolkit.simulation.kernel import head_of_line_starts

pytestmark = pytest.mark.benchmark


def seconds(work: Callable[[], object], repeats: int = 5) -> list[float]:
    """Return the wall time of each of ``repeats`` runs."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return times


def random_sizes(runs: int, n: int, memory: int) -> tuple[np.ndarray, np.ndarray]:
    """Random alpha <= 1/2: output uniform in 1..M/2, prompt uniform in 0..M/2 - output."""
    rng = np.random.default_rng(0)
    output = rng.integers(1, memory // 2 + 1, (runs, n))
    prompt = rng.integers(0, memory // 2 - output + 1)
    return prompt, output


@njit
def volume_first_costs(prompt: np.ndarray, output: np.ndarray, memory: int) -> int:
    total = 0
    for run in range(prompt.shape[0]):
        s, o = prompt[run], output[run]
        order = np.argsort(s * o + o * (o + 1) // 2, kind="mergesort")
        starts = head_of_line_starts(np.zeros(s.shape[0], np.int64), s[order], o[order], memory, False)
        total += starts.sum() + o.sum()
    return total


@pytest.mark.parametrize(("n", "memory", "runs", "least_ratio"), [(10, 60, 50_000, 20), (100, 500, 5_000, 20)])
def test_runs_per_second_in_a_search_loop(n: int, memory: int, runs: int, least_ratio: float) -> None:
    prompt, output = random_sizes(runs, n, memory)
    volume_first_costs(prompt[:1], output[:1], memory)
    fast = [t / runs for t in seconds(lambda: volume_first_costs(prompt, output, memory))]
    few = max(20, runs // 200)
    instances = [Instance.burst(memory, zip(prompt[i].tolist(), output[i].tolist(), strict=True)) for i in range(few)]
    slow = [
        t / few for t in seconds(lambda: [simulate(i, "svf", engine="reference").cost for i in instances], repeats=3)
    ]
    ratio = statistics.median(slow) / statistics.median(fast)
    print(
        f"\nn={n} M={memory}: kernel {1 / max(fast):,.0f}-{1 / min(fast):,.0f} runs/s, "
        f"plain Python {1 / max(slow):,.0f}-{1 / min(slow):,.0f} runs/s, ratio {ratio:.0f}"
    )
    assert ratio > least_ratio


def test_cost_grows_no_faster_than_n_log_n_at_fixed_concurrency() -> None:
    medians = {}
    for n in (100_000, 1_000_000):
        prompt, output = random_sizes(1, n, 500)

        def work(prompt: np.ndarray = prompt[0], output: np.ndarray = output[0]) -> object:
            order = np.argsort(prompt * output + output * (output + 1) // 2, kind="stable")
            return head_of_line_starts(np.zeros(len(order), np.int64), prompt[order], output[order], 500, False)

        work()
        times = seconds(work)
        medians[n] = statistics.median(times)
        print(f"\nn={n:,}: {min(times):.3f}-{max(times):.3f} s")
    assert medians[1_000_000] / medians[100_000] < 20

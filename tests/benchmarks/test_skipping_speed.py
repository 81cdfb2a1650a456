"""Identical requests that wait must not be looked at one by one."""

from __future__ import annotations

import time

import numpy as np
import pytest

from cr_toolkit.simulation.kernel import skipping_starts


def seconds(identical: bool, n: int) -> float:
    random = np.random.default_rng(0)
    prompt = np.full(n, 300) if identical else random.integers(250, 350, n)
    output = np.full(n, 20) if identical else random.integers(15, 25, n)
    began = time.perf_counter()
    skipping_starts(np.zeros(n, np.int64), prompt, output, 1000, False)
    return time.perf_counter() - began


@pytest.mark.benchmark
def test_identical_requests_are_served_much_faster_than_different_ones() -> None:
    seconds(True, 3)
    ratio = min(seconds(False, 4000) for _ in range(3)) / min(seconds(True, 4000) for _ in range(3))
    print(f"different / identical: {ratio:.0f}")
    assert ratio > 20

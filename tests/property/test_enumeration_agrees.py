"""The enumeration engine against brute force, which loads steps where the engine looks at completions."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from cr_toolkit.model import Instance
from lp_models.engines import Task
from lp_models.engines.enumeration import enumeration
from tests.brute_force import brute_force_optimum
from tests.strategies import instances


@settings(max_examples=60)
@given(instances(max_memory=12, max_requests=5, max_arrival=8), st.integers(-2, 6))
def test_it_finds_the_optimum_exactly_if_that_is_below_the_upper_bound(instance: Instance, slack: int):
    optimum, _ = brute_force_optimum(instance)
    answer = enumeration(Task(instance, optimum + slack, {}, time.monotonic() + 60))
    assert answer.proved
    if slack <= 0:
        assert answer.schedule is None
    else:
        assert answer.schedule is not None
        assert answer.schedule.is_feasible(instance)
        assert answer.schedule.total_latency(instance) == optimum

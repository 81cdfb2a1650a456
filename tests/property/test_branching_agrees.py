"""Proofs by branching against brute force: true bounds are proved and repeated, false ones never, whatever the tree."""

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cr_toolkit.checker.branching import prove_by_branching
from cr_toolkit.model import Instance
from lp_models.branching import Branching, repeat_branching
from lp_models.prices import raised_prices
from tests.brute_force import brute_force_optimum
from tests.strategies import instances

SMALL = instances(max_memory=12, max_requests=5, max_arrival=6)


def tree_of(instance: Instance, target: int) -> Branching:
    tree = Branching(instance, target, raised_prices(instance, target, 20, 50))
    tree.run(time.monotonic() + 60)
    return tree


@settings(max_examples=60)
@given(SMALL, st.integers(0, 3))
def test_what_is_true_is_proved_and_what_is_false_gives_a_schedule(instance: Instance, below: int) -> None:
    optimum, _ = brute_force_optimum(instance)
    tree = tree_of(instance, optimum - below)
    assert tree.done
    assert tree.closed == 1.0
    assert repeat_branching(instance, optimum - below, tree.certificate()) >= 0
    tree = tree_of(instance, optimum + 1 + below)
    assert not tree.done
    assert tree.schedule is not None
    assert tree.schedule.violation(instance) is None
    assert optimum <= tree.schedule.total_latency(instance) <= optimum + below


@settings(max_examples=150)
@given(SMALL, st.integers(0, 2**32))
def test_no_tree_proves_what_is_false(instance: Instance, seed: int) -> None:
    optimum, _ = brute_force_optimum(instance)
    rng = random.Random(seed)
    requests = [(r.arrival, r.prompt, r.output) for r in instance.requests]
    certificate = tree_of(instance, optimum).certificate()
    pool = [*certificate["pool"], [0], [rng.randint(0, 3), rng.randint(0, 9 * certificate["scale"])]]
    tree = [entry if isinstance(entry, int) else tuple(entry) for entry in certificate["tree"]]
    for _ in range(rng.randint(0, 4)):
        step = rng.randint(0, optimum)
        entry = rng.choice([rng.randrange(len(pool)), -1 - step, (rng.randrange(len(requests)), step)])
        tree.insert(rng.randint(0, len(tree)), entry)
    with pytest.raises(ValueError, match=r"open nodes|left over|on both sides|end by the last step"):
        prove_by_branching(instance.memory, requests, optimum + 1, certificate["scale"], pool, tree, 10**7)

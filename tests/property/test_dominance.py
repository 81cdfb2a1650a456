"""Rule 4 of the enumeration: whatever completes a state that is left out completes the other, at no greater cost."""

from __future__ import annotations

import random
from itertools import product
from math import inf

from cr_toolkit.checker import enumeration
from cr_toolkit.model import Instance
from tests.brute_force import is_feasible

HORIZON = 15


def some_state(rng, search, chosen):
    """Return the state after starts of the ``chosen`` kinds, in some order at some steps, or None if that is none."""
    starts = sorted((rng.randint(search.kinds[kind][0], 8), kind) for kind in chosen)
    state = enumeration._State(0, 0, 0, 0, inf, [], 0, None, 0)
    for k, kind in starts:
        if not search.lanes.fits(kind, state.load, k - state.start):
            return None
        state = enumeration._started(search, state, k, kind, 0)
    return state


def cheapest(search, instance, state, waiting):
    """Return the least cost of a schedule that begins with ``state``, by trying all starts of what waits."""
    placed, path = {}, state.path
    while path is not None:
        path, start, kind = path
        placed[kind] = start
    kinds = [kind for kind, count in enumerate(waiting) if count]
    best = inf
    for starts in product(range(state.start, HORIZON), repeat=len(kinds)):
        pairs = list(zip(starts, kinds, strict=True))
        if min(pairs) < (state.start, state.kind) or sum(starts) >= best:
            continue
        whole = placed | {kind: k for k, kind in pairs}
        if is_feasible(instance, tuple(whole[kind] for kind in range(len(search.kinds)))):
            best = sum(starts)
    return state.total + best


def test_a_state_that_stands_for_another_has_a_completion_that_is_no_dearer():
    rng = random.Random(17)
    delays = {"none": 0, "later": 0, "sooner": 0}
    while min(delays.values()) < 120:
        memory = rng.randint(3, 10)
        sizes = [(rng.choice([0, 0, rng.randint(1, 8)]), rng.randint(0, 2), rng.randint(1, 3)) for _ in range(4)]
        requests = sorted(set(sizes))
        if len(requests) < 4 or max(prompt + output for _, prompt, output in requests) > memory:
            continue
        search = enumeration._Search(memory, requests, 60, 1, [[0]], 1, None, 100)
        instance = Instance.from_triples(memory, search.kinds)
        chosen = rng.sample(range(4), 2)
        waiting = tuple(int(kind not in chosen) for kind in range(4))
        rest = tuple(kind for kind in range(4) if kind not in chosen)
        multiset = enumeration._Waiting(search, rest, (1,) * len(rest))
        states = [some_state(rng, search, chosen) for _ in range(8)]
        for one, other in product(filter(None, states), repeat=2):
            if one is other or not enumeration._replaces(search.lanes, multiset, one, other):
                continue
            later = (one.start, one.kind) > (other.start, other.kind)
            delays["later" if later else "sooner" if one.total > other.total else "none"] += 1
            # No waiting request needs to start near the horizon: everything that runs ends before it.
            ours, theirs = cheapest(search, instance, one, waiting), cheapest(search, instance, other, waiting)
            assert ours <= theirs < inf

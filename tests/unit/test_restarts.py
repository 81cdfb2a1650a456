"""Annealing beside other work: ever new seeds, the best is kept, and it stops when told."""

import threading
import time

from cr_toolkit.model import Instance
from lp_models.upper import Restarts, upper_bound
from lp_models.upper import restarts as module

INSTANCE = Instance.burst(16, [(2, 5), (0, 8), (1, 4), (3, 3), (0, 6), (4, 4), (1, 7), (2, 2), (0, 5), (3, 5)])


def test_the_best_of_all_seeds_is_kept(monkeypatch):
    found = {7: upper_bound(INSTANCE, evaluations=0), 8: upper_bound(INSTANCE, evaluations=20_000)}
    seeds, begun = [], threading.Event()

    def anneal(instance, *, evaluations, seed):
        seeds.append((evaluations, seed))
        begun.wait(20)
        if seed > 8:
            one.stop()
        return found.get(seed, found[7])

    monkeypatch.setattr(module, "upper_bound", anneal)
    one = Restarts(INSTANCE, 30, 7)
    begun.set()
    one._thread.join(20)
    assert seeds == [(30, 7), (30, 8), (30, 9)]
    schedule, method = one.best
    assert (schedule, method) == found[8]
    assert schedule.total_latency(INSTANCE) < found[7][0].total_latency(INSTANCE)


def test_it_ends_soon_after_it_was_stopped():
    one = Restarts(INSTANCE, 500, 1)
    deadline = time.monotonic() + 60
    while one.best is None and time.monotonic() < deadline:
        time.sleep(0.01)
    one.stop()
    one._thread.join(20)
    assert not one._thread.is_alive()
    assert one.best[0].is_feasible(INSTANCE)

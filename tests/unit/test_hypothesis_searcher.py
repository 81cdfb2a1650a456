"""Hypothesis as a searcher: deterministic, within the space, and its finds are small."""

from __future__ import annotations

import gc
import threading
import time
from fractions import Fraction
from random import Random

from adversaries import search
from adversaries.hypothesis_rounds import smallest_above
from adversaries.searchers import SEARCHERS
from adversaries.space import Space
from cr_toolkit.model.formats import to_json
from tests.unit.test_shrinking import size_of, subject

HALF = Fraction(1, 2)


def test_the_smallest_instance_above_a_threshold_is_small_and_above():
    space = Space(HALF, True, 14)
    small = smallest_above(subject("fcfs"), space, Fraction(6, 5), examples=60)
    assert subject("fcfs").evaluator().evaluate(small).ratio > Fraction(6, 5)
    assert space.admits(small)
    # Fewest blocks come first in Hypothesis's order; five requests would do.
    assert len(small.blocks) == 2
    assert size_of(small) <= (12, 30)
    assert smallest_above(subject("fcfs"), space, Fraction(6, 5), examples=60) == small
    assert smallest_above(subject("fcfs"), space, Fraction(100), examples=20) is None


def test_equal_seeds_give_equal_searches():
    settings = {"searcher": "hypothesis", "evaluations": 120, "max_requests": 40, "seed": 5}
    first, again = search("svf", **settings), search("svf", **settings)
    assert to_json(first.best) == to_json(again.best)
    assert first.ratio[0] > 1


def test_skipped_candidates_are_not_waited_for_and_threads_end():
    before = threading.active_count()
    searcher = SEARCHERS["hypothesis"](Space(HALF, False, 20), Random(1), ())
    asked = [searcher.ask() for _ in range(30)]
    assert any(block.arrival for pattern in asked for block in pattern.blocks)
    searcher.tell(asked[-1], Fraction(1))
    searcher.ask()
    assert threading.active_count() == before + 1
    del searcher
    gc.collect()
    for _ in range(200):
        if threading.active_count() == before:
            break
        time.sleep(0.01)
    assert threading.active_count() == before

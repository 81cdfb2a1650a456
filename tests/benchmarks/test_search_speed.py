"""Search speed: evaluations against plain Python, and what keeping a search costs, in one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest

from adversaries import search
from adversaries.evaluation import Evaluator
from adversaries.pattern import Pattern
from adversaries.searchers import SEARCHERS
from adversaries.space import Space
from cr_toolkit import simulate
from cr_toolkit.policies import Admission, Queue, make_policy

pytestmark = pytest.mark.benchmark


def processor_seconds(work: Callable[[], object], repeats: int = 3) -> float:
    """Return the median processor time: a busy machine distorts it less than it does wall time."""
    times = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return statistics.median(times)


def candidates(count: int, most: int) -> list[Pattern]:
    """Patterns as the searcher ``pattern`` asks for them."""
    space = Space(Fraction(1, 2), True, most)
    searcher = SEARCHERS["pattern"](space, Random(0), ())
    evaluator = Evaluator(make_policy("svf"), Admission.LOOKAHEAD, Queue.HEAD_OF_LINE)
    asked = []
    while len(asked) < count:
        pattern = searcher.ask()
        if space.admits(pattern):
            searcher.tell(pattern, evaluator.evaluate(pattern).ratio)
            asked.append(pattern)
    return asked


@pytest.mark.parametrize("most", [80, 400])
def test_an_evaluation_costs_less_than_one_plain_run(most: int) -> None:
    # An evaluation is a run of the policy, some twenty placements and their repair; the anchor is the run alone.
    evaluator = Evaluator(make_policy("svf"), Admission.LOOKAHEAD, Queue.HEAD_OF_LINE)
    patterns = candidates(200, most)
    instances = [pattern.instance() for pattern in patterns]
    ours = processor_seconds(lambda: [evaluator.evaluate(pattern) for pattern in patterns]) / len(patterns)
    plain = processor_seconds(lambda: [simulate(one, "svf", engine="reference") for one in instances]) / len(instances)
    print(f"\nat most {most} requests: {1 / ours:,.0f} evaluations/s, plain Python {1 / plain:,.0f} runs/s")
    assert ours < plain


def test_keeping_a_search_costs_little(tmp_path: Path) -> None:
    settings = {"evaluations": 3000, "max_requests": 80, "seed": 1}
    search(**settings)
    alone = processor_seconds(lambda: search(**settings))
    kept = processor_seconds(lambda: search(**settings, campaigns=tmp_path))
    print(f"\n{3000 / alone:,.0f} evaluations/s, {3000 / kept:,.0f} when kept")
    assert kept < 1.25 * alone


def test_going_on_is_faster_than_beginning_anew(tmp_path: Path) -> None:
    settings = {"evaluations": 6000, "max_requests": 80, "seed": 1, "campaigns": tmp_path}
    anew = processor_seconds(lambda: search(**settings), repeats=1)
    on = processor_seconds(lambda: search(**settings, renew=False))
    print(f"\n6,000 evaluations: searched in {anew:.2f} s, taken from the journal in {on:.2f} s")
    assert on < anew / 5

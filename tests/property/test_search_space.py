"""Whatever is asked of them, searchers stay in the space, evaluations are sound and searches repeat themselves."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adversaries import SEARCHERS, search
from adversaries.evaluation import Evaluator
from adversaries.packing import fit, interleaving, kinds_of
from adversaries.pattern import Block, Pattern
from adversaries.portfolio import LAG
from adversaries.screening import optimum_at_least
from adversaries.searchers.climbing import Climber
from adversaries.space import Space
from cr_toolkit.errors import CrtoolError
from cr_toolkit.model import Schedule
from cr_toolkit.model.formats import to_json
from cr_toolkit.policies import POLICIES, Admission, Premise, Queue, make_policy
from cr_toolkit.simulation import simulate
from lp_models.bounds import LOWER_BOUNDS


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    memory = draw(st.integers(2, 40))
    blocks = []
    for _ in range(draw(st.integers(1, 7))):
        output = draw(st.integers(1, memory))
        prompt = draw(st.integers(0, memory - output))
        blocks.append(Block(prompt, output, draw(st.integers(1, 4)), draw(st.sampled_from([0, 0, 3, 17]))))
    return Pattern(memory, tuple(blocks), draw(st.integers(1, 3)))


@given(patterns(), st.sampled_from(POLICIES.names()), st.sampled_from(Admission), st.sampled_from(Queue))
@settings(max_examples=150, deadline=None)
def test_evaluation_agrees_with_simulation(pattern: Pattern, name: str, admission: Admission, queue: Queue) -> None:
    kind = POLICIES[name]
    pattern = Space(Fraction(1), False, 1000, premises=kind.premises).fitted(pattern)
    if not kind.rules_apply:
        admission, queue = Admission.LOOKAHEAD, Queue.HEAD_OF_LINE
    instance = pattern.instance()
    assert kind().unmet_premise(instance) is None
    evaluation = Evaluator(make_policy(name), admission, queue).evaluate(pattern)
    run = simulate(instance, name, admission=admission, queue=queue, engine="reference")
    schedule = Schedule(tuple(evaluation.starts.tolist()))
    assert evaluation.cost == run.cost
    assert schedule.violation(instance) is None
    assert schedule.total_latency(instance) == evaluation.upper <= run.cost


@given(patterns(), st.sampled_from(Admission), st.integers(4, 12))
@settings(max_examples=100, deadline=None)
def test_screening_loses_nothing(pattern: Pattern, admission: Admission, quarters: int) -> None:
    evaluator = Evaluator(make_policy("svf"), admission, Queue.HEAD_OF_LINE)
    whole = evaluator.evaluate(pattern)
    assert optimum_at_least(pattern) <= whole.upper
    screened = evaluator.evaluate_above(pattern, Fraction(quarters, 4))
    assert whole.ratio < Fraction(quarters, 4) if screened is None else screened.ratio == whole.ratio


@given(patterns())
@settings(max_examples=100, deadline=None)
def test_screening_bound_is_the_split_bound(pattern: Pattern) -> None:
    burst = Pattern(pattern.memory, tuple(Block(b.prompt, b.output, b.count) for b in pattern.blocks), pattern.repeat)
    exact = LOWER_BOUNDS["split"](burst.instance()).value
    # Offsets are rounded down by less than 2^-20 steps each.
    assert exact - 1 <= optimum_at_least(burst) <= -(-exact // 1)


@given(patterns())
@settings(max_examples=50, deadline=None)
def test_a_known_schedule_is_never_lost(pattern: Pattern) -> None:
    evaluator = Evaluator(make_policy("fcfs"), Admission.PEAK, Queue.HEAD_OF_LINE)
    outputs = pattern.columns().output
    in_a_row = np.cumsum(outputs) - outputs + 17
    evaluation = evaluator.evaluate_above(pattern, Fraction(1), in_a_row)
    assert evaluation is not None
    assert Schedule(tuple(evaluation.starts.tolist())).violation(pattern.instance()) is None
    assert evaluation.upper <= evaluator.evaluate(pattern).upper
    for wrong in (in_a_row[1:], in_a_row - 100_000):
        with pytest.raises(CrtoolError, match="a schedule of another instance"):
            evaluator.evaluate_above(pattern, Fraction(1), wrong)


def test_a_schedule_that_does_not_fit_is_refused() -> None:
    evaluator = Evaluator(make_policy("fcfs"), Admission.PEAK, Queue.HEAD_OF_LINE)
    with pytest.raises(CrtoolError, match="not feasible"):
        evaluator.evaluate_above(Pattern(4, (Block(0, 4, 2),)), Fraction(1), np.zeros(2, np.int64))


@given(st.lists(st.integers(0, 12), min_size=1, max_size=40), st.integers(0, 6), st.integers(1, 8))
def test_fit_is_the_first_place(usage: list[int], prompt: int, output: int) -> None:
    memory = max(14, prompt + output)
    held = np.array([0, *usage, *[0] * (output + 1)], np.int64)

    def fits(start: int) -> bool:
        return all(held[start + k] + prompt + k <= memory for k in range(1, output + 1))

    assert fit(held, prompt, output, 0, memory) == next(start for start in range(len(usage) + 1) if fits(start))


@given(st.integers(0, 20), st.integers(1, 20), st.integers(0, 60))
def test_interleaving_fits(prompt: int, output: int, slack: int) -> None:
    memory = prompt + output + slack
    wide = interleaving(prompt, output, memory, 60)
    count = 4 * wide
    instance = Pattern(memory, (Block(prompt, output, count),)).instance()
    starts = tuple(j * output // wide for j in range(count))
    assert Schedule(starts).violation(instance) is None
    assert wide >= min(60, memory // (prompt + output))
    wider = wide + 1
    assert wider * prompt + sum(-(-k * output // wider) for k in range(1, wider + 1)) > memory or wide == 60
    assert interleaving(prompt, output, memory, 2) == min(wide, 2)


@given(patterns())
def test_kinds_are_the_distinct_requests(pattern: Pattern) -> None:
    columns = pattern.columns()
    kind = kinds_of(*columns).tolist()
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    assert len(set(kind)) == len(set(rows)) == len(set(zip(kind, rows, strict=True)))


SPACES = st.builds(
    Space,
    alpha=st.sampled_from([Fraction(1, 40), Fraction(1, 3), Fraction(1, 2), Fraction(9, 10), Fraction(1)]),
    burst=st.booleans(),
    max_requests=st.sampled_from([1, 2, 7, 60]),
    common_prompt=st.booleans(),
)


@pytest.mark.parametrize("name", [name for name in SEARCHERS.names() if name != "hypothesis"])
@given(seed=st.integers(0, 2**32), space=SPACES)
@settings(max_examples=25, deadline=None)
def test_searchers_propose_what_the_space_admits(name: str, seed: int, space: Space) -> None:
    require_admissible_proposals(name, seed, space)


@given(seed=st.integers(0, 2**32), space=SPACES)
@settings(max_examples=3, deadline=None)
def test_hypothesis_proposes_what_the_space_admits(seed: int, space: Space) -> None:
    # Each proposal costs Hypothesis some milliseconds.
    require_admissible_proposals("hypothesis", seed, space)


def require_admissible_proposals(name: str, seed: int, space: Space) -> None:
    searcher = SEARCHERS[name](space, Random(seed), ())
    random = Random(seed + 1)
    admitted = 0
    for _ in range(60):
        pattern = searcher.ask()
        if space.admits(pattern):
            admitted += 1
            searcher.tell(pattern, 1 + Fraction(random.randint(0, 50), 50))
    # A fresh draw may miss a narrow space; most proposals must not. Most families have several prompts.
    assert admitted >= 30 or space.max_requests < 7 or (space.common_prompt and name == "family")


@given(patterns(), st.integers(1, 9), st.integers(0, 9), st.sampled_from([Fraction(1, 2), Fraction(1)]))
def test_what_is_fitted_stays_as_it_is(pattern: Pattern, least: int, more: int, alpha: Fraction) -> None:
    premises = frozenset({Premise.COMMON_PROMPT})
    space = Space(alpha, False, 1000, True, premises=premises, outputs=(least, least + more))
    fitted = space.fitted(pattern)
    assert space.fitted(fitted) == fitted
    outputs = [block.output for block in fitted.blocks]
    assert least <= min(outputs)
    assert max(outputs) <= least + more
    [prompt] = {block.prompt for block in fitted.blocks}
    room = space.cap(pattern.memory) - max(outputs)
    if len({block.prompt for block in pattern.blocks}) > 1:
        assert prompt == max(0, min(room, max(block.prompt for block in pattern.blocks)))


def test_climber_begins_at_elites_that_suit_it() -> None:
    space = Space(Fraction(1, 2), True, 50)
    good = Pattern(20, (Block(0, 4, 2), Block(9, 1, 2)))
    assert {block.volume for block in good.blocks} == {10}
    kind = SEARCHERS["pattern"]
    assert issubclass(kind, Climber)
    climber = kind(space, Random(0), ())
    assert climber.suits(good)
    assert not climber.suits(Pattern(20, (Block(0, 4), Block(8, 1))))
    assert not climber.suits(Pattern(20, (Block(0, 4, 1, 3),)))


@pytest.mark.parametrize(
    ("policy", "traffic"), [("svf", "burst"), pytest.param("fcfs", "arbitrary", marks=pytest.mark.slow)]
)
def test_same_seed_same_bytes_for_any_number_of_jobs(policy: str, traffic: str) -> None:
    def run(jobs: int) -> tuple[str, object]:
        # More tasks than a plan lags behind, so that later ones are planned from the outcomes of earlier ones.
        result = search(policy, traffic=traffic, evaluations=50 * (LAG + 2), max_requests=10, seed=7, jobs=jobs)
        return to_json(result.best), (result.history, result.evaluations, result.stopped_by)

    assert run(2) == run(1)


@pytest.mark.parametrize("jobs", [1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("searcher", ["bilevel", "map-elites", "scaling", "anneal-lists"])
def test_searchers_repeat_themselves(searcher: str, jobs: int) -> None:
    def run(jobs: int) -> str:
        return to_json(search(searcher=searcher, evaluations=60, max_requests=12, seed=3, jobs=jobs).best)

    assert run(jobs) == run(1)


def test_another_seed_searches_elsewhere() -> None:
    first, second = (search(searcher="random", evaluations=300, seed=seed) for seed in (1, 2))
    assert to_json(first.best) != to_json(second.best)

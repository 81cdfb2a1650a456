"""Shrinking keeps the ratio and leaves nothing that could be cut."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adversaries import FAMILIES
from adversaries.folding import pattern_of
from adversaries.lifting import follow, lift_series, scaled
from adversaries.mutations import Recount, Retype
from adversaries.pattern import Block, Pattern
from adversaries.shrinking import shrink, size_of
from adversaries.subject import Subject
from cr_toolkit.checker import check_file
from cr_toolkit.cli.main import run
from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance
from cr_toolkit.model.formats import read_witness, write_witness
from cr_toolkit.policies import POLICIES, Admission, Queue, make_policy
from tests.brute_force import brute_force_optimum
from tests.strategies import instances


def subject(policy="svf", admission="lookahead"):
    return Subject(policy, {}, Admission(admission), Queue.HEAD_OF_LINE)


def ratio_of(against, pattern):
    return against.evaluator().evaluate(pattern).ratio


@given(instances(max_requests=8))
def test_folding_is_exact_and_finds_the_shortest_repeat(instance):
    pattern = pattern_of(instance)
    assert pattern.instance() == instance
    twice = pattern_of(Instance(instance.memory, instance.requests * 2))
    assert (len(twice.blocks), twice.size) == (len(pattern.blocks), 2 * pattern.size)


def test_a_single_kind_is_one_block():
    assert pattern_of(Instance.burst(6, [(0, 3)] * 8)) == Pattern(6, (Block(0, 3, 8),))


@pytest.mark.parametrize(
    ("policy", "parameters"),
    [
        *((name, {}) for name, kind in POLICIES.items() if kind.premises),
        ("a-min", {"lower": 3}),
        ("a-max", {"upper": 9}),
    ],
)
def test_shrinking_and_lifting_respect_what_the_policy_requires(policy, parameters):
    against = Subject(policy, parameters, Admission.LOOKAHEAD, Queue.HEAD_OF_LINE)
    space = against.space(Fraction(1, 2), burst=True)
    pattern = space.fitted(Pattern(24, (Block(3, 9, 3), Block(2, 4, 6))))
    shrunk = shrink(against, pattern, Fraction(1))
    assert size_of(shrunk.pattern) < size_of(pattern)
    assert shrunk.is_minimal
    lifted = scaled(pattern, against, 60)
    members = [] if lifted is None else [lifted.at(one.k) for one in follow(lifted, against, 60).members]
    for one in (shrunk.pattern, *members):
        assert make_policy(policy, parameters).unmet_premise(one.instance()) is None


def test_a_family_is_followed_where_the_policy_is_defined():
    # Outputs k, of which the policy wants at least 4, or at most 10.
    family = lift_series([Pattern(24 * k, (Block(1, 2 * k, 3), Block(0, 2 * k, 2))) for k in (1, 2, 3)])
    against = Subject("a-min", {"lower": 4}, Admission.LOOKAHEAD, Queue.HEAD_OF_LINE)
    assert [one.k for one in follow(family, against, 60).members][:3] == [4, 6, 8]
    against = Subject("a-max", {"upper": 10}, Admission.LOOKAHEAD, Queue.HEAD_OF_LINE)
    assert [one.k for one in follow(family, against, 60).members] == [1, 2, 3, 4, 6, 8]


def test_few_requests_and_steps_for_a_policy_that_no_compiled_code_runs():
    compiled, interpreted = subject("svf"), subject("mc-sf")
    assert (compiled.most_requests(2_000), interpreted.most_requests(2_000)) == (2_000, 200)
    half = Fraction(1, 2)
    assert compiled.space(half, burst=True).max_requests == 4_000
    space = interpreted.space(half, burst=True)
    assert (space.max_requests, space.max_steps) == (200, 5_000)
    assert interpreted.space(half, True, 3_000).max_requests == 3_000


def test_a_long_first_instance_shrinks_to_its_core():
    pattern = FAMILIES["F8"]().pattern(memory=100, peak=50)
    # Noise that does not matter.
    noisy = Pattern(101, (Block(7, 3), *pattern.blocks, Block(1, 1, 2)))
    against = subject("fcfs")
    shrunk = shrink(against, noisy, Fraction(4), alpha=Fraction(1, 2))
    assert shrunk.is_minimal
    assert shrunk.ratio >= 4
    assert ratio_of(against, shrunk.pattern) == shrunk.ratio
    assert len(shrunk.pattern.blocks) == 2
    assert size_of(shrunk.pattern) < (30, 120)


@pytest.mark.parametrize(("policy", "admission"), [("svf", "peak"), ("fcfs", "lookahead"), ("sjf", "lookahead")])
def test_the_result_is_one_minimal_by_the_exact_optimum(policy, admission):
    against = subject(policy, admission)
    pattern = Pattern(12, (Block(0, 5, 2), Block(4, 2), Block(0, 5), Block(2, 1, 3), Block(5, 1)))
    threshold = min(Fraction(5, 4), ratio_of(against, pattern))
    assert threshold > 1
    small = shrink(against, pattern, threshold).pattern
    size = size_of(small)
    blocks = small.blocks
    fewer = [Recount(at, block.count - 1) for at, block in enumerate(blocks) if block.count > 1]
    lower = [Retype(at, block.prompt - 1, block.output) for at, block in enumerate(blocks) if block.prompt]
    lower += [Retype(at, block.prompt, block.output - 1) for at, block in enumerate(blocks) if block.output > 1]
    neighbours = [cut.apply(small) for cut in (*fewer, *lower)]
    neighbours += [
        Pattern(small.memory, blocks[:at] + blocks[at + 1 :]) for at in range(len(blocks)) if len(blocks) > 1
    ]
    neighbours.append(Pattern(small.memory - 1, blocks))
    for neighbour in neighbours:
        if neighbour.max_peak * pattern.memory > pattern.max_peak * neighbour.memory:
            continue
        assert size_of(neighbour) < size
        cost = against.evaluator().evaluate(neighbour).cost
        assert Fraction(cost, brute_force_optimum(neighbour.instance())[0]) < threshold


@given(st.integers(2, 5), st.integers(1, 6))
def test_a_regular_shrink_keeps_repeats_and_equal_volumes(height, rounds):
    pattern = FAMILIES["F2"]().pattern(height=height + 2, rounds=rounds)
    against = subject()
    shrunk = shrink(against, pattern, 1 + (ratio_of(against, pattern) - 1) / 2, regular=True, evaluations=60)
    assert len({block.volume for block in shrunk.pattern.blocks}) == 1
    assert len(shrunk.pattern.blocks) <= 2


def test_a_budget_ends_it_and_interrupts_keep_what_was_found():
    pattern = FAMILIES["F8"]().pattern(memory=100, peak=50)
    cut_short = shrink(subject("fcfs"), pattern, Fraction(2), evaluations=3)
    assert (cut_short.evaluations, cut_short.is_minimal) == (3, False)
    with pytest.raises(InputError, match="evaluations"):
        shrink(subject("fcfs"), pattern, Fraction(2), evaluations=0)

    def interrupt(done):
        if done == 5:
            raise KeyboardInterrupt

    interrupted = shrink(subject("fcfs"), pattern, Fraction(2), progress=interrupt)
    assert not interrupted.is_minimal
    assert interrupted.ratio >= 2


def saved(folder, policy, pattern, against=None):
    path = folder / f"{policy}-{pattern.size}-{pattern.memory}.json"
    write_witness(path, (against or subject(policy)).witness(pattern, {}))
    return path


def test_the_command_writes_a_smaller_checked_witness(tmp_path, capsys):
    path = saved(tmp_path, "fcfs", FAMILIES["F8"]().pattern(memory=60, peak=30))
    assert run(["shrink", str(path), "--keep", "1/3", "--format", "json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["requests"][1] < result["requests"][0] == 63
    assert result["minimal"]
    assert check_file(result["witness"]).accepted
    small = read_witness(result["witness"])
    assert Fraction(small.ratio.lower) >= Fraction(read_witness(path).ratio.lower) / 3
    assert run(["shrink", str(path), "--ratio", "2", "-o", str(tmp_path / "two.json")]) == 0
    assert "nothing more can be cut" in capsys.readouterr().out
    assert len(read_witness(tmp_path / "two.json").policy_schedule.start) < result["requests"][1]


def test_what_a_shrink_cannot_do_is_said(tmp_path, capsys):
    path = saved(tmp_path, "fcfs", Pattern(8, (Block(0, 4, 3), Block(0, 1, 4))))
    assert run(["shrink", str(path), "--ratio", "50"]) == 2
    assert "above the ratio" in capsys.readouterr().err
    assert run(["shrink", str(path), "--ratio", "1", "--keep", "1/2"]) == 2
    assert run(["shrink", str(path), "--policy", "svf"]) == 2
    assert "is about fcfs, not svf" in capsys.readouterr().err
    stranger = json.loads(path.read_text())
    stranger["policy"] = {**stranger["policy"], "name": "mine", "order": list(range(7))}
    path.write_text(json.dumps(stranger))
    assert run(["shrink", str(path)]) == 2
    assert "'mine' is not registered; say where it is" in capsys.readouterr().err
    stranger["ratio"]["lower"] = "9"
    path.write_text(json.dumps(stranger))
    assert run(["shrink", str(path)]) == 4

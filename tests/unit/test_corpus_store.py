"""A corpus keeps each instance once, kinds apart, and of the worst only those that nothing dominates."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import permutations
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adversaries.corpus import Kind, RejectedFileError, add, contents, load
from adversaries.corpus.files import accepted
from adversaries.corpus.store import _dominates, content_name, symmetry_key
from adversaries.pattern import Block, Pattern
from cr_toolkit import simulate
from cr_toolkit.cli.main import run
from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance
from cr_toolkit.model.formats import read_witness, to_json, write_witness
from cr_toolkit.policies import Admission, Queue
from cr_toolkit.report.judging import setting_of
from proofs.theorem import THEOREMS
from tests.strategies import instances
from tests.unit.test_shrinking import subject
from tests.witnesses import make_witness


@given(instances(max_requests=5), st.integers(0, 9), st.sampled_from(["svf", "sjf", "fcfs", "svf-1bit"]))
def test_symmetric_instances_have_one_name(instance, seed, policy):
    witness = make_witness(instance, policy)
    run_of = {index: rank for rank, index in enumerate(_order(instance, policy))}
    shuffled = list(range(len(instance)))
    Random(seed).shuffle(shuffled)
    other = Instance(instance.memory, tuple(instance.requests[index] for index in shuffled))
    served = [instance.requests[index] for index in sorted(run_of, key=run_of.__getitem__)]
    other_served = [other.requests[index] for index in _order(other, policy)]
    same = symmetry_key(witness) == symmetry_key(make_witness(other, policy))
    assert same == (served == other_served)
    if same:
        assert witness.policy_schedule.cost == make_witness(other, policy).policy_schedule.cost


def _order(instance, policy):
    return simulate(instance, policy).order


def test_rules_and_memory_are_part_of_the_name():
    small, large = Instance.burst(6, [(0, 3), (1, 2)]), Instance.burst(7, [(0, 3), (1, 2)])
    names = {content_name(make_witness(i, p, admission=a)) for i in (small, large) for p in ("svf", "sjf")
             for a in ("lookahead", "peak")}  # fmt: skip
    assert len(names) == 8


def fcfs(memory, short):
    peak = memory // 2
    return subject("fcfs").witness(Pattern(memory, (Block(0, peak, 3), Block(0, 1, short))), {})


def test_the_worst_are_pruned_by_dominance_and_others_are_not(tmp_path):
    weak, strong = fcfs(12, 2), fcfs(12, 5)
    assert Fraction(weak.ratio.lower) < Fraction(strong.ratio.lower)
    for kind in Kind:
        assert len(add(tmp_path, kind, [weak])) == 1
        assert len(add(tmp_path, kind, [strong])) == 1
        assert add(tmp_path, kind, [strong]) == ()
    found = contents(tmp_path)
    assert [len(found[kind]) for kind in (Kind.VIOLATIONS, Kind.WORST, Kind.REGRESSIONS)] == [2, 1, 2]
    assert add(tmp_path, Kind.WORST, [weak]) == ()
    assert [to_json(one.witness) for one in contents(tmp_path)[Kind.WORST]] == [to_json(strong)]


def test_a_smaller_share_or_another_run_is_not_dominated(tmp_path):
    strong = fcfs(12, 12)
    narrow = subject("fcfs").witness(Pattern(12, (Block(0, 4, 4), Block(0, 1, 12))), {})
    other = make_witness(Instance.burst(12, [(0, 6)] * 3 + [(0, 1)] * 12), "svf")
    assert len(add(tmp_path, Kind.WORST, (strong, narrow, other))) == 3
    assert len(contents(tmp_path)[Kind.WORST]) == 3


def test_other_parameters_are_another_run(tmp_path):
    instance = Instance.burst(12, [(0, 6)] * 3 + [(0, 1)] * 12)
    witnesses = [make_witness(instance, "mc-sf", parameters={"error": error}) for error in (1, 2, 8)]
    assert len(add(tmp_path, Kind.WORST, witnesses)) == 3
    kept = contents(tmp_path)[Kind.WORST]
    assert len(kept) == len({one.ratio for one in kept}) == 3
    plain = [one for one in kept if one.is_run("mc-sf", Admission.LOOKAHEAD, Queue.HEAD_OF_LINE)]
    # 1 is what the policy has by itself.
    assert [one.witness.policy.parameters["error"] for one in plain] == [1]


def test_a_parameter_that_the_policy_chooses_makes_no_other_run(tmp_path):
    made = [make_witness(Instance.burst(2 * long, [(0, long)] * 3 + [(0, 1)] * 12), "svf-1bit") for long in (6, 16)]
    assert len({witness.policy.parameters["threshold"] for witness in made}) == 2
    came = add(tmp_path, Kind.WORST, made)
    [left] = load(tmp_path)
    assert [one.path for one in came] == [left.path]
    assert left.is_run("svf-1bit", Admission.LOOKAHEAD, Queue.HEAD_OF_LINE)


def test_a_witness_that_other_theorems_speak_of_is_not_dominated(tmp_path):
    mixed = subject("fcfs").witness(Pattern(12, (Block(1, 5, 3), Block(0, 1, 24))), {})
    common = subject("fcfs").witness(Pattern(12, (Block(2, 4, 3), Block(2, 1, 24))), {})
    exact = subject("fcfs").witness(Pattern(12, (Block(1, 5, 3), Block(0, 1, 4))), {})
    assert exact.ratio.lower == exact.ratio.upper
    assert mixed.ratio.lower != mixed.ratio.upper
    ratios = [Fraction(one.ratio.lower) for one in (mixed, common, exact)]
    assert ratios[0] == max(ratios)
    assert len(add(tmp_path, Kind.WORST, (mixed, common, exact))) == 3
    # The smaller ratio goes when nothing is left that it alone shows.
    worse = subject("fcfs").witness(Pattern(12, (Block(2, 4, 3), Block(2, 1, 12))), {})
    assert Fraction(worse.ratio.lower) > Fraction(common.ratio.lower)
    add(tmp_path, Kind.WORST, [worse])
    assert len(load(tmp_path)) == 3


@given(st.lists(instances(max_requests=4), min_size=2, max_size=5), st.sampled_from(["svf", "mc-sf", "fcfs"]))
def test_whatever_theorem_speaks_of_a_witness_speaks_of_what_dominates_it(some, policy):
    kept = [accepted(Path(content_name(one)), one) for one in (make_witness(instance, policy) for instance in some)]
    for one, other in permutations(kept, 2):
        if _dominates(one, other):
            assert one.ratio >= other.ratio
            setting = setting_of(other.witness)
            for theorem in THEOREMS:
                if theorem.failed_hypothesis(other.witness.instance.to_instance(), setting) is None:
                    assert theorem.failed_hypothesis(one.witness.instance.to_instance(), setting) is None


def test_the_better_bracket_of_an_instance_stays(tmp_path):
    instance = Instance.burst(11, [(3, 3), (4, 3), (0, 10)])
    loose = make_witness(instance, "svf", better="svf")
    tight = subject("svf").witness(Pattern(11, (Block(3, 3), Block(4, 3), Block(0, 10))), {})
    assert symmetry_key(loose) == symmetry_key(tight)
    assert Fraction(loose.ratio.lower) < Fraction(tight.ratio.lower)
    [first] = add(tmp_path, Kind.REGRESSIONS, [loose])
    [second] = add(tmp_path, Kind.REGRESSIONS, [tight])
    assert second.path == first.path
    assert add(tmp_path, Kind.REGRESSIONS, [loose]) == ()
    assert to_json(contents(tmp_path)[Kind.REGRESSIONS][0].witness) == to_json(tight)


def test_nothing_unverified_or_misnamed_gets_in(tmp_path):
    witness = fcfs(12, 4)
    path = add(tmp_path, Kind.WORST, [witness])[0].path
    path.rename(path.with_name("other.json"))
    with pytest.raises(RejectedFileError, match="must be named fcfs-"):
        contents(tmp_path)
    broken = json.loads(path.with_name("other.json").read_text())
    broken["ratio"]["lower"] = "99"
    path.write_text(json.dumps(broken))
    with pytest.raises(RejectedFileError, match="rejected by the checker"):
        contents(tmp_path)
    with pytest.raises(RejectedFileError, match="a new witness"):
        add(tmp_path, Kind.VIOLATIONS, [read_witness(path)])


def test_loose_files_are_no_corpus(tmp_path):
    with pytest.raises(InputError, match="is not a folder"):
        load(tmp_path / "none")
    assert load(tmp_path) == ()
    write_witness(tmp_path / "w.json", fcfs(12, 4))
    with pytest.raises(InputError, match="no folder of a kind"):
        load(tmp_path)


def test_the_command_adds_and_lists(tmp_path, capsys):
    corpus, source = tmp_path / "corpus", tmp_path / "w.json"
    write_witness(source, fcfs(12, 12))
    assert run(["corpus", str(corpus)]) == 2
    assert "is not a folder" in capsys.readouterr().err
    corpus.mkdir()
    assert run(["corpus", str(corpus)]) == 2
    assert "holds no witness" in capsys.readouterr().err
    assert run(["corpus", str(corpus), str(source)]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[-1] == "new"
    assert run(["corpus", str(corpus), str(source), "--format", "json"]) == 0
    [file] = json.loads(capsys.readouterr().out)["files"]
    assert (file["kind"], file["policy"], file["added"]) == ("worst", "fcfs", False)

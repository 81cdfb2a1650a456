"""`theorem check`, `theorem show` with its proof, and `explain`."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest

from adversaries.corpus import SHIPPED, load
from cr_toolkit.cli.commands.theorem import check
from cr_toolkit.cli.main import run
from cr_toolkit.model import Instance
from cr_toolkit.report.results.proving import ExplainResult, TheoremCheck, TheoremList
from proofs.check import DEFAULT_INSTANCES
from proofs.lemma import LEMMAS, Row
from tests.witnesses import keep_witness, save_witness

SIZES = [(0, 4)] * 6 + [(3, 2)] * 4 + [(1, 1)] * 3


@pytest.fixture
def witness(tmp_path):
    path = tmp_path / "witness.json"
    save_witness(path, Instance.burst(10, SIZES))
    return str(path)


def test_check_of_all_theorems_as_text(capsys):
    assert run(["theorem", "check", "--no-corpus", "--instances", "30"]) == 0
    out = capsys.readouterr().out
    assert "all is well: 11 theorems proved here" in out
    assert "on 30 instances" in out
    assert "claiming none: amax-interval" in out


def test_check_of_one_theorem_as_json(capsys):
    assert (
        run(["theorem", "check", "--no-corpus", "svf-burst", "--instances", "20", "--seed", "5", "--format", "json"])
        == 0
    )
    result = msgspec.json.decode(capsys.readouterr().out, type=TheoremCheck)
    assert result.passed
    assert (result.theorems, result.instances, result.seed) == (("svf-burst",), 20, 5)
    assert {lemma.id for lemma in result.lemmas} >= {"waiting", "volume-bound", "svf-burst"}
    assert all(lemma.steps > 0 and lemma.rows > 0 for lemma in result.lemmas)


def test_a_broken_lemma_exits_with_4_and_names_the_instance(capsys, monkeypatch):
    LEMMAS.names()
    broken = replace(LEMMAS["waiting"], rows=lambda trial: [Row("request 1", 1, 0)])
    monkeypatch.setitem(LEMMAS._things, "waiting", broken)
    assert run(["theorem", "check", "--no-corpus", "svf-burst", "--instances", "20"]) == 4
    out = capsys.readouterr().out
    assert "problem: waiting: broken at request 1: 1 > 0" in out
    assert "on memory" in out
    assert run(["theorem", "check", "--no-corpus", "svf-burst", "--instances", "20", "--format", "json"]) == 4
    (problem,) = msgspec.json.decode(capsys.readouterr().out, type=TheoremCheck).problems
    assert problem.lemma == "waiting"
    assert problem.instance is not None


def test_a_lemma_that_breaks_on_the_corpus_alone_is_caught(capsys, monkeypatch, tmp_path):
    keep_witness(tmp_path, Instance.burst(997, [(0, 6), (2, 3), (5, 1)]))
    monkeypatch.setattr("adversaries.corpus.SHIPPED", tmp_path)
    LEMMAS.names()
    rows = LEMMAS["waiting"].rows
    broken = replace(LEMMAS["waiting"], rows=lambda t: [Row("here", 1, 0)] if t.memory == 997 else rows(t))
    monkeypatch.setitem(LEMMAS._things, "waiting", broken)
    assert run(["theorem", "check", "svf-burst", "--instances", "20", "--no-corpus"]) == 0
    capsys.readouterr()
    assert run(["theorem", "check", "svf-burst", "--instances", "20"]) == 4
    assert "problem: waiting: broken at here: 1 > 0" in capsys.readouterr().out


def test_the_default_check_generates_ten_thousand():
    assert {option.name: option.default for option in check.params}["instances"] == DEFAULT_INSTANCES == 10_000


@pytest.mark.slow
def test_the_shipped_corpus_breaks_no_lemma(capsys):
    assert run(["theorem", "check", "--instances", "24"]) == 0
    assert f"on {24 + len(load(SHIPPED))} instances" in capsys.readouterr().out


def test_check_refuses_an_unknown_theorem(capsys):
    assert run(["theorem", "check", "svf-brust"]) == 2
    assert "svf-burst" in capsys.readouterr().err


def test_show_lists_the_proof_premises_first(capsys):
    assert run(["theorem", "show", "svf-burst", "--format", "json"]) == 0
    (theorem,) = msgspec.json.decode(capsys.readouterr().out, type=TheoremList).theorems
    names = [lemma.id for lemma in theorem.lemmas]
    assert names[-1] == "svf-burst"
    assert all(names.index(used) < place for place, lemma in enumerate(theorem.lemmas) for used in lemma.uses)
    assert run(["theorem", "show", "svf-burst"]) == 0
    out = capsys.readouterr().out
    assert all(name in out for name in names)
    assert run(["theorem", "show", "fcfs"]) == 0
    assert "not here" in capsys.readouterr().out


def test_explain_as_json(witness, capsys):
    assert run(["explain", witness, "--format", "json"]) == 0
    result = msgspec.json.decode(capsys.readouterr().out, type=ExplainResult)
    assert {theorem.id for theorem in result.theorems} == {
        "svf-burst",
        "svf-burst-centroid",
        "svf-burst-half",
        "svf-burst-lookahead",
        "svf-burst-sharp",
    }
    assert all(theorem.loses_most in {step.lemma for step in theorem.steps} for theorem in result.theorems)
    assert {name for theorem in result.theorems for name in theorem.proof} == {lemma.id for lemma in result.lemmas}
    assert all(lemma.broken == 0 for lemma in result.lemmas)


def test_explain_as_text_names_steps_and_slack(witness, capsys):
    assert run(["explain", witness, "--theorem", "svf-burst"]) == 0
    out = capsys.readouterr().out
    assert "accepted by the checker" in out
    assert "loses most: " in out
    assert "peak-rectangle" in out
    assert "svf-burst-sharp" not in out


@pytest.mark.parametrize("form", ["svg", "png"])
def test_explain_draws(witness, tmp_path, capsys, form):
    picture = tmp_path / f"why.{form}"
    assert run(["explain", witness, "-o", str(picture)]) == 0
    data = picture.read_bytes()
    assert data.startswith(b"<?xml" if form == "svg" else b"\x89PNG")
    assert run(["explain", witness, "-o", str(picture)]) == 0
    assert picture.read_bytes() == data


def test_explain_refuses_what_it_cannot_explain(witness, tmp_path, capsys):
    late = tmp_path / "late.json"
    save_witness(late, Instance.from_triples(10, [(0, 1, 3), (2, 1, 3)]))
    for arguments, reason in (
        ([str(late)], "policy svf is bounded by no theorem"),
        ([witness, "--theorem", "svf1-burst"], "it is about the policy svf-1bit"),
        ([witness, "--theorem", "svf-burst-peak"], "does not apply"),
        ([witness, "-o", "why.gif"], "must end in .svg or .png"),
    ):
        assert run(["explain", *arguments]) == 2
        shown = capsys.readouterr()
        assert shown.out == ""
        assert reason in shown.err


def test_a_witness_that_the_checker_rejects_is_not_explained(witness, capsys):
    with open(witness) as file:
        data = json.load(file)
    data["policy_schedule"]["cost"] += 1
    with open(witness, "w") as file:
        json.dump(data, file)
    assert run(["explain", witness]) == 4
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "rejected the witness" in shown.err


def test_what_the_checker_refuses_ends_in_4_before_anything_is_read_from_it(witness, capsys):
    with open(witness) as file:
        data = json.load(file)
    del data["policy"]["parameters"]["admission"]
    with open(witness, "w") as file:
        json.dump(data, file)
    assert run(["explain", witness]) == 4
    assert "rejected the witness" in capsys.readouterr().err

"""`crtool taxonomy`: the table, its verification, and what makes it fail."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import msgspec
import pytest

from adversaries.corpus import SHIPPED, Point, best_at, load
from cr_toolkit import Instance
from cr_toolkit.cli.main import run
from cr_toolkit.policies import POLICIES, Admission, Queue
from cr_toolkit.report import taxonomy as report
from cr_toolkit.report.results.taxonomy import TaxonomyResult
from cr_toolkit.report.wording import decimal
from proofs.cells import contradictions
from proofs.theorem import THEOREMS
from proofs.verdict import Judgement, Verdict
from tests.witnesses import keep_witness


@pytest.fixture(autouse=True)
def small(monkeypatch, tmp_path):
    """A corpus that is read at once."""
    keep_witness(tmp_path, Instance.burst(12, [(0, 6), (2, 3), (5, 1)]))
    monkeypatch.setattr("adversaries.corpus.SHIPPED", tmp_path)


@pytest.fixture
def quick(monkeypatch):
    """Every search returns what one search found."""
    found = report.search("svf", evaluations=1, searcher="random")
    monkeypatch.setattr(report, "search", lambda *_, **__: found)
    return found


def taxonomy(capsys, *arguments, code=0):
    assert run(["taxonomy", *map(str, arguments)]) == code
    return capsys.readouterr()


def decoded(capsys, *arguments, code=0):
    return msgspec.json.decode(taxonomy(capsys, *arguments, "--format", "json", code=code).out, type=TaxonomyResult)


def test_the_worst_witnesses_that_are_shipped_hold(capsys, monkeypatch):
    monkeypatch.undo()
    out = taxonomy(capsys).out
    shipped = load(SHIPPED)
    assert f"{len(shipped)} witness files, all accepted by the checker" in out
    (line,) = (line for line in out.splitlines() if line.split()[:3] == ["svf", "lookahead", "head-of-line"])
    worst = best_at(load(SHIPPED), Point("svf", Admission.LOOKAHEAD, Queue.HEAD_OF_LINE, Fraction(1, 2)))
    assert worst is not None
    assert line.split()[-2:] == [decimal(worst.ratio, towards="down"), "holds"]


def test_the_table_shows_every_cell_and_every_row(capsys):
    out = taxonomy(capsys).out
    assert "information full, traffic burst, alpha <= 1/2" in out
    assert "best known bound: <= 3.5000 (svf-burst-lookahead)" in out
    assert "for every policy: Omega(sqrt(n)) (any-arbitrary, from full, arbitrary)" in out
    assert "all accepted by the checker" in out
    result = decoded(capsys)
    named = {bound.id for cell in result.cells for row in cell.rows for bound in row.bounds}
    everybody = {bound.id for cell in result.cells for bound in cell.below}
    assert named | everybody == set(THEOREMS.names())
    assert {row.policy for cell in result.cells for row in cell.rows} >= set(POLICIES.names())
    assert (result.demonstrations, result.searches, result.violated) == ((), 0, ())


def test_policies_that_are_not_registered_are_shown(capsys):
    rows = [row for cell in decoded(capsys).cells for row in cell.rows]
    for row in rows:
        assert row.available is (row.policy in POLICIES)
        assert (row.verdict == "not available") is (not row.available)
    assert "class-based-area" in {row.policy for row in rows if not row.available}


def test_the_worst_ratio_does_not_fall_as_the_share_grows(capsys):
    worst = [
        {
            (cell.traffic, cell.information, row.policy, row.admission, row.queue): row.ratio
            for cell in table.cells
            for row in cell.rows
        }
        for table in (decoded(capsys, "--alpha", share) for share in ("1/4", "1/3", "1/2"))
    ]
    for small, large in pairwise(worst):
        for row, ratio in small.items():
            assert ratio is None or Fraction(large[row]) >= Fraction(ratio), row


def test_the_share_decides(capsys):
    assert "best known bound: = 3.0000 (svf-burst-tight)" in taxonomy(capsys, "--alpha", "1/3").out
    assert "best known bound: = 8.0000 (svf-burst-tight)" in taxonomy(capsys, "--alpha", "3/4").out
    result = decoded(capsys, "--alpha", "0.51")
    (skipping,) = (row for cell in result.cells for row in cell.rows if row.queue == "skipping")
    assert skipping.verdict == "unbounded"
    assert run(["taxonomy", "--alpha", "2"]) == 2


def test_verification_searches_every_available_policy_and_demonstrates(capsys):
    result = decoded(capsys, "--verify", "--evaluations", 2)
    assert result == decoded(capsys, "--verify", "--evaluations", 2)
    searched = [row for cell in result.cells if cell.traffic in ("burst", "arbitrary") for row in cell.rows]
    assert all(row.ratio is not None for row in searched if row.available and not row.note)
    assert result.searches == sum(len(row.admission) for row in searched if row.available and not row.note)
    verdicts = {(row.policy, row.queue, *row.admission): row.verdict for row in result.cells[0].rows}
    assert verdicts["svf", "head-of-line", "lookahead"] == verdicts["svf", "head-of-line", "peak"] == "holds"
    assert verdicts["sjf", "head-of-line", "lookahead", "peak"] == "unbounded"
    assert not any(one.shown is False for one in result.demonstrations)
    assert {one.theorem for one in result.demonstrations} >= {"fcfs", "sjf", "svf-skipping", "any-arbitrary"}


def test_a_violation_is_exit_code_one(capsys, monkeypatch):
    broken = Judgement("svf-burst", Fraction(1), Verdict.VIOLATED, "it was made up")
    monkeypatch.setattr(report, "judge_witness", lambda witness, bounds: (broken,))
    out = taxonomy(capsys, code=1).out
    assert "VIOLATED: svf-burst: it was made up" in out
    assert "violated" in out


def test_a_demonstration_that_fails_is_exit_code_four(capsys, monkeypatch, quick):
    monkeypatch.setattr(report, "grows", lambda points: False)
    assert "NOT SHOWN: fcfs" in taxonomy(capsys, "--verify", "--evaluations", 1, code=4).out


def test_contradicting_theorems_are_exit_code_four(capsys, monkeypatch):
    lie = replace(THEOREMS["svf-burst"], id="lie", share_bound=lambda alpha: Fraction(2))
    monkeypatch.setattr(report, "contradictions", lambda shares: contradictions(shares, (*THEOREMS, lie)))
    err = taxonomy(capsys, code=4).err
    assert "theorems contradict each other: at alpha" in err
    assert "lie gives 2, below the" in err


def test_an_interrupted_search_keeps_what_it_has(capsys, monkeypatch, quick):
    monkeypatch.setattr(report, "search", lambda *_, **__: replace(quick, stopped_by="interrupted"))
    out = taxonomy(capsys, "--verify", code=130).out
    assert "all accepted by the checker, 1 search\n" in out


@pytest.mark.parametrize("name", ["taxonomy"])
def test_the_schema_is_there(capsys, name):
    assert run(["schema", name]) == 0
    assert "crtool/taxonomy/1" in capsys.readouterr().out

"""`crtool search`: its budgets and where it starts."""

from __future__ import annotations

import json
from fractions import Fraction

from cr_toolkit.cli.main import run
from cr_toolkit.cli.options import BUDGETS
from cr_toolkit.model.formats import read_witness


def searched(capsys, tmp_path, *options):
    fixed = ("search", "--policy", "svf", "--jobs", "1", "--format", "json", "--out", str(tmp_path / "found"))
    assert run([*fixed, *map(str, options)]) == 0
    result = json.loads(capsys.readouterr().out)
    return result, read_witness(result["best"]["witness"])


def test_a_budget_is_a_number_of_evaluations(capsys, tmp_path, monkeypatch):
    assert BUDGETS["quick"] < BUDGETS["standard"] < BUDGETS["deep"]
    monkeypatch.setitem(BUDGETS, "quick", 120)
    result, _ = searched(capsys, tmp_path, "--budget", "quick", "--max-requests", 60)
    assert result["evaluations"] == 120


def test_a_budget_and_a_number_of_evaluations_exclude_each_other(capsys):
    assert run(["search", "--policy", "svf", "--budget", "quick", "--evaluations", "5"]) == 2
    assert "exclude each other" in capsys.readouterr().err


def test_max_requests_and_no_seeds_are_obeyed(capsys, tmp_path):
    options = ("--evaluations", 200, "--alpha", "3/4")
    small, witness = searched(capsys, tmp_path, *options, "--max-requests", 30)
    assert len(witness.policy_schedule.start) <= 30
    scratch, witness = searched(capsys, tmp_path, *options, "--no-seeds")
    assert witness.provenance["searcher"] == "auto"
    seeded, _ = searched(capsys, tmp_path, *options)
    ratios = [Fraction(result["best"]["ratio"]["lower"]) for result in (small, scratch, seeded)]
    assert ratios[2] == max(ratios)
    assert ratios[2] > Fraction(5, 2)


def test_one_prompt_for_all(capsys, tmp_path):
    _, witness = searched(capsys, tmp_path, "--common-prompt", "--evaluations", 300, "--max-requests", 30)
    assert len({request.prompt for request in witness.instance.requests}) == 1
    assert Fraction(witness.ratio.lower) > 1


def test_arbitrary_traffic_is_searched_and_theorems_on_bursts_stay_silent(capsys, tmp_path):
    options = ("--traffic", "arbitrary", "--searcher", "hill", "--evaluations", 300, "--max-requests", 30)
    result, witness = searched(capsys, tmp_path, *options)
    assert result["traffic"] == "arbitrary"
    assert any(request.arrival for request in witness.instance.requests)
    assert result["theorems"] == []

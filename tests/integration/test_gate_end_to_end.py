"""The gate as CI runs it: exit codes, corpus, profiles and reports."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import pytest

from cr_toolkit import Instance
from cr_toolkit.cli.main import run
from tests.witnesses import save_witness

OWN = """
from cr_toolkit.policies import FullView, PriorityPolicy

class Largest(PriorityPolicy):
    def priority(self, request: FullView) -> int:
        return -request.volume
"""
COMB = Instance.burst(47, [*[(0, 6)] * 5, (20, 1)] * 6)


@pytest.fixture
def project(tmp_path, monkeypatch, capsys):
    """Return a function that writes [tool.crtool], runs the gate and returns (exit code, output, errors)."""
    (tmp_path / "own.py").write_text(OWN)
    (tmp_path / "corpus" / "worst").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)

    def gate(table, *options):
        (tmp_path / "pyproject.toml").write_text(f"[tool.crtool]\n{table}\n")
        code = run(["gate", *options])
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return gate


def test_a_sound_policy_passes_corpus_and_search(project, tmp_path):
    save_witness(tmp_path / "corpus" / "worst" / "comb.json", COMB, admission="peak")
    table = 'policies = ["svf", {name = "svf", admission = "peak"}]\ncorpus = "corpus"\nevaluations = 60'
    code, out, _ = project(table, "--format", "json")
    result = json.loads(out)
    assert (code, result["passed"], result["profile"]) == (0, True, None)
    assert [check["group"] for check in result["checks"]] == ["corpus"] * 2 + ["search"] * 2
    assert {check["verdict"] for check in result["checks"]} == {"holds"}
    assert all(
        (tmp_path / folder / "best.json").exists() for folder in ("crtool-out/gate-0-svf", "crtool-out/gate-1-svf")
    )


def test_a_bound_broken_on_the_corpus_fails_without_any_search(project, tmp_path):
    save_witness(tmp_path / "corpus" / "worst" / "comb.json", COMB, admission="peak")
    table = 'policies = [{name = "svf", admission = "peak"}]\ncorpus = "corpus"\nevaluations = 0\nbounds = ["6/5"]'
    code, out, _ = project(table, "--junit", "gate.xml")
    assert code == 1
    assert "VIOLATED" in out
    assert "gate failed: 1 violated, 0 rejected (1 check)" in out
    assert ET.parse(tmp_path / "gate.xml").find("testsuite").get("failures") == "1"


def test_the_policy_is_run_anew_on_kept_instances(project, tmp_path):
    # The witness was found against svf; the project's own policy is far worse on the same instance.
    many = Instance.burst(40, [(0, 20)] * 3 + [(0, 1)] * 300)
    save_witness(tmp_path / "corpus" / "worst" / "kept.json", many)
    table = 'policies = ["own.py:Largest"]\ncorpus = "corpus"\nevaluations = 0\nbounds = [2]'
    code, out, _ = project(table)
    assert code == 1
    assert "own.py:Largest (lookahead, head-of-line) on kept.json" in out
    assert project(table.replace("own.py:Largest", "svf"))[0] == 0


def test_a_search_that_breaks_a_bound_fails_as_junit(project):
    table = 'policies = ["own.py:Largest"]\nevaluations = 100\nbounds = [5]'
    code, out, _ = project(table, "--format", "junit")
    assert code == 1
    case = ET.fromstring(out).find("testsuite/testcase")
    assert case.get("name") == "own.py:Largest (lookahead, head-of-line), searched"
    assert "violated, bound 5" in case.find("failure").get("message")


def test_a_tampered_corpus_file_is_rejected(project, tmp_path):
    kept = tmp_path / "corpus" / "worst" / "comb.json"
    save_witness(kept, COMB)
    kept.write_text(kept.read_text().replace('"alpha":"21/47"', '"alpha":"20/47"'))
    (tmp_path / "corpus" / "worst" / "noise.json").write_text("{")
    code, out, _ = project('policies = ["svf"]\ncorpus = "corpus"\nevaluations = 0')
    assert code == 4
    assert out.count("REJECTED") == 2
    assert "alpha" in out


def test_a_folder_of_loose_files_is_no_corpus(project, tmp_path):
    save_witness(tmp_path / "loose" / "comb.json", COMB)
    code, _, err = project('policies = ["svf"]\ncorpus = "loose"\nevaluations = 0')
    assert code == 2
    assert "holds files but no folder of a kind" in err


def test_instances_beyond_alpha_are_out_of_scope_and_decide_nothing(project, tmp_path):
    save_witness(tmp_path / "corpus" / "worst" / "comb.json", COMB)
    code, out, _ = project('policies = ["svf"]\ncorpus = "corpus"\nevaluations = 0\nalpha = "1/4"')
    assert code == 3
    assert "memory share 21/47 is above 1/4" in out


def test_nothing_to_check_decides_nothing(project):
    assert project('policies = ["svf"]\nevaluations = 0')[0] == 3


def test_a_profile_is_used(project):
    table = 'policies = ["svf"]\nevaluations = 100000000\n[tool.crtool.profiles.ci]\nevaluations = 30'
    code, out, _ = project(table, "--profile", "ci", "--format", "json")
    assert (code, json.loads(out)["profile"]) == (0, "ci")


def test_only_the_named_theorems_are_held(project, tmp_path):
    save_witness(tmp_path / "corpus" / "worst" / "comb.json", COMB)
    table = 'policies = ["svf", "sjf"]\ncorpus = "corpus"\nevaluations = 0\ntheorems = ["svf-burst-half"]'
    code, out, _ = project(table)
    assert code == 0
    assert "svf-burst-half: holds" in out
    assert "svf-burst:" not in out


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('policies = ["svf"]\nevalutions = 3', "did you mean 'evaluations'?"),
        ('policies = ["svff"]', "did you mean 'svf'?"),
        ('policies = ["own.py:Lost"]', "defines no Policy called 'Lost'"),
        ('policies = ["svf"]\ncorpus = "nowhere"', "nowhere is not a folder"),
        ('policies = ["svf"]\ntheorems = ["svf-brust"]', "did you mean 'svf-burst'?"),
        ('policies = ["sjf"]\ntheorems = ["svf-burst"]', "speaks of none of the policies"),
        ('policies = [{name = "svf", parameters = {x = 1}}]', "is not a parameter of svf"),
    ],
)
def test_a_wrong_configuration_is_one_sentence(table, said, project):
    code, out, err = project(table)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1


def test_without_configuration_the_gate_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(["gate"]) == 2
    assert "no pyproject.toml with a table [tool.crtool]" in capsys.readouterr().err

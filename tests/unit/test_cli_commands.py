"""The commands that need no search: what they print, and how they refuse."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pytest

from cr_toolkit.cli.main import run
from cr_toolkit.model import Instance
from cr_toolkit.model.formats import write_instance
from cr_toolkit.report.results.checking import CheckResult
from cr_toolkit.report.results.proving import TheoremList
from cr_toolkit.report.results.running import RunResult
from cr_toolkit.report.schemas import SCHEMAS

GOLDEN = [(0, 10), (4, 3), (3, 3)]
POLICY = """
from cr_toolkit.policies import FullView, PriorityPolicy

class Last(PriorityPolicy):
    def priority(self, request: FullView):
        return -request.volume

class Broken(PriorityPolicy):
    def priority(self, request: FullView):
        return request.secret

NotAPolicy = 3
"""


@pytest.fixture
def golden(tmp_path):
    path = tmp_path / "golden.json"
    write_instance(path, Instance.burst(11, GOLDEN))
    return str(path)


@pytest.fixture
def own(tmp_path):
    path = tmp_path / "own.py"
    path.write_text(POLICY)
    return str(path)


def refused(capsys, *arguments):
    """Run, require exit code 2 with one sentence on standard error, and return the sentence."""
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("crtool: ")
    assert shown.err.count("\n") == 1
    return shown.err


def test_run_as_json_is_exactly_the_format(golden, capsys):
    assert run(["run", golden, "--policy", "svf", "--format", "json"]) == 0
    out = capsys.readouterr().out
    assert json.loads(out) == {"format": "crtool/run/1", "policy": "svf", "cost": 21, "start": [3, 2, 0]}
    assert msgspec.json.decode(out, type=RunResult).cost == 21


def test_run_as_text_names_cost_memory_and_latency(golden, capsys):
    assert run(["run", golden, "--policy", "svf"]) == 0
    out = capsys.readouterr().out
    for fact in ("21 steps", "mean 7.00", "median 5", "P95 13", "11 of 11 tokens", "3 2 0", "lookahead, head-of-line"):
        assert fact in out


def test_run_obeys_admission_queue_and_parameters(tmp_path, capsys):
    path = tmp_path / "i.json"
    # Lookahead starts both at once, peak does not: the peaks 3 and 3 never meet.
    write_instance(path, Instance.burst(5, [(2, 1), (0, 3)]))
    costs = []
    for rule in ("lookahead", "peak"):
        run(["run", str(path), "--policy", "fcfs", "--admission", rule, "--format", "json"])
        costs.append(json.loads(capsys.readouterr().out)["cost"])
    assert costs == [4, 5]
    assert run(["run", str(path), "--policy", "svf-1bit", "--param", "threshold=2", "--queue", "skipping"]) == 0
    assert "lookahead, skipping, threshold=2" in capsys.readouterr().out


def test_run_names_stopped_attempts_and_choices(tmp_path, capsys):
    path = str(tmp_path / "mixed.json")
    write_instance(path, Instance.burst(12, [(2, 4), (2, 1), (2, 9), (2, 3), (2, 1)]))
    assert run(["run", path, "--policy", "a-min", "--param", "lower=1"]) == 0
    printed = capsys.readouterr().out
    assert "stopped        3 attempts, 4 tokens lost; 3: 0-2 3: 5-6 3: 6-7\n" in printed
    assert "choice         of equal estimates, the later request is stopped first" in printed
    assert run(["run", path, "--policy", "a-min", "--param", "lower=1", "--format", "json"]) == 0
    result = msgspec.json.decode(capsys.readouterr().out, type=RunResult)
    stopped = [(attempt.request, attempt.start, attempt.end) for attempt in result.stopped]
    assert stopped == [(3, 0, 2), (3, 5, 6), (3, 6, 7)]
    assert run(["run", path, "--policy", "sps"]) == 2
    assert "policy sps needs one common output, and the outputs are 1 to 9" in capsys.readouterr().err


def test_run_takes_a_policy_of_the_user(golden, own, capsys):
    assert run(["run", golden, "--policy", f"{own}:Last", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["policy"] == "Last"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--policy", "svff"], "did you mean 'svf'?"),
        (["--policy", "svf", "--param", "x=1"], "is not a parameter of svf"),
        (["--policy", "svf", "--param", "x"], "not NAME=VALUE"),
        (["--policy", "svf-1bit", "--param", "long=1", "--param", "long=2"], "given twice"),
        (["--policy", "svf-1bit", "--param", "threshold=0"], "must be >= 1"),
        (["--policy", "svf", "--admission", "optimistic"], "optimistic"),
        (["--policy", "svf", "--format", "yaml"], "yaml"),
        (["--policy", "nowhere.py:Mine"], "is not a file"),
        (["--policy", "nowhere.py"], "nowhere.py names no class; write FILE.py:CLASS"),
        (["--policy", "OWN:Missing"], "defines no Policy called 'Missing'"),
        (["--policy", "OWN:NotAPolicy"], "defines no Policy"),
        (["--policy", "OWN:Broken"], "AttributeError"),
        ([], "--policy"),
    ],
)
def test_run_refuses_wrong_options(options, said, golden, own, capsys):
    options = [option.replace("OWN", own) for option in options]
    assert said in refused(capsys, "run", golden, *options)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("{", "not valid JSON"),
        ("[]", "object"),
        ('{"format": "crtool/instance/1", "memory": 5}', "requests"),
        (
            '{"format": "crtool/instance/1", "memory": 5, "requests": [{"prompt": 3, "output": 3}]}',
            "more than the memory",
        ),
        ('{"format": "crtool/instance/1", "memory": 5, "requests": [], "x": 1}', "x is not a field"),
        ('{"format": "crtool/instance/2", "memory": 5, "requests": []}', "crtool/instance/2"),
        ('{"format": "crtool/witness/1"}', "'crtool/instance/1' is required"),
    ],
)
@pytest.mark.parametrize("command", [("run", "--policy", "svf"), ("solve",)])
def test_a_bad_instance_is_one_sentence(command, text, said, tmp_path, capsys):
    path = tmp_path / "bad.json"
    path.write_text(text)
    sentence = refused(capsys, command[0], str(path), *command[1:])
    assert said in sentence
    assert str(path) in sentence


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "missing.json", "--policy", "svf"),
        ("solve", "missing.json"),
        ("check", "missing.json"),
        ("plot", "missing.json", "-o", "x.svg"),
        ("replay", "missing.csv", "--memory", "10", "--policy", "svf"),
        ("gate", "--config", "missing.toml"),
    ],
)
def test_a_missing_file_is_named(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert "missing." in refused(capsys, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ("solve", "instance.json", "--certificate"),
        ("plot", "witness.json", "-o"),
        ("explain", "witness.json", "-o"),
        ("shrink", "witness.json", "-o"),
        ("lift", "witness.json", "--family"),
        ("gate", "--junit"),
        ("theorem", "simulate", "svf-poisson", "-o"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused_before_the_work(arguments, tmp_path, monkeypatch, capsys):
    # None of the inputs exists, so only an early look at the output finds the file in its way.
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    sentence = refused(capsys, *arguments, "file/result.svg")
    assert sentence.startswith("crtool: file/result.svg: cannot be written: ")
    assert "file is not a folder" in sentence


@pytest.mark.parametrize("alpha", ["0", "3/2", "1.01", "-1/2", "half", "1/0", "0.0", "nan", "inf", "1e-3"])
def test_search_refuses_a_share_that_is_none(alpha, tmp_path, capsys):
    options = ("--policy", "svf", "--evaluations", "1", "--out", str(tmp_path))
    assert "--alpha" in refused(capsys, "search", f"--alpha={alpha}", *options)


@pytest.mark.parametrize(
    "option", ["--bound=0", "--seconds=0", "--seconds=nan", "--evaluations=0", "--jobs=0", "--seed=-1"]
)
def test_search_refuses_numbers_out_of_range(option, tmp_path, capsys):
    assert option.partition("=")[0] in refused(capsys, "search", "--policy", "svf", "--out", str(tmp_path), option)


def test_search_refuses_before_searching(tmp_path, own, capsys):
    file = tmp_path / "file"
    file.write_text("")
    assert "searcher" in refused(
        capsys, "search", "--policy", "svf", "--searcher", "psychic", "--out", str(tmp_path / "o")
    )
    assert "--out" in refused(capsys, "search", "--policy", "svf", "--out", str(file))
    assert "cannot be made a folder" in refused(capsys, "search", "--policy", "svf", "--out", str(file / "deeper"))
    assert "AttributeError" in refused(capsys, "search", "--policy", f"{own}:Broken", "--out", str(tmp_path / "o"))


def test_check_says_which_file_is_wrong(golden, tmp_path, capsys):
    bad = tmp_path / "bad.json"
    bad.write_text('{"format": "crtool/witness/1"}')
    assert run(["check", golden]) == 0
    assert capsys.readouterr().out.startswith("accepted")
    assert run(["check", golden, str(bad), "--format", "json"]) == 4
    result = msgspec.json.decode(capsys.readouterr().out, type=CheckResult)
    assert [(file.path, file.accepted) for file in result.files] == [(golden, True), (str(bad), False)]
    assert result.files[1].reason


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_prints_a_schema_for_every_format(name, capsys):
    assert run(["schema", name]) == 0
    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"].endswith("2020-12/schema")
    top = schema["$defs"][schema["$ref"].rpartition("/")[2]]
    assert top["additionalProperties"] is False
    assert "format" in top["required"]
    assert f"crtool/{name}/1" in json.dumps(top["properties"]["format"])


def test_schema_lists_the_names_and_refuses_others(capsys):
    assert run(["schema"]) == 0
    assert capsys.readouterr().out.split() == list(SCHEMAS)
    assert "did you mean 'witness'?" in refused(capsys, "schema", "witnes")


def test_the_documentation_names_every_format():
    page = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    assert [name for name in SCHEMAS if f"crtool/{name}/1" not in page] == []


def test_theorems_are_listed_and_shown(capsys):
    assert run(["theorem", "list"]) == 0
    assert "svf-burst-half" in capsys.readouterr().out
    assert run(["theorem", "show", "svf-burst"]) == 0
    shown = capsys.readouterr().out
    for fact in ("2606.22327", "alpha <= 1/2", "5.0000", "burst traffic", "P < M"):
        assert fact in shown
    assert run(["theorem", "show", "svf-burst", "--format", "json"]) == 0
    theorem = msgspec.json.decode(capsys.readouterr().out, type=TheoremList).theorems[0]
    assert {value.alpha: value.bound for value in theorem.values}["1/2"] == "5"
    assert "did you mean" in refused(capsys, "theorem", "show", "svf-bursts")


def test_the_examples_are_valid(capsys):
    folder = Path(__file__).parents[2] / "examples"
    files = sorted(str(path) for path in folder.glob("*.json"))
    assert files
    assert run(["check", *files]) == 0
    assert capsys.readouterr().out.count("accepted") == len(files)

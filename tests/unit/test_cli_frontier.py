"""`crtool frontier`: text, JSON, picture, search, and its refusals."""

from __future__ import annotations

from fractions import Fraction

import msgspec
import pytest

from adversaries.corpus import Kind, contents
from cr_toolkit.cli.main import run
from cr_toolkit.model import Instance
from cr_toolkit.report import frontier as report
from cr_toolkit.report.results.searching import FrontierResult
from proofs.verdict import Judgement, Verdict
from tests.witnesses import keep_witness


@pytest.fixture
def small(tmp_path):
    """A corpus of one witness that is read at once."""
    keep_witness(tmp_path / "small", Instance.burst(12, [(0, 6), (2, 3), (5, 1)]))
    return tmp_path / "small"


def frontier(capsys, *arguments, code=0):
    assert run(["frontier", *map(str, arguments)]) == code
    return capsys.readouterr()


def test_text_shows_every_point_with_its_bounds_and_gap(capsys):
    out = frontier(capsys, "--alpha", "1/2", "--alpha", "1/4").out
    header, *rows = out.split("\n\n")[0].splitlines()
    assert header.split()[:3] == ["admission", "alpha", "ratio"]
    for name in ("svf-burst", "svf-burst-sharp", "svf-burst-lookahead", "svf-burst-peak"):
        assert name in header.split()
    assert [row.split()[:2] for row in rows] == [[rule, a] for rule in ("lookahead", "peak") for a in ("1/4", "1/2")]
    assert "3.5000" in rows[1].split()
    assert "accepted by the checker" in out


def test_json_is_the_format_and_its_numbers_agree(capsys):
    out = frontier(capsys, "--alpha", "0.5", "--admission", "peak", "--format", "json").out
    result = msgspec.json.decode(out, type=FrontierResult)
    assert (result.policy, result.queue, result.traffic) == ("svf", "head-of-line", "burst")
    (entry,) = result.points
    assert (entry.alpha, entry.admission, entry.violated) == ("1/2", "peak", ())
    uppers = [Fraction(bound.bound) for bound in entry.bounds if bound.kind == "upper"]
    assert min(uppers) == 4
    assert {bound.id: bound.bound for bound in entry.bounds if bound.kind == "lower"} == {"svf-burst-peak": "4"}
    assert Fraction(entry.gap) == 4 - Fraction(entry.ratio.lower)
    assert Fraction(entry.ratio.lower) <= Fraction(entry.ratio.upper)


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_picture_is_drawn_and_repeats(tmp_path, small, capsys, ending):
    files = [tmp_path / f"{name}.{ending}" for name in "ab"]
    for file in files:
        assert str(file) in frontier(capsys, small, "--alpha", "1/2", "-o", file).out
    data = files[0].read_bytes()
    assert data == files[1].read_bytes()
    assert data.startswith(b"\x89PNG" if ending == "png" else b"<?xml")


def test_a_search_fills_a_folder(tmp_path, capsys):
    options = ("--search", "--evaluations", 30, "--max-requests", 60, "--alpha", "1/2", "--format", "json")
    result = msgspec.json.decode(frontier(capsys, tmp_path / "mine", *options).out, type=FrontierResult)
    assert [Fraction(entry.ratio.lower) > 1 for entry in result.points] == [True, True]
    assert all(entry.witness.startswith(str(tmp_path)) for entry in result.points)


def test_an_empty_folder_decides_nothing(tmp_path, capsys):
    shown = frontier(capsys, tmp_path, "--alpha", "1/2", code=3)
    assert "0 witness files" in shown.out
    entry = msgspec.json.decode(
        frontier(capsys, tmp_path, "--alpha", "1", "--policy", "fcfs", "--format", "json", code=3).out,
        type=FrontierResult,
    ).points[0]
    assert (entry.ratio, entry.witness, entry.gap, entry.bounds) == (None, None, None, ())
    frontier(capsys, tmp_path, "-o", tmp_path / "empty.svg", code=3)


def test_a_violation_is_exit_code_1(small, capsys, monkeypatch):
    broken = Judgement("svf-burst", Fraction(1), Verdict.VIOLATED, "made up")
    monkeypatch.setattr(report, "judge_witness", lambda *_: (broken,))
    assert "VIOLATED: svf-burst" in frontier(capsys, small, "--alpha", "1/2", code=1).out
    assert contents(small)[Kind.VIOLATIONS] == ()
    # A search keeps it apart: among the worst it could be replaced.
    options = ("--alpha", "1/2", "--admission", "lookahead", "--search", "--evaluations", 5, "--max-requests", 10)
    frontier(capsys, small, *options, code=1)
    assert len(contents(small)[Kind.VIOLATIONS]) == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--search"], "needs a folder CORPUS"),
        (["no-such-folder"], "is not a folder"),
        (["-o", "picture.gif"], "must end in .svg or .png"),
        (["--alpha", "2"], "must be at most 1"),
        (["--policy", "svff"], "did you mean 'svf'"),
    ],
)
def test_refusals(capsys, arguments, said):
    shown = frontier(capsys, *arguments, code=2)
    assert said in shown.err
    assert shown.out == ""

"""The shipped corpus, the frontier it spans, and campaigns that extend it."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from adversaries.corpus import (
    SHIPPED,
    Effort,
    Kind,
    Point,
    RejectedFileError,
    add,
    best_at,
    contents,
    filling,
    improve,
    load,
)
from cr_toolkit.errors import CrtoolError, InputError
from cr_toolkit.policies import Admission, Queue
from cr_toolkit.report import frontier as report
from cr_toolkit.report.frontier import DEFAULT_SHARES, bounds_at, frontier
from proofs.theorem import THEOREMS
from proofs.theorem import Kind as Bounds

RULES = (Admission.LOOKAHEAD, Admission.PEAK)
LEAST = {
    ("lookahead", "1/8"): "1.86",
    ("lookahead", "1/4"): "1.86",
    ("lookahead", "1/3"): "1.87",
    ("lookahead", "1/2"): "1.97",
    ("lookahead", "2/3"): "2.31",
    ("lookahead", "3/4"): "3.16",
    ("lookahead", "9/10"): "8.18",
    ("peak", "1/8"): "2.08",
    ("peak", "1/4"): "2.39",
    ("peak", "1/3"): "2.68",
    ("peak", "1/2"): "3.54",
    ("peak", "2/3"): "5.14",
    ("peak", "3/4"): "6.64",
    ("peak", "9/10"): "12.17",
}


def point(alpha="1/2", admission=Admission.LOOKAHEAD, policy="svf", queue=Queue.HEAD_OF_LINE):
    return Point(policy, admission, queue, Fraction(alpha))


@pytest.fixture(scope="module")
def shipped():
    return load(SHIPPED)


def test_the_shipped_corpus_is_small_and_no_file_is_useless(shipped, tmp_path):
    files = [path for path in SHIPPED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 1_500_000
    assert sorted(files) == sorted(kept.path for kept in shipped)
    add(tmp_path, Kind.WORST, [kept.witness for kept in contents(SHIPPED)[Kind.WORST]])
    assert {kept.path.name for kept in load(tmp_path)} == {path.name for path in (SHIPPED / "worst").iterdir()}


def test_the_shipped_frontier_is_as_documented_and_breaks_no_theorem(shipped):
    places = frontier(shipped, [point(share, rule) for rule in RULES for share in DEFAULT_SHARES])
    found = {(place.point.admission.value, str(place.point.alpha)): place for place in places}
    assert set(found) == set(LEAST)
    for key, least in LEAST.items():
        place = found[key]
        assert place.worst is not None
        assert place.worst.ratio >= Fraction(least)
        assert place.violated == ()
        assert place.gap is not None
        assert place.gap > 0


@pytest.mark.parametrize(("admission", "least"), [("lookahead", "1.47"), ("peak", "1.97")])
def test_the_worst_small_instances_have_their_exact_ratio(shipped, admission, least):
    small = best_at([one for one in shipped if one.is_exact and one.requests <= 8], point("1/2", Admission(admission)))
    assert small is not None
    assert small.ratio > Fraction(least)


def test_the_worst_ratio_grows_with_the_share_and_counts_only_its_own_runs(shipped):
    ratios = [best.ratio for share in DEFAULT_SHARES if (best := best_at(shipped, point(share)))]
    assert ratios == sorted(ratios)
    assert len(ratios) == len(DEFAULT_SHARES)
    assert best_at(shipped, point("1/100000")) is None
    assert best_at(shipped, point(policy="fcfs")) is None
    assert best_at(shipped, point(queue=Queue.SKIPPING)) is None
    assert all(kept.pattern is not None for kept in shipped)


def test_bounds_hold_for_smaller_shares_too():
    shares = [Fraction(k, 40) for k in range(1, 40)]
    for rule in RULES:
        tightest = [bounds_at(point(share, rule), (Bounds.UPPER, Bounds.TIGHT))[0][1] for share in shares]
        assert tightest == sorted(tightest)
        for limit, bound in zip(shares, tightest, strict=True):
            below = bounds_at(point(limit, rule), (Bounds.LOWER,))
            assert all(number <= bound for _, number in below)


def test_a_theorem_that_contradicts_itself_is_noticed(shipped, monkeypatch):
    theorem = THEOREMS["svf-burst-sharp"]
    broken = Fraction(3, 2)
    wrong = replace(theorem, share_bound=lambda alpha: broken)
    monkeypatch.setattr(report, "THEOREMS", [wrong])
    with pytest.raises(CrtoolError, match="svf-burst-sharp alone"):
        frontier(shipped, [point()])


def test_a_folder_with_a_bad_file_is_refused(tmp_path, shipped):
    witness = json.loads(shipped[0].path.read_text())
    witness["ratio"]["lower"] = "100"
    (tmp_path / "worst").mkdir()
    (tmp_path / "worst" / "w.json").write_text(json.dumps(witness))
    with pytest.raises(RejectedFileError, match=r"w\.json: rejected by the checker"):
        load(tmp_path)


def test_instances_and_certificates_may_lie_beside_witnesses(tmp_path):
    (tmp_path / "worst").mkdir()
    (tmp_path / "worst" / "i.json").write_text(
        '{"format": "crtool/instance/1", "memory": 4, "requests": [{"prompt": 0, "output": 2}]}'
    )
    assert load(tmp_path) == ()


POINTS = (point("1/2"), point("1/2", Admission.PEAK), point("3/4"))
EFFORT = Effort(25, seed=1, max_requests=40)


def kept_bytes(folder):
    return {path.name: path.read_bytes() for path in folder.glob("*/*.json")}


def test_points_of_one_run_are_searched_together(tmp_path):
    calls = []
    found = list(improve(tmp_path, POINTS, EFFORT, progress=lambda sweep, how_far: calls.append((sweep, how_far))))
    assert [together for together, _ in found] == [POINTS[::2], POINTS[1:2]]
    assert calls[-1][0] == POINTS[1:2]
    # Budgets are per point.
    assert max(how_far.evaluations for sweep, how_far in calls if sweep == POINTS[::2]) == 50


def test_a_campaign_keeps_what_is_worse_and_is_not_repeated(tmp_path):
    came = [one for _, new in improve(tmp_path, POINTS, EFFORT) for one in new]
    assert {one.path for one in load(tmp_path)} == {one.path for one in came}
    assert all(best_at(came, at) is not None for at in POINTS)
    before = kept_bytes(tmp_path)
    calls = []
    again = list(improve(tmp_path, POINTS, EFFORT, progress=lambda *call: calls.append(call)))
    assert [new for _, new in again] == [(), ()]
    assert calls == []
    assert kept_bytes(tmp_path) == before
    earlier = load(tmp_path)
    for _ in improve(tmp_path, POINTS, Effort(30, seed=2, max_requests=40)):
        pass
    for at in POINTS:
        assert best_at(load(tmp_path), at).ratio >= best_at(earlier, at).ratio


def test_a_campaign_cut_off_between_sweeps_goes_on_to_the_same_end(tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    list(improve(whole, POINTS, EFFORT))
    # Nothing but the folder is carried over.
    next(improve(cut, POINTS, EFFORT))
    list(improve(cut, POINTS, EFFORT))
    assert kept_bytes(cut) == kept_bytes(whole)


def test_an_interrupted_sweep_keeps_what_it_found_and_goes_on(tmp_path):
    def interrupt(together, progress):
        assert together == POINTS[::2]
        if progress.shares:
            raise KeyboardInterrupt

    whole, cut = tmp_path / "whole", tmp_path / "cut"
    effort = Effort(150, seed=1, max_requests=40)
    with pytest.raises(KeyboardInterrupt, match="the same command goes on from there"):
        list(improve(cut, POINTS, effort, progress=interrupt))
    first = load(cut)
    assert first
    resumed = []
    list(improve(cut, POINTS, effort, progress=lambda _, how_far: resumed.append(how_far)))
    assert resumed[0].evaluations > 200
    list(improve(whole, POINTS, effort))
    for at in POINTS:
        assert best_at(load(cut), at).ratio == best_at(load(whole), at).ratio


def test_a_kill_between_the_end_of_a_sweep_and_the_corpus_loses_nothing(tmp_path, monkeypatch):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    list(improve(whole, POINTS, EFFORT))

    def die(*_):
        raise SystemExit

    monkeypatch.setattr(filling, "add", die)
    with pytest.raises(SystemExit):
        list(improve(cut, POINTS, EFFORT))
    monkeypatch.undo()
    list(improve(cut, POINTS, EFFORT))
    assert kept_bytes(cut) == kept_bytes(whole)


def test_ctrl_c_after_the_search_says_the_same(tmp_path, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(filling, "add", interrupt)
    with pytest.raises(KeyboardInterrupt, match="the same command goes on from there"):
        list(improve(tmp_path, POINTS, EFFORT))


def test_a_search_begins_where_the_corpus_is(tmp_path, shipped):
    best = best_at(shipped, point("3/4"))
    add(tmp_path, Kind.WORST, [best.witness])
    list(improve(tmp_path, [point("3/4")], Effort(1, max_requests=500)))
    assert best_at(load(tmp_path), point("3/4")).ratio >= best.ratio


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made a folder"):
        list(improve(tmp_path / "file", POINTS, EFFORT))

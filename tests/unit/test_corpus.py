"""The shipped corpus, the frontier it spans, and campaigns that extend it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from fractions import Fraction

import pytest

from adversaries.campaigns.campaign import FOLDER
from adversaries.corpus import (
    SHIPPED,
    SMALL,
    Effort,
    Point,
    RejectedFileError,
    best_at,
    improve,
    load,
    point_file,
    points,
)
from adversaries.corpus.files import load_file
from adversaries.corpus.points import LOG_FILE
from cr_toolkit.errors import CrtoolError, InputError
from cr_toolkit.policies import Admission, Queue
from cr_toolkit.report import frontier as report
from cr_toolkit.report.frontier import DEFAULT_SHARES, bounds_at, frontier
from proofs.theorem import THEOREMS, Kind

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


def test_the_shipped_corpus_is_small_and_every_file_is_named_after_its_point(shipped):
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 1_500_000
    for kept in shipped:
        share = kept.path.stem.split("-", 2)[2].replace("-", "/")
        assert kept.alpha <= Fraction(share)
        assert kept.path.name == point_file(point(share, Admission(str(kept.witness.policy.parameters["admission"]))))


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


def test_files_that_no_share_needs_are_not_shipped(shipped):
    for kept in shipped:
        rule = Admission(str(kept.witness.policy.parameters["admission"]))
        assert best_at(shipped, point(kept.alpha, rule)).path == kept.path


@pytest.mark.parametrize(("admission", "least"), [("lookahead", "1.47"), ("peak", "1.97")])
def test_the_worst_small_instances_have_their_exact_ratio(admission, least):
    kept = load_file(SMALL / point_file(point("1/2", Admission(admission))))
    assert kept is not None
    assert kept.requests <= 8
    assert kept.witness.ratio.lower == kept.witness.ratio.upper
    assert kept.ratio > Fraction(least)


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
        tightest = [bounds_at(point(share, rule), (Kind.UPPER, Kind.TIGHT))[0][1] for share in shares]
        assert tightest == sorted(tightest)
        for limit, bound in zip(shares, tightest, strict=True):
            below = bounds_at(point(limit, rule), (Kind.LOWER,))
            assert all(number <= bound for _, number in below)


def test_a_theorem_that_contradicts_itself_is_noticed(shipped, monkeypatch):
    theorem = THEOREMS["svf-burst-sharp"]
    broken = Fraction(3, 2)
    wrong = replace(theorem, share_bound=lambda alpha: broken)
    monkeypatch.setattr(report, "THEOREMS", [wrong])
    with pytest.raises(CrtoolError, match="svf-burst-sharp alone"):
        frontier(shipped, [point()])


def test_a_folder_with_a_bad_file_is_refused(tmp_path, shipped):
    with pytest.raises(InputError, match="is not a folder"):
        load(tmp_path / "none")
    witness = json.loads(shipped[0].path.read_text())
    witness["ratio"]["lower"] = "100"
    (tmp_path / "w.json").write_text(json.dumps(witness))
    with pytest.raises(RejectedFileError, match=r"w\.json: rejected by the checker"):
        load(tmp_path)


def test_instances_and_certificates_may_lie_beside_witnesses(tmp_path):
    (tmp_path / "i.json").write_text(
        '{"format": "crtool/instance/1", "memory": 4, "requests": [{"prompt": 0, "output": 2}]}'
    )
    assert load(tmp_path) == ()


POINTS = (point("1/2"), point("1/2", Admission.PEAK), point("3/4"))
EFFORT = Effort(25, seed=1, max_requests=40)


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_campaign_keeps_what_is_worse_and_is_not_repeated(tmp_path):
    found = list(improve(tmp_path, POINTS, EFFORT))
    assert [one for one, _ in found] == list(POINTS)
    assert len(load(tmp_path)) == sum(kept is not None for _, kept in found) >= 2
    assert len((tmp_path / LOG_FILE).read_text().splitlines()) == len(POINTS)
    before = contents(tmp_path)
    assert list(improve(tmp_path, POINTS, EFFORT)) == []
    assert contents(tmp_path) == before
    for at, kept in improve(tmp_path, POINTS, Effort(30, seed=2, max_requests=40)):
        if kept is not None:
            assert kept.ratio > Fraction(json.loads(before[point_file(at)])["ratio"]["lower"])


def test_a_campaign_cut_off_between_points_goes_on_to_the_same_end(tmp_path):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    list(improve(whole, POINTS, EFFORT))
    for _ in POINTS:
        # A new start for every point: nothing but the folder is carried over.
        next(improve(cut, POINTS, EFFORT))
    assert contents(cut) == contents(whole)


def test_an_interrupted_point_keeps_what_it_found_and_goes_on(tmp_path):
    def interrupt(at, progress):
        assert at == POINTS[0]
        if progress.ratio is not None:
            raise KeyboardInterrupt

    whole, cut = tmp_path / "whole", tmp_path / "cut"
    effort = Effort(250, seed=1, max_requests=40)
    with pytest.raises(KeyboardInterrupt, match="the same command goes on from there"):
        list(improve(cut, POINTS, effort, progress=interrupt))
    assert [kept.path.name for kept in load(cut)] == [point_file(POINTS[0])]
    assert not (cut / LOG_FILE).exists()
    resumed = []
    assert [one for one, _ in improve(cut, POINTS, effort, progress=lambda _, how_far: resumed.append(how_far))] == [
        *POINTS
    ]
    assert resumed[0].evaluations > 200
    list(improve(whole, POINTS, effort))
    assert contents(cut) == contents(whole)


def test_a_kill_after_the_witness_was_kept_changes_nothing(tmp_path, monkeypatch):
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    list(improve(whole, POINTS, EFFORT))

    def die(*_):
        raise SystemExit

    append = points._append
    monkeypatch.setattr(points, "_append", die)
    with pytest.raises(SystemExit):
        list(improve(cut, POINTS, EFFORT))
    monkeypatch.setattr(points, "_append", append)
    list(improve(cut, POINTS, EFFORT))
    assert contents(cut) == contents(whole)
    assert len(list((cut / FOLDER).glob("*.json"))) == len(POINTS)


def test_a_search_begins_where_the_corpus_is(tmp_path, shipped):
    best = best_at(shipped, point("3/4"))
    shutil.copy(best.path, tmp_path)
    list(improve(tmp_path, [point("3/4")], Effort(1, max_requests=500)))
    assert best_at(load(tmp_path), point("3/4")).ratio >= best.ratio


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made a folder"):
        list(improve(tmp_path / "file", POINTS, EFFORT))

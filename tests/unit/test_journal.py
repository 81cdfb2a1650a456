"""The journal of a search and the campaigns that keep it."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adversaries import search
from adversaries.campaigns.campaign import BEST_FILE, open_campaign
from adversaries.campaigns.journal import Journal, open_log, task_file
from adversaries.campaigns.manifest import Arguments, Manifest
from adversaries.pattern import Block, Pattern
from adversaries.searchers import Scored
from adversaries.sitting import Progress
from adversaries.workforce import processes, relay
from adversaries.workforce.processes import Processes
from adversaries.workforce.relay import Receiver, SentLines, sending_log
from cr_toolkit.errors import InputError
from cr_toolkit.policies import FullView, PriorityPolicy

ONE = Pattern(8, (Block(0, 3), Block(2, 2, 4)), 2)
TWO = Pattern(9, (Block(1, 3),))
SEARCH = {"evaluations": 600, "max_requests": 30, "seed": 9, "families": False}


class Stop:
    """Presses Ctrl-C once so many evaluations are merged."""

    def __init__(self, at: int) -> None:
        self.at = at
        self.seen: list[Progress] = []

    def __call__(self, progress: Progress) -> None:
        self.seen.append(progress)
        if progress.evaluations >= self.at:
            raise KeyboardInterrupt


def told(path: Path, patterns: Sequence[Pattern], ratio: Fraction) -> list[bool]:
    """Ask a log for ``patterns``, each worth ``ratio`` if it is new; return which were known."""
    measured: list[int] = []

    def measure(pattern: Pattern) -> Fraction:
        measured.append(place)
        return ratio

    with open_log(path) as log:
        for place, pattern in enumerate(patterns):
            value = log.ratio(pattern, measure)
            assert (value == ratio) == (place in measured)
    return [place not in measured for place in range(len(patterns))]


def test_a_log_tells_what_it_was_told(tmp_path: Path) -> None:
    path = tmp_path / "log"
    assert told(path, [ONE, TWO], Fraction(7, 5)) == [False, False]
    assert told(path, [ONE, TWO, TWO], Fraction(2)) == [True, True, False]
    assert told(path, [ONE, TWO, TWO, ONE], Fraction(3)) == [True, True, True, False]


def test_a_log_remembers_what_was_turned_away(tmp_path: Path) -> None:
    for _ in range(2):
        with open_log(tmp_path / "log") as log:
            assert log.ratio(ONE, lambda _: None) is None
            assert log.ratio(TWO, lambda _: Fraction(7, 5)) == Fraction(7, 5)
    assert (tmp_path / "log").read_bytes().count(b"\n") == 2


@given(st.integers(0, 200), st.binary(max_size=8).filter(lambda text: b"\n" not in text))
def test_a_torn_end_costs_the_torn_line_alone(
    tmp_path_factory: pytest.TempPathFactory, cut: int, rubbish: bytes
) -> None:
    path = tmp_path_factory.mktemp("torn") / "log"
    told(path, [ONE, TWO, ONE], Fraction(7, 5))
    left = path.read_bytes()
    left = left[: len(left) - cut]
    path.write_bytes(left + rubbish)
    whole = left.count(b"\n")
    assert told(path, [ONE, TWO, ONE], Fraction(2)) == [place < whole for place in range(3)]
    assert path.read_bytes().count(b"\n") == 3


def test_another_searcher_makes_the_rest_of_a_log_worthless(tmp_path: Path) -> None:
    path = tmp_path / "log"
    told(path, [ONE, TWO, TWO], Fraction(7, 5))
    assert told(path, [ONE, ONE, TWO], Fraction(2)) == [True, False, False]
    assert told(path, [ONE, ONE, TWO], Fraction(3)) == [True, True, True]


def sent_through(receiver: Receiver, patterns: list[Pattern], ratio: Fraction, lost: int = 0) -> list[bool]:
    """Run task 0 on a worker whose last ``lost`` lines do not arrive; return for which ratios the log answered."""
    sent: list[SentLines] = []
    measured: list[Pattern] = []
    answered = []

    def measure(pattern: Pattern) -> Fraction:
        measured.append(pattern)
        return ratio

    with sending_log(0, receiver.text(0), sent.append) as log:
        for pattern in patterns:
            before = len(measured)
            log.ratio(pattern, measure)
            answered.append(len(measured) == before)
    for lines in sent[: len(sent) - lost]:
        receiver.take(lines)
    return answered


def test_a_log_at_a_distance_is_as_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "_TOGETHER", 0.0)
    here, there = tmp_path / "here", Receiver(tmp_path)
    patterns = [ONE, TWO, TWO, ONE]
    told(here, patterns, Fraction(7, 5))
    path = task_file(tmp_path, 0)
    assert sent_through(there, patterns, Fraction(7, 5), lost=2) == [False] * 4
    # A torn end, and a worker that repeats the task with what the log held before.
    path.write_bytes(path.read_bytes() + b'[{"mem')
    assert sent_through(there, patterns, Fraction(7, 5)) == [True, True, False, False]
    assert path.read_bytes() == here.read_bytes()
    for line in (
        SentLines(0, 0, here.read_bytes()),
        SentLines(0, path.stat().st_size + 1, b"late\n"),
        SentLines(5, 9, b"x\n"),
    ):
        there.take(line)
    assert path.read_bytes() == here.read_bytes()
    assert not task_file(tmp_path, 5).exists()


def test_finished_tasks_are_read_back_and_a_torn_line_is_cut_off(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    task_file(tmp_path, 0).touch()
    journal.finish(0, 200, [Scored(ONE, Fraction(7, 5)), Scored(TWO, Fraction(1))])
    journal.finish(1, 60, [])
    assert not task_file(tmp_path, 0).exists()
    path = tmp_path / "outcomes.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + b'[200,[[{"memo')
    task_file(tmp_path, 1).touch()
    journal = Journal(tmp_path)
    first, second = journal.finished()
    assert (first.evaluations, second.evaluations, second.found) == (200, 60, ())
    assert first.found == (Scored(ONE, Fraction(7, 5)), Scored(TWO, Fraction(1)))
    journal.keep(2)
    assert path.read_bytes() == whole
    assert not task_file(tmp_path, 1).exists()


@pytest.mark.parametrize("ratio", ["1/0", "much"])
def test_a_ratio_that_is_no_number_ends_what_is_read(tmp_path: Path, ratio: str) -> None:
    journal = Journal(tmp_path)
    for index in range(2):
        journal.finish(index, 200, [Scored(ONE, Fraction(7, 5))])
    path = tmp_path / "outcomes.jsonl"
    first, second = path.read_text().splitlines()
    path.write_text(f"{first}\n{second.replace('7/5', ratio)}\n")
    assert [one.found for one in Journal(tmp_path).finished()] == [(Scored(ONE, Fraction(7, 5)),)]
    log = tmp_path / "log"
    told(log, [ONE, TWO], Fraction(7, 5))
    first, second = log.read_text().splitlines()
    log.write_text(f"{first}\n{second.replace('7/5', ratio)}\n")
    assert told(log, [ONE, TWO], Fraction(2)) == [True, False]


def test_the_best_of_a_journal_is_measured_again(tmp_path: Path) -> None:
    kept = {**SEARCH, "campaigns": tmp_path}
    stopped = search(**kept, progress=Stop(200))
    assert stopped.campaign is not None
    path = stopped.campaign / "journal" / "outcomes.jsonl"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    # The first of a task is its best; a sample of the others does not show that it was raised.
    lines[0][1][0][1] = "9"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(InputError, match="gave other ratios; remove it to begin anew"):
        search(**kept)


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_and_the_same_search_again_end_with_the_same_bytes(
    tmp_path: Path, jobs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = Processes._is_ready

    def wait_until_ready(self: Processes) -> bool:
        while not ready(self):
            time.sleep(0.01)
        return True

    monkeypatch.setattr(processes, "_ALONE", 0.0)
    monkeypatch.setattr(Processes, "_is_ready", wait_until_ready)
    search(**SEARCH, out=tmp_path / "whole")
    kept = {"out": tmp_path, "campaigns": tmp_path / "kept"}
    stopped = search(**SEARCH, **kept, progress=Stop(200), jobs=jobs)
    assert stopped.stopped_by == "interrupted"
    seen = Stop(10**9)
    result = search(**SEARCH, **kept, progress=seen)
    assert (result.stopped_by, result.evaluations) == ("evaluations", 600)
    assert 0 < result.resumed <= seen.seen[0].evaluations < 600
    assert all(progress.rate > 0 and progress.left is not None for progress in seen.seen)
    assert seen.seen[-1].left == 0
    assert result.campaign is not None
    for file in (tmp_path / BEST_FILE, result.campaign / BEST_FILE):
        assert file.read_bytes() == (tmp_path / "whole" / BEST_FILE).read_bytes()
    manifest = json.loads((result.campaign / "manifest.json").read_text())
    assert manifest["format"] == "crtool/campaign/1"
    assert set(manifest["versions"]) == {"crtool", "python", "numpy", "numba"}
    assert [sitting["stopped_by"] for sitting in manifest["sittings"]] == ["interrupted", "evaluations"]
    assert (manifest["evaluations"], manifest["ratio"]) == (600, str(result.ratio[0]))
    assert manifest["arguments"]["seed"] == SEARCH["seed"]


def test_a_finished_search_begins_anew_and_another_one_beside_it(tmp_path: Path) -> None:
    few = {**SEARCH, "evaluations": 100, "campaigns": tmp_path}
    first = search(**few)
    again, other = search(**few), search(**{**few, "seed": 10})
    assert (again.resumed, other.resumed) == (0, 0)
    assert again.campaign == first.campaign != other.campaign
    assert first.best == again.best


def test_a_search_by_time_goes_on_and_never_loses_its_best(tmp_path: Path) -> None:
    kept = {"seconds": 0.4, "max_requests": 30, "campaigns": tmp_path}
    first, second = search(**kept), search(**kept)
    assert first.stopped_by == second.stopped_by == "seconds"
    assert second.evaluations >= second.resumed > 0
    assert second.ratio[0] >= first.ratio[0]


def test_ratios_of_another_policy_are_noticed(tmp_path: Path) -> None:
    (tmp_path / "order.py").write_text("SIGN = 1\n")
    policy = tmp_path / "mine.py"
    policy.write_text(
        "import runpy\n"
        "from cr_toolkit.policies import PriorityPolicy\n"
        f"SIGN = runpy.run_path({str(tmp_path / 'order.py')!r})['SIGN']\n"
        "class Mine(PriorityPolicy):\n"
        "    def priority(self, request):\n"
        "        return SIGN * request.volume\n"
    )
    own = {"policy": f"{policy}:Mine", **SEARCH, "searcher": "hill", "campaigns": tmp_path / "kept"}
    search(**own, progress=Stop(400))
    (tmp_path / "order.py").write_text("SIGN = -1\n")
    with pytest.raises(InputError, match="gave other ratios; remove it to begin anew"):
        search(**own)


class Unnamed(PriorityPolicy):
    def priority(self, request: FullView) -> int:
        return request.volume


def test_what_cannot_be_kept_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"must be a name or FILE\.py:CLASS in a search that is kept"):
        search(Unnamed, **SEARCH, campaigns=tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="cannot be used"):
        search(**SEARCH, campaigns=tmp_path / "file")


def test_a_campaign_at_work_is_left_alone_and_a_spoilt_manifest_is_named(tmp_path: Path) -> None:
    arguments = Arguments(
        "svf", None, {}, "1/2", ("1/2",), "burst", "lookahead", "head-of-line", "auto", True, False, 30, 100, 0, (ONE,)
    )
    with open_campaign(tmp_path, arguments) as campaign:
        assert campaign.manifest == Manifest(campaign.manifest.versions, arguments)
        with pytest.raises(InputError, match="is in use"), open_campaign(tmp_path, arguments):
            pass
        campaign.begin(1, None)
    with open_campaign(tmp_path, arguments) as campaign:
        assert len(campaign.manifest.sittings) == 1
    (campaign.folder / "manifest.json").write_text("{}")
    with pytest.raises(InputError, match="is not a manifest"), open_campaign(tmp_path, arguments):
        pass

"""A search that is killed at any moment goes on from its last finished evaluation and ends with the same bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from adversaries import search
from adversaries.campaigns.campaign import BEST_FILE, FOLDER
from adversaries.campaigns.manifest import MANIFEST_FILE
from cr_toolkit.checker import check_file

ROOT = Path(__file__).parents[2]
ARGUMENTS = {"max_requests": 40, "seed": 4, "families": False}


def start(out: Path, evaluations: int, *workers: str) -> subprocess.Popen[bytes]:
    what = ("--policy", "svf", "--max-requests", "40", "--seed", "4", "--no-seeds", "--evaluations", str(evaluations))
    return subprocess.Popen(
        [sys.executable, "-m", "cr_toolkit.cli.main", "search", *what, *workers, "--out", str(out)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )


def finish(out: Path, evaluations: int) -> bytes:
    """Run the same search to its end in this process."""
    result = search(**ARGUMENTS, evaluations=evaluations, out=out, campaigns=out / FOLDER)
    assert result.stopped_by == "evaluations"
    assert result.evaluations == evaluations
    return (out / BEST_FILE).read_bytes()


def logged(out: Path) -> int:
    """Return how many evaluations the journals hold, those of torn lines not counted."""
    return sum(map(_logged, out.glob(f"{FOLDER}/*/journal")))


def _logged(journal: Path) -> int:
    count = tasks = 0
    for path in sorted(journal.glob("*.jsonl")):
        try:
            lines = path.read_bytes().split(b"\n")[:-1]
        except FileNotFoundError:
            continue
        if path.name == "outcomes.jsonl":
            tasks = len(lines)
            count += sum(json.loads(line)[0] for line in lines)
        elif int(path.stem.removeprefix("task-")) >= tasks:
            count += len(lines)
    return count


def kill_when(out: Path, evaluations: int, jobs: int, moment: int) -> None:
    """Run the search and kill it once ``moment`` evaluations are logged, or a moment after it has begun."""
    process = start(out, evaluations, "--jobs", str(jobs))
    deadline = time.monotonic() + 60
    while logged(out) < moment and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    assert process.poll() is None, "finished before it was killed"
    process.kill()
    process.wait()


def assert_nothing_is_lost(tmp_path: Path, evaluations: int, kills: int, jobs: tuple[int, ...]) -> None:
    random = Random(5)
    moments = sorted(random.sample(range(1, evaluations * 9 // 10), kills))
    out = tmp_path / "killed"
    before = 0
    for number, moment in enumerate(moments):
        kill_when(out, evaluations, jobs[number % len(jobs)], moment)
        assert logged(out) >= max(before, moment)
        before = logged(out)
        best = out / BEST_FILE
        assert not best.exists() or check_file(best).accepted
    bytes_of = {name: finish(tmp_path / name, evaluations) for name in ("killed", "whole")}
    assert bytes_of["killed"] == bytes_of["whole"]
    manifest = json.loads(next(out.glob(f"{FOLDER}/*/{MANIFEST_FILE}")).read_text())
    ends = [sitting["stopped_by"] for sitting in manifest["sittings"]]
    # Some kills come before a sitting has begun.
    assert 2 <= len(ends) <= kills + 1
    assert ends == [None] * (len(ends) - 1) + ["evaluations"]


def test_three_kills(tmp_path: Path) -> None:
    assert_nothing_is_lost(tmp_path, 700, 3, (1,))


@pytest.mark.slow
def test_twenty_kills_of_one_and_two_processes(tmp_path: Path) -> None:
    assert_nothing_is_lost(tmp_path, 8_000, 20, (1, 2))

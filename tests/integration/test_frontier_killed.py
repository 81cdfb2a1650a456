"""A campaign on the frontier survives being killed at any moment."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adversaries.corpus import load
from tests.integration.test_search_killed import logged

ROOT = Path(__file__).parents[2]
SHARES = ("1/4", "1/2", "3/4")


def start(folder: Path) -> subprocess.Popen[bytes]:
    shares = [word for share in SHARES for word in ("--alpha", share)]
    options = ("--search", "--evaluations", "450", "--max-requests", "60")
    return subprocess.Popen(
        [sys.executable, "-m", "cr_toolkit.cli.main", "frontier", str(folder), *shares, *options],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.DEVNULL,
    )


@pytest.mark.slow
def test_kills_change_nothing(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert start(whole).wait(120) == 0
    assert logged(whole) == 2 * len(SHARES) * 450
    before = 0
    for moment in (1, 400, 1000, 1350, 1500, 2400):
        process = start(killed)
        deadline = time.monotonic() + 60
        while logged(killed) < moment and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        assert process.poll() is None, "finished before it was killed"
        process.kill()
        process.wait()
        assert logged(killed) >= max(before, moment)
        before = logged(killed)
        assert not killed.exists() or load(killed) is not None
    assert start(killed).wait(120) == 0
    files = {path.name: path.read_bytes() for path in (whole / "worst").iterdir()}
    assert len(files) >= 2
    assert {path.name: path.read_bytes() for path in (killed / "worst").iterdir()} == files

"""A campaign on the frontier survives being killed at any moment."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from adversaries.corpus import load
from adversaries.corpus.points import LOG_FILE

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


def points_done(folder: Path) -> int:
    log = folder / LOG_FILE
    return len(log.read_text().splitlines()) if log.exists() else 0


@pytest.mark.slow
def test_kills_change_nothing(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert start(whole).wait(120) == 0
    done = 0
    for delay in (0.0, 0.3, 0.7, 0.1):
        process = start(killed)
        deadline = time.monotonic() + 60
        while points_done(killed) <= done and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(delay)
        process.kill()
        process.wait()
        assert points_done(killed) > done or process.returncode == 0
        done = points_done(killed)
        load(killed)
    assert start(killed).wait(120) == 0
    assert points_done(killed) == points_done(whole) == 2 * len(SHARES)
    files = {path.name: path.read_bytes() for path in whole.iterdir() if path.is_file()}
    assert {path.name: path.read_bytes() for path in killed.iterdir() if path.is_file()} == files

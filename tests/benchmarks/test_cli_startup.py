"""How long the command takes to say what it can do, against the library that parses its options."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def seconds(*arguments):
    """Return the best of five wall times of a Python process."""
    times = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - began)
    return min(times)


@pytest.mark.benchmark
def test_help_costs_little_more_than_importing_click():
    click, crtool = seconds("-c", "import click"), seconds("-m", "cr_toolkit.cli.main", "--help")
    print(f"import click {click:.3f} s, crtool --help {crtool:.3f} s")
    assert crtool < 3 * click

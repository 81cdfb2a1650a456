"""The documentation's console sessions are real: each command runs and prints what is shown.

Run this file as a script to write the real output into the pages: ``python tests/integration/test_readme.py``.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/own-policy.md", "docs/adaptive.md")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def sessions(text: str) -> list[list[tuple[str, str]]]:
    """Return, per console block, its commands with the output shown for each."""
    found = []
    for block in BLOCK.findall(text):
        parts = re.split(r"^\$ (.*)\n", block, flags=re.MULTILINE)[1:]
        found.append(list(zip(parts[::2], parts[1::2], strict=True)))
    return found


def run(commands: list[str], folder: Path) -> list[str]:
    """Run the commands in one shell and return the output of each."""
    script = "\n".join(f"{command}\nstatus=$?; echo '@@'; (exit $status)" for command in commands)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, capture_output=True, text=True, env={**os.environ, "PATH": path}
    )
    return done.stdout.split("@@\n")[: len(commands)]


def masked(output: str) -> str:
    """Leave out what depends on the machine: seconds, and brackets that were found within a time limit."""
    output = re.sub(r"\d+(\.\d+)? s\b", "_ s", output)
    output = re.sub(r"(?m)^(optimum  between ).*", r"\1_", output)
    return re.sub(r" +\[[0-9.]+, [0-9.]+\]$", " _", output, flags=re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    return tmp_path


@pytest.mark.parametrize("page", PAGES)
def test_every_session_prints_what_the_page_shows(page: str, folder: Path) -> None:
    found = sessions((ROOT / page).read_text(encoding="utf-8"))
    assert found
    commands = [command for session in found for command, _ in session]
    shown = [output for session in found for _, output in session]
    for command, expected, real in zip(commands, shown, run(commands, folder), strict=True):
        assert masked(real) == masked(expected), command


def write_real_output(page: Path, folder: Path) -> None:
    """Replace the output of every session of ``page`` by what its commands print now."""
    text = page.read_text(encoding="utf-8")
    commands = [command for session in sessions(text) for command, _ in session]
    outputs = iter(run(commands, folder))

    def refill(block: re.Match[str]) -> str:
        lines = re.findall(r"^\$ .*\n", block[1], flags=re.MULTILINE)
        return "```console\n" + "".join(line + next(outputs) for line in lines) + "```"

    page.write_text(BLOCK.sub(refill, text), encoding="utf-8")


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "examples").symlink_to(ROOT / "examples")
        for name in PAGES:
            write_real_output(ROOT / name, Path(scratch))

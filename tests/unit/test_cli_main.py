"""The command as a whole: help, start-up, and what becomes of every kind of failure."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import click
import pytest

from cr_toolkit.cli import main as entry
from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.errors import CrtoolError, InputError

COMMANDS = entry.CommandFolder().list_commands(click.Context(entry.crtool))
HEAVY = ("numpy", "numba", "pulp", "highspy", "sympy", "networkx", "matplotlib", "rich", "msgspec", "hypothesis")
ROOT = Path(__file__).parents[2]


def test_the_commands_are_the_modules_of_the_folder():
    assert {"search", "run", "solve", "check", "plot", "theorem", "replay", "schema", "gate"} <= set(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_with_examples(command, capsys):
    assert entry.run([command, "--help"]) == ExitCode.HELD
    shown = capsys.readouterr().out
    assert "Examples:" in shown
    assert f"crtool {command}" in shown


def test_help_imports_nothing_heavy():
    script = (
        "import sys; from cr_toolkit.cli.main import run; run(['--help']); "
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"
    assert "Exit codes" in done.stdout


def test_a_one_line_summary_is_never_cut_short(capsys):
    entry.run(["--help"])
    assert "..." not in capsys.readouterr().out.partition("Commands:")[2]


def test_no_arguments_is_a_usage_error_that_shows_the_help(capsys):
    assert entry.run([]) == ExitCode.INPUT_ERROR
    assert "Commands:" in capsys.readouterr().err


def test_version(capsys):
    assert entry.run(["--version"]) == ExitCode.HELD
    assert capsys.readouterr().out.startswith("crtool 0.")


class Raising:
    """Stands in for the command group and fails on demand."""

    def __init__(self, error):
        self.error = error

    def make_context(self, *_):
        raise self.error


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (InputError("must be >= 1, got 0", field="memory", source="a.json"), 2, "a.json: memory must be >= 1, got 0"),
        (click.UsageError("No such option"), 2, "No such option"),
        (click.FileError("x", "gone"), 2, "gone"),
        (CrtoolError("two bounds cross"), 4, "two bounds cross"),
        (ZeroDivisionError("division\nby zero"), 4, "internal error: ZeroDivisionError: division by zero"),
        (SystemExit(0), 4, "internal error: SystemExit"),
        (RecursionError("deep"), 4, "internal error: RecursionError"),
        (KeyboardInterrupt(), 130, "interrupted"),
        (click.Abort(), 130, "interrupted"),
    ],
)
def test_every_failure_is_one_sentence_and_a_code(error, code, said, monkeypatch, capsys):
    monkeypatch.delenv("CRTOOL_TRACEBACK", raising=False)
    monkeypatch.setattr(entry, "crtool", Raising(error))
    assert entry.run([]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert said in shown.err


def test_a_traceback_can_be_asked_for(monkeypatch, capsys):
    monkeypatch.setenv("CRTOOL_TRACEBACK", "1")
    monkeypatch.setattr(entry, "crtool", Raising(KeyError("lost")))
    assert entry.run([]) == ExitCode.REJECTED
    assert "Traceback" in capsys.readouterr().err


class Swallowing:
    """Stands in for a command that is compiling: Ctrl-C is lost there, and something else fails."""

    def make_context(self, *_):
        with suppress(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
        raise RuntimeError("no compiled object yet")


def test_an_interrupt_that_is_swallowed_still_counts(monkeypatch, capsys):
    usual = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(entry, "crtool", Swallowing())
    assert entry.run([]) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == "crtool: interrupted\n"
    assert signal.getsignal(signal.SIGINT) is usual

"""The entry point: finds subcommands, and turns every way a command can end into an exit code and one sentence."""

from __future__ import annotations

import os
import pkgutil
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import Any, NoReturn

import click

from cr_toolkit import __version__
from cr_toolkit.cli.exit_codes import ExitCode
from cr_toolkit.errors import CrtoolError, InputError

_COMMANDS = "cr_toolkit.cli.commands"

_EPILOG = """\b
Exit codes:
  0    held: no bound was broken
  1    certified violation: a bound is broken, and the checker agrees
  2    wrong usage or input
  3    nothing decided
  4    a file was rejected by the checker, or an internal error
  130  interrupted; what was found is kept

\b
Start here:
  crtool search --policy svf --alpha 1/2 --seconds 20
  crtool COMMAND --help
"""


class CommandFolder(click.Group):
    """A group whose subcommands are the modules of ``cr_toolkit.cli.commands``, imported when asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the subcommands."""
        package = import_module(_COMMANDS)
        return sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(package.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a subcommand."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(f"{_COMMANDS}.{cmd_name.replace('-', '_')}").command
        return command


@click.command(
    cls=CommandFolder,
    epilog=_EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, prog_name="crtool", message="%(prog)s %(version)s")
def crtool() -> None:
    """Find, certify and judge bad instances for policies that schedule LLM requests under a memory limit.

    A policy's competitive ratio is its total latency over the best possible total latency. crtool searches for
    instances on which that ratio is large, proves what it found with two schedules anyone can re-check, and holds
    it against the theorems that promise an upper bound.
    """


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run `crtool` with ``arguments`` (default: the process's) and exit with an ExitCode."""
    code = run(sys.argv[1:] if arguments is None else arguments)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = ExitCode.BROKEN_PIPE
        _silence_stdout()
    except OSError as error:
        if code == ExitCode.HELD:
            code = _fail(f"standard output cannot be written: {error.strerror}", ExitCode.INPUT_ERROR)
        _silence_stdout()
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run `crtool` with ``arguments`` and return the exit code; what went wrong is said on standard error."""
    with _interrupts() as interrupts:
        return _run(arguments, interrupts)


@contextmanager
def _interrupts() -> Iterator[list[int]]:
    """Remember every Ctrl-C: while code is compiled, numba swallows what it raises and fails with another error."""
    heard: list[int] = []

    def hear(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        signal.default_int_handler(number, frame)

    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if not usual or threading.current_thread() is not threading.main_thread():
        yield heard
        return
    signal.signal(signal.SIGINT, hear)
    try:
        yield heard
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _run(arguments: Sequence[str], interrupts: Sequence[int]) -> int:
    try:
        with crtool.make_context("crtool", list(arguments)) as context:
            result: Any = crtool.invoke(context)
        return int(result) if isinstance(result, int) else ExitCode.HELD
    except click.exceptions.Exit as finished:
        return finished.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return ExitCode.INPUT_ERROR
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "crtool"
        return _fail(f"{error.format_message()} (see `{where} --help`)", ExitCode.INPUT_ERROR)
    except click.ClickException as error:
        return _fail(error.format_message(), ExitCode.INPUT_ERROR)
    except (KeyboardInterrupt, click.Abort) as interruption:
        return _fail(str(interruption) or "interrupted", ExitCode.INTERRUPTED)
    except InputError as error:
        return _fail(str(error), ExitCode.INPUT_ERROR)
    except BrokenPipeError:
        _silence_stdout()
        return ExitCode.BROKEN_PIPE
    except CrtoolError as error:
        return _fail(str(error), ExitCode.REJECTED)
    except (Exception, SystemExit) as error:
        return _fail("interrupted", ExitCode.INTERRUPTED) if interrupts else _internal_error(error)


def _internal_error(error: BaseException) -> ExitCode:
    if os.environ.get("CRTOOL_TRACEBACK"):
        traceback.print_exception(error, file=sys.stderr)
    said = " ".join(str(error).split())
    hint = "set CRTOOL_TRACEBACK=1 to see where"
    return _fail(f"internal error: {type(error).__name__}: {said} ({hint})", ExitCode.REJECTED)


def _fail(sentence: str, code: ExitCode) -> ExitCode:
    click.echo(f"crtool: {sentence}", err=True)
    return code


def _silence_stdout() -> None:
    # The interpreter flushes standard output once more at exit, and would complain about it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()

"""What commands that search share: the search with its progress, the folder for results, the exit code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from cr_toolkit.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from adversaries import SearchResult
    from proofs.verdict import Judgement


def run_search(policy: str, out: str, settings: dict[str, Any]) -> SearchResult:
    """Search with the options of a command, ``seconds`` and ``jobs`` among them, and show progress."""
    from adversaries import search
    from adversaries.campaigns.campaign import FOLDER
    from cr_toolkit.cli.progress import search_progress

    seconds, jobs = settings.pop("seconds"), settings.pop("jobs")
    with search_progress(f"searching against {policy}") as progress:
        return search(
            policy,
            **settings,
            seconds=None if seconds is None else float(seconds),
            jobs=jobs or _processors(),
            out=out,
            campaigns=os.path.join(out, FOLDER),
            progress=progress,
        )


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def require_folder(out: str) -> None:
    """Make the folder for results.

    Raises:
        InputError: if it cannot be made or written to.
    """
    from cr_toolkit.errors import InputError

    try:
        os.makedirs(out, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made a folder: {error.strerror}", field=out, source="--out") from None
    if not os.access(out, os.W_OK | os.X_OK):
        raise InputError("cannot be written to", field=out, source="--out")


def exit_code_of(result: SearchResult, judgements: tuple[Judgement, ...]) -> ExitCode:
    """Return 1 if a bound is broken, 130 after Ctrl-C, else 0."""
    from proofs.verdict import Verdict

    if any(judgement.verdict is Verdict.VIOLATED for judgement in judgements):
        return ExitCode.VIOLATION
    return ExitCode.INTERRUPTED if result.stopped_by == "interrupted" else ExitCode.HELD

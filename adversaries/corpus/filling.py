"""Pushing a frontier out: one sweep of all memory shares per policy and rules, whose worst the corpus keeps."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from adversaries.campaigns.campaign import FOLDER
from adversaries.corpus.files import Kept
from adversaries.corpus.points import Point
from adversaries.corpus.store import Kind, add, load
from adversaries.pattern import Pattern
from adversaries.searching import INTERRUPTED
from adversaries.sitting import Progress
from adversaries.sweeping import sweep
from cr_toolkit.errors import InputError

Sweep = tuple[Point, ...]
"""Points that differ in the memory share alone: one sweep searches them all."""


@dataclass(frozen=True)
class Effort:
    """How much each point is searched; with equal efforts and an equal corpus, equal results.

    Attributes:
        evaluations: for each point; those of a sweep are spent where they pay.
        seed: of the random streams.
        max_requests: most requests of a candidate; as for ``search`` if None.
    """

    evaluations: int
    seed: int = 0
    max_requests: int | None = None


def sweeps_of(points: Iterable[Point]) -> tuple[Sweep, ...]:
    """Return ``points`` by policy and rules, in the order in which these come first."""
    together: dict[object, list[Point]] = {}
    for point in points:
        together.setdefault(point.run, []).append(point)
    return tuple(map(tuple, together.values()))


def improve(
    folder: str | os.PathLike[str],
    points: Sequence[Point],
    effort: Effort,
    *,
    jobs: int = 1,
    cluster: str | None = None,
    progress: Callable[[Sweep, Progress], None] | None = None,
) -> Iterator[tuple[Sweep, tuple[Kept, ...]]]:
    """Search every point, starting from the witnesses in the corpus ``folder``, and keep there what is worse.

    The searches are kept in the folder too: given again, one that was stopped or killed goes on from its last finished
    evaluation, and one that is finished is not made again.

    Args:
        folder: the corpus; made if missing.
        points: what to search; those of one policy under the same rules in one sweep.
        effort: how much, for each point.
        jobs: processes to use.
        cluster: address of a Dask scheduler whose workers run the searches, in place of ``jobs``.
        progress: called now and then with the sweep at work.

    Yields:
        Each sweep, with the witnesses that are new among the worst.

    Raises:
        InputError: if the folder or the cluster cannot be used.
        RejectedFileError: if the checker rejects a file.
        KeyboardInterrupt: after keeping what was found, if a sweep was interrupted.
    """
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made a folder: {error.strerror}", field=str(folder), source="corpus") from None
    for together in sweeps_of(points):
        first = together[0]
        try:
            result = sweep(
                first.policy,
                shares=[point.alpha for point in together],
                admission=first.admission,
                queue=first.queue,
                evaluations=effort.evaluations * len(together),
                seed=effort.seed,
                max_requests=effort.max_requests,
                jobs=jobs,
                cluster=cluster,
                starts=_starts(load(place), first),
                campaigns=place / FOLDER,
                renew=False,
                progress=None if progress is None else partial(progress, together),
            )
            found = add(place, Kind.WORST, result.worst.values())
        except KeyboardInterrupt:
            # The journal has it, if not the corpus.
            raise KeyboardInterrupt(INTERRUPTED) from None
        if result.stopped_by == "interrupted":
            raise KeyboardInterrupt(INTERRUPTED)
        yield together, found


def _starts(kept: Iterable[Kept], point: Point) -> list[Pattern]:
    """Return the patterns of the witnesses that belong to the policy and the rules of ``point``."""
    related = (one.pattern for one in kept if one.is_run(*point.run))
    return [pattern for pattern in related if pattern is not None]

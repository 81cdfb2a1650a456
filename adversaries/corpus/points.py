"""The frontier of a policy: the worst witness of each memory share, and searches that push it out."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from adversaries.campaigns.campaign import FOLDER, retire
from adversaries.corpus.files import Kept, load, load_file
from adversaries.pattern import Pattern
from adversaries.searching import INTERRUPTED, Progress, SearchResult, search
from cr_toolkit import __version__
from cr_toolkit.errors import CrtoolError, InputError
from cr_toolkit.model.formats import WitnessRecord, read_witness, write_witness
from cr_toolkit.policies import Admission, Queue

LOG_FILE = "searched.jsonl"
"""One line per finished search of a point: what a campaign must not repeat, and how much was searched."""


class Point(NamedTuple):
    """A point of the frontier: bursts against ``policy`` whose peaks are all at most ``alpha`` M."""

    policy: str
    admission: Admission
    queue: Queue
    alpha: Fraction


@dataclass(frozen=True)
class Effort:
    """How each point is searched; with equal efforts and an equal corpus, equal results."""

    evaluations: int
    seed: int = 0
    max_requests: int | None = None


def best_at(kept: Iterable[Kept], point: Point) -> Kept | None:
    """Return the witness of largest certified ratio that belongs to ``point``; of equal ones the shortest."""
    within = [
        one
        for one in kept
        if one.is_burst and one.alpha <= point.alpha and one.is_run(point.policy, point.admission, point.queue)
    ]
    return min(within, key=lambda one: (-one.ratio, one.requests, one.path.name), default=None)


def point_file(point: Point) -> str:
    """Return the name of the file that keeps the witness found at ``point``."""
    queue = "" if point.queue is Queue.HEAD_OF_LINE else f"-{point.queue}"
    share = f"{point.alpha.numerator}-{point.alpha.denominator}"
    return f"{point.policy}-{point.admission}{queue}-{share}.json"


def improve(
    folder: str | os.PathLike[str],
    points: Sequence[Point],
    effort: Effort,
    *,
    jobs: int = 1,
    cluster: str | None = None,
    progress: Callable[[Point, Progress], None] | None = None,
) -> Iterator[tuple[Point, Kept | None]]:
    """Search every point, starting from the witnesses in ``folder``, and keep there what is worse.

    A file of an earlier search that is no longer the worst at any share is removed.

    A point already searched with the same effort by the same version is passed over, and the search of the point at
    which a campaign was killed goes on from its last finished evaluation.

    Args:
        folder: the corpus; made if missing.
        points: what to search, in this order.
        effort: how much, for each point.
        jobs: processes to use.
        cluster: address of a Dask scheduler whose workers run the searches, in place of ``jobs``.
        progress: called now and then with the point that is searched.

    Yields:
        Each point searched, with its new witness, or None if nothing worse was found.

    Raises:
        InputError: if the folder or the cluster cannot be used.
        RejectedFileError: if the checker rejects a file.
        KeyboardInterrupt: after keeping what was found, if a search was interrupted.
    """
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made a folder: {error.strerror}", field=str(folder), source="corpus") from None
    finished = _finished(place / LOG_FILE)
    kept = {one.path: one for one in load(place)}
    for point in points:
        entry = _entry(point, effort)
        if entry in finished:
            continue
        result = search(
            point.policy,
            alpha=point.alpha,
            admission=point.admission,
            queue=point.queue,
            evaluations=effort.evaluations,
            seed=effort.seed,
            max_requests=effort.max_requests,
            jobs=jobs,
            cluster=cluster,
            starts=_starts(kept.values(), point),
            campaigns=place / FOLDER,
            renew=False,
            progress=None if progress is None else partial(progress, point),
        )
        found = _keep(place, kept.values(), point, result)
        if found is not None:
            kept[found.path] = found
            drop_dominated(kept, found, {place / point_file(one) for one in points})
        if result.stopped_by == "interrupted":
            raise KeyboardInterrupt(INTERRUPTED)
        _append(place / LOG_FILE, entry)
        if result.campaign is not None:
            retire(result.campaign)
        yield point, found


def _starts(kept: Iterable[Kept], point: Point) -> list[Pattern]:
    """Return the patterns of the witnesses that belong to the policy and the rules of ``point``."""
    related = (one.pattern for one in kept if one.is_run(point.policy, point.admission, point.queue))
    return [pattern for pattern in related if pattern is not None]


def _keep(folder: Path, kept: Iterable[Kept], point: Point, result: SearchResult) -> Kept | None:
    """Keep what a search found at ``point`` if nothing there is as bad; return it."""
    path = folder / point_file(point)
    before = best_at(kept, point)
    # A part of this search that was interrupted, or killed right at its end, may have kept it already.
    again = path.is_file() and _origin(read_witness(path)) == _origin(result.best)
    if before is not None and result.ratio[0] <= before.ratio and not again:
        return None
    write_witness(path, result.best)
    witness = load_file(path)
    if witness is None:
        raise CrtoolError(f"{path}: is not a witness")
    return witness


def _origin(witness: WitnessRecord) -> dict[str, Any]:
    """Return what a witness says of the search it comes from and of its instance."""
    return {**witness.provenance, "evaluations": None}


def drop_dominated(kept: dict[Path, Kept], best: Kept, campaign: set[Path]) -> None:
    """Remove the campaign's own files that ``best`` makes useless: a smaller ratio at no smaller share."""
    run = (best.witness.policy.name, best.witness.policy.parameters)
    for path, one in list(kept.items()):
        dominated = one.is_burst and one.ratio <= best.ratio and one.alpha >= best.alpha and path != best.path
        if dominated and path in campaign and (one.witness.policy.name, one.witness.policy.parameters) == run:
            path.unlink(missing_ok=True)
            del kept[path]


def _entry(point: Point, effort: Effort) -> str:
    fields = {
        "policy": point.policy,
        "admission": point.admission.value,
        "queue": point.queue.value,
        "alpha": str(point.alpha),
        **asdict(effort),
        "version": __version__,
    }
    return json.dumps(fields)


def _finished(path: Path) -> set[str]:
    try:
        return set(path.read_text(encoding="utf-8").splitlines())
    except FileNotFoundError:
        return set()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", source=str(path)) from None


def _append(path: Path, entry: str) -> None:
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(entry + "\n")
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", source=str(path)) from None

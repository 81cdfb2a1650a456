"""Filling a whole frontier from one search."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path

from adversaries.corpus.files import Kept, load, load_file
from adversaries.corpus.points import Effort, Point, best_at, drop_dominated, point_file
from adversaries.searching import Progress
from adversaries.sweeping import sweep
from cr_toolkit.errors import CrtoolError, InputError
from cr_toolkit.model.formats import write_witness
from cr_toolkit.policies import Admission, Queue


def fill(
    folder: str | os.PathLike[str],
    policy: str,
    shares: Sequence[Fraction],
    effort: Effort,
    *,
    admission: Admission = Admission.LOOKAHEAD,
    queue: Queue = Queue.HEAD_OF_LINE,
    jobs: int = 1,
    progress: Callable[[Progress], None] | None = None,
) -> dict[Point, Kept]:
    """Search all ``shares`` in one sweep, from the witnesses in ``folder``, and keep there what is worse.

    A file that is then no longer the worst at any of ``shares`` is removed.

    Args:
        folder: the corpus; made if missing.
        policy: a registered name.
        shares: the memory shares.
        effort: evaluations for the whole sweep, its seed and its largest instance.
        admission: admission rule.
        queue: queue discipline.
        jobs: processes to use.
        progress: called now and then.

    Returns:
        The points that have a new witness, with it. One that is the worst at several shares is kept at the least.

    Raises:
        InputError: if the folder cannot be used.
        RejectedFileError: if the checker rejects a file.
    """
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be made a folder: {error.strerror}", field=str(folder), source="corpus") from None
    kept = {one.path: one for one in load(place)}
    campaign = {place / point_file(Point(policy, admission, queue, share)) for share in shares}
    related = (one.pattern for one in kept.values() if one.is_run(policy, admission, queue))
    result = sweep(
        policy,
        shares=shares,
        admission=admission,
        queue=queue,
        evaluations=effort.evaluations,
        seed=effort.seed,
        max_requests=effort.max_requests,
        jobs=jobs,
        starts=[pattern for pattern in related if pattern is not None],
        progress=progress,
    )
    found: dict[Point, Kept] = {}
    for share, witness in result.worst.items():
        point = Point(policy, admission, queue, share)
        before = best_at(kept.values(), point)
        if before is not None and Fraction(witness.ratio.lower) <= before.ratio:
            continue
        path = place / point_file(point)
        write_witness(path, witness)
        new = load_file(path)
        if new is None:
            raise CrtoolError(f"{path}: is not a witness")
        kept[path] = new
        drop_dominated(kept, new, campaign)
        found[point] = new
    return found

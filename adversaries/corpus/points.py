"""The points of a frontier: what is asked of a policy at a memory share, and the kept witness that answers best."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from adversaries.corpus.files import Kept
from cr_toolkit.policies import Admission, Queue


class Point(NamedTuple):
    """A point of the frontier: bursts against ``policy`` whose peaks are all at most ``alpha`` M."""

    policy: str
    admission: Admission
    queue: Queue
    alpha: Fraction

    @property
    def run(self) -> tuple[str, Admission, Queue]:
        """The policy and its rules: what points that are searched together have in common."""
        return self.policy, self.admission, self.queue


def best_at(kept: Iterable[Kept], point: Point) -> Kept | None:
    """Return the witness of largest certified ratio that belongs to ``point``; of equal ones the shortest."""
    within = [one for one in kept if one.is_burst and one.alpha <= point.alpha and one.is_run(*point.run)]
    return min(within, key=lambda one: (-one.ratio, one.requests, one.path.name), default=None)

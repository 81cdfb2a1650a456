"""The frontier: per memory share, the worst ratio that is certified against what the theorems allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from adversaries.corpus import Kept, Point, best_at
from cr_toolkit.errors import CrtoolError
from cr_toolkit.report.judging import Bounds, judge_witness
from cr_toolkit.report.results.base import RatioBracket
from cr_toolkit.report.results.searching import FrontierBound, FrontierEntry, FrontierResult
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.theorem import THEOREMS, Kind, Setting, Theorem
from proofs.verdict import Verdict

DEFAULT_SHARES = tuple(Fraction(text) for text in ("1/8", "1/4", "1/3", "1/2", "2/3", "3/4", "9/10"))
"""Memory shares of the frontier unless told otherwise."""


@dataclass(frozen=True)
class Place:
    """A point of the frontier.

    Attributes:
        point: policy, rules and memory share.
        worst: the witness of largest certified ratio, or None.
        above: theorems and their bounds on every burst at this share, tightest first.
        below: theorems that promise bursts at this share with a ratio close to a number, and the number.
        violated: the ids of the theorems that ``worst`` breaks.
    """

    point: Point
    worst: Kept | None
    above: tuple[tuple[Theorem, Fraction], ...]
    below: tuple[tuple[Theorem, Fraction], ...]
    violated: tuple[str, ...]

    @property
    def gap(self) -> Fraction | None:
        """The tightest bound less the worst certified ratio; None if either is unknown."""
        return None if self.worst is None or not self.above else self.above[0][1] - self.worst.ratio


def frontier(kept: Sequence[Kept], points: Iterable[Point]) -> tuple[Place, ...]:
    """Return the frontier at ``points``, given witnesses that the checker has accepted."""
    return tuple(_place(kept, point) for point in points)


def bounds_at(point: Point, kinds: Iterable[Kind]) -> tuple[tuple[Theorem, Fraction], ...]:
    """Return the theorems of these kinds on bursts that give a number at ``point``, smallest number first."""
    setting = Setting(point.policy, {}, point.admission, point.queue)
    wanted = frozenset(kinds)
    found = []
    for theorem in THEOREMS:
        if theorem.kind in wanted and theorem.traffic is Traffic.BURST and theorem.failed_setting(setting) is None:
            bound = theorem.bound_at(point.alpha)
            if bound is not None:
                found.append((theorem, bound))
    return tuple(sorted(found, key=lambda pair: (pair[1], pair[0].id)))


def _place(kept: Sequence[Kept], point: Point) -> Place:
    worst = best_at(kept, point)
    above = bounds_at(point, (Kind.UPPER, Kind.TIGHT))
    below = bounds_at(point, (Kind.LOWER, Kind.TIGHT))
    return Place(point, worst, above, below, () if worst is None else _violated(worst, above))


def _violated(worst: Kept, above: Sequence[tuple[Theorem, Fraction]]) -> tuple[str, ...]:
    """Return the theorems that a witness breaks: on its own instance, or at the share of the point."""
    judged = judge_witness(worst.witness, Bounds())
    broken = {judgement.theorem for judgement in judged if judgement.verdict is Verdict.VIOLATED}
    crossed = {theorem.id for theorem, bound in above if worst.ratio > bound}
    if not crossed <= broken:
        # A bound for all instances of a share is at least the bound of each; the theorem's code disagrees.
        raise CrtoolError(f"{worst.path}: above the bound for its share of {', '.join(sorted(crossed - broken))} alone")
    return tuple(sorted(broken))


def as_result(policy: str, queue: str, places: Iterable[Place]) -> FrontierResult:
    """Return the frontier as it is printed."""
    return FrontierResult(policy=policy, queue=queue, traffic="burst", points=tuple(map(_entry, places)))


def _entry(place: Place) -> FrontierEntry:
    worst = place.worst
    return FrontierEntry(
        alpha=str(place.point.alpha),
        admission=place.point.admission.value,
        ratio=None if worst is None else RatioBracket(lower=worst.witness.ratio.lower, upper=worst.witness.ratio.upper),
        witness=None if worst is None else str(worst.path),
        requests=None if worst is None else worst.requests,
        memory=None if worst is None else worst.witness.instance.memory,
        bounds=tuple(
            FrontierBound(id=theorem.id, kind=theorem.kind.value, status=theorem.status.value, bound=str(bound))
            for theorem, bound in (*place.above, *place.below)
        ),
        gap=None if place.gap is None else str(place.gap),
        violated=place.violated,
    )

"""From one witness to what it is an example of: shrunk as far as a family can still be lifted from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from adversaries.lifting import Growth, Lifted, follow, scaled
from adversaries.pattern import Pattern
from adversaries.shrinking import Shrunk, shrink
from adversaries.subject import Subject

_SHARES = (Fraction(9, 10), Fraction(1, 2), Fraction(1, 10), Fraction(1, 50))
"""Shares of the ratio to keep; the less is kept, the plainer the pattern, and the more must come back by lifting."""

_LEAST = Fraction(21, 20)
"""A ratio nearer to 1 has no pattern left."""

_EVALUATIONS = 1500


@dataclass(frozen=True)
class General:
    """A shrunk pattern and, if there is one, the family lifted from it with its certified ratios."""

    shrunk: Shrunk
    lifted: Lifted | None = None
    growth: Growth | None = None

    @property
    def is_unbounded(self) -> bool:
        """Whether no limit of the family's ratio is in sight."""
        return self.growth is not None and self.growth.trend == "unbounded"

    @property
    def reach(self) -> Fraction:
        """The largest ratio certified: of a member, or of the pattern."""
        members = () if self.growth is None else self.growth.members
        return max([self.shrunk.ratio, *(member.ratio for member in members)])


def generalise(
    subject: Subject,
    pattern: Pattern,
    ratio: Fraction,
    *,
    alpha: Fraction,
    max_requests: int,
    progress: Callable[[int], None] | None = None,
) -> General:
    """Return the plainest pattern from which a family can be lifted, and the family.

    Patterns are shrunk to ever smaller shares of ``ratio``. Of families whose ratio seems unbounded the one of the
    smallest pattern is taken, else the one that reaches the largest certified ratio.

    Args:
        subject: the run.
        pattern: where to start.
        ratio: its certified ratio.
        alpha: no peak may exceed this share of the memory.
        max_requests: most requests of a member.
        progress: called now and then with the number of candidates of the step at work.
    """
    found: list[General] = []
    for share in _SHARES:
        threshold = share * ratio
        if found and (threshold < _LEAST or (any(one.is_unbounded for one in found) and not found[-1].is_unbounded)):
            break
        start = found[-1].shrunk.pattern if found else pattern
        shrunk = shrink(
            subject, start, threshold, alpha=alpha, evaluations=_EVALUATIONS, regular=True, progress=progress
        )
        lifted = scaled(shrunk.pattern, subject, max_requests, progress)
        growth = None if lifted is None else follow(lifted, subject, max_requests)
        found.append(General(shrunk, lifted, growth))
    unbounded = [one for one in found if one.is_unbounded]
    if unbounded:
        return unbounded[-1]
    return max(found, key=lambda one: (one.lifted is not None, one.reach))

"""Following the certified ratio of a family along its parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from adversaries.lifting.series import Lifted
from adversaries.subject import Subject

_STILL_GROWING = Fraction(6, 5)
"""A ratio that gains at least this factor when k doubles does not look as if it had a limit near."""

_PARAMETERS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072)

Trend = Literal["unbounded", "growing", "flat"]


class Member(NamedTuple):
    """A member of a family and its certified ratio."""

    k: int
    ratio: Fraction
    alpha: Fraction
    requests: int


@dataclass(frozen=True)
class Growth:
    """How the ratio moves with k.

    Attributes:
        members: those evaluated, by ascending k.
        trend: ``unbounded`` if the last doubling of k still gains a fifth, ``growing`` if the ratio rises to the end,
            else ``flat``. It is read off these members and proves nothing about larger ones.
        per_doubling: factor gained by the last doubling of k, or None if there are too few members.
        limit: the a of a + b/k through the last two members, if ``growing``: an extrapolation.
    """

    members: tuple[Member, ...]
    trend: Trend
    per_doubling: Fraction | None
    limit: Fraction | None


def follow(
    lifted: Lifted, subject: Subject, max_requests: int, progress: Callable[[int], None] | None = None
) -> Growth:
    """Evaluate ``lifted`` at k = 1, 2, 3, 4, 6, 8, ... as long as a member has at most ``max_requests`` requests."""
    evaluator = subject.evaluator()
    space = subject.space(Fraction(1), False, max_requests)
    members: list[Member] = []
    for k in _PARAMETERS:
        pattern = lifted.at(k)
        if not pattern.is_well_formed or pattern.max_peak > pattern.memory or space.fitted(pattern) != pattern:
            continue
        if not space.admits(pattern):
            break
        ratio = evaluator.evaluate(pattern).ratio
        members.append(Member(k, ratio, Fraction(pattern.max_peak, pattern.memory), pattern.size))
        if progress is not None:
            progress(len(members))
    return judge_growth(members)


def judge_growth(members: list[Member]) -> Growth:
    """Return what the ratios of ``members`` (ascending k) say."""
    if len(members) < 2:
        return Growth(tuple(members), "flat", None, None)
    by_k = {member.k: member.ratio for member in members}
    doubled = [by_k[k] / by_k[k // 2] for k in by_k if k % 2 == 0 and k // 2 in by_k]
    per_doubling = doubled[-1] if doubled else None
    before, last = members[-2:]
    if last.ratio <= before.ratio:
        return Growth(tuple(members), "flat", per_doubling, None)
    if per_doubling is not None and per_doubling >= _STILL_GROWING:
        return Growth(tuple(members), "unbounded", per_doubling, None)
    limit = (last.ratio * last.k - before.ratio * before.k) / (last.k - before.k)
    return Growth(tuple(members), "growing", per_doubling, limit)

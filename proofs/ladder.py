"""A proof read on one run: from the policy's cost up to bound x OPT, one rung per lemma.

A feasible schedule stands in for OPT. Each rung replaces a part of the expression before it by something that a lemma
proves to be no smaller; the difference is what that lemma gives away on this run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cr_toolkit.model import Schedule
    from proofs.trial import Trial


class Rung(NamedTuple):
    """One expression on the way up.

    Attributes:
        lemma: the lemma by which it is at least the rung before it.
        formula: the expression, in the notation of ``proofs.trial``; TEL' is the schedule in the place of OPT.
        value: what it is on this run (steps).
    """

    lemma: str
    formula: str
    value: Fraction


Ladder = Callable[["Trial", "Schedule"], Sequence[Rung] | None]
"""The rungs above the policy's cost, the last one bound x TEL'; None when the run is too long for this proof."""


def exact_sum(terms: Iterable[Fraction]) -> Fraction:
    """Return the sum, adding neighbours first: fast when there are thousands of different denominators."""
    level = list(terms)
    while len(level) > 1:
        pairs = [low + high for low, high in zip(level[::2], level[1::2], strict=False)]
        level = pairs + level[len(pairs) * 2 :]
    return level[0] if level else Fraction(0)

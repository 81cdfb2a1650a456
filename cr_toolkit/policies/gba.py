"""Geometric batches: classes of similar length, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cr_toolkit.policies.base import PlanningPolicy
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.growth import parse_growth
from cr_toolkit.policies.information import FullView
from cr_toolkit.policies.premises import Premise
from cr_toolkit.policies.staggering import staggered


@POLICIES.register("gba")
class GeometricBatching(PlanningPolicy):
    """GBA: geometric length classes in ascending order, SPS inside each (arXiv 2601.22996).

    Class k = 0, 1, ... holds the outputs above growth^(k-1) and at most growth^k.

    Args:
        growth: ratio of the class limits, an integer or "p/q" (>= 11/10).

    Raises:
        InputError: if the parameter is out of range.
    """

    premises = frozenset({Premise.BURST, Premise.COMMON_PROMPT})
    choices = (
        "the classes grow by the factor growth, 2 unless given",
        "SPS in a class is spaced for the longest output present in it",
        "in a class the shorter output starts first, ties by request order",
        "a class begins when the class before has completed",
    )

    def __init__(self, growth: int | str = 2) -> None:
        parse_growth(growth)
        self.growth = growth

    def plan(self, memory: int, requests: Sequence[FullView]) -> list[int]:
        """Return the starts (steps)."""
        growth = parse_growth(self.growth)
        starts = [0] * len(requests)
        left = sorted(range(len(requests)), key=lambda index: requests[index].output)
        begin, limit = 0, Fraction(1)
        while left:
            batch = [index for index in left if requests[index].output <= limit]
            limit *= growth
            if batch:
                left = left[len(batch) :]
                longest = requests[batch[-1]].output
                planned = staggered(len(batch), begin, memory, requests[0].prompt, longest)
                for index, start in zip(batch, planned, strict=True):
                    starts[index] = start
                begin = max(start + requests[index].output for index, start in zip(batch, planned, strict=True))
        return starts

"""Geometric slices: run everything for a while, restart what did not complete with more."""

from __future__ import annotations

from typing import NamedTuple

from cr_toolkit.model.request import require_integer
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.growth import parse_growth
from cr_toolkit.policies.information import Information
from cr_toolkit.policies.online import Decision, Moment, OnlinePolicy
from cr_toolkit.policies.premises import Premise
from cr_toolkit.policies.staggering import staggered


class _Phase(NamedTuple):
    """A phase: its number, its slice (steps) and the (start, index) of the attempts still to come, ascending."""

    number: int
    slice: int
    coming: tuple[tuple[int, int], ...]


@POLICIES.register("gsa")
class GeometricSlicing(OnlinePolicy):
    """GSA: phase p = 0, 1, ... runs every unfinished request under SPS for slice growth^p steps (arXiv 2601.22996).

    What does not complete within its slice loses its progress and starts again in the next phase.

    Args:
        slice: length of the first slice (steps, >= 1).
        growth: ratio of the slices, an integer or "p/q" (>= 11/10).

    Raises:
        InputError: if a parameter is out of range.
    """

    information = Information.NONE
    premises = frozenset({Premise.BURST, Premise.COMMON_PROMPT})
    choices = (
        "the first slice is 1 step and slices double, unless given",
        "a slice is rounded up, and is at most M - s, which no request exceeds",
        "in a phase requests start in request order",
        "a phase begins when the last attempt of the phase before has ended",
        "memory freed by an early completion is not used before the next phase",
    )

    def __init__(self, slice: int = 1, growth: int | str = 2) -> None:
        require_integer(slice, least=1, field="policy parameter slice")
        parse_growth(growth)
        self.slice = slice
        self.growth = growth

    def decide(self, moment: Moment) -> Decision:
        """Return the attempts that end and begin now."""
        phase: _Phase | None = moment.memo
        stop = tuple(seen.request for seen in moment.running if phase is not None and seen.tokens == phase.slice)
        if phase is None or (not phase.coming and len(stop) == len(moment.running)):
            waiting = sorted((*stop, *(seen.request for seen in moment.waiting)))
            phase = self._phase(0 if phase is None else phase.number + 1, waiting, moment)
        start = tuple(index for begin, index in phase.coming if begin == moment.now)
        phase = phase._replace(coming=phase.coming[len(start) :])
        ends = [moment.now + phase.slice - seen.tokens for seen in moment.running if seen.request not in stop]
        ends += [moment.now + phase.slice] * bool(start)
        wake = min([*ends, *(begin for begin, _ in phase.coming[:1])])
        return Decision(stop, start, wake, phase)

    def _phase(self, number: int, waiting: list[int], moment: Moment) -> _Phase:
        prompt = (*moment.waiting, *moment.running)[0].view.prompt
        wanted = self.slice * parse_growth(self.growth) ** number
        length = min(-(-wanted.numerator // wanted.denominator), moment.memory - prompt)
        starts = staggered(len(waiting), moment.now, moment.memory, prompt, length)
        return _Phase(number, length, tuple(zip(starts, waiting, strict=True)))

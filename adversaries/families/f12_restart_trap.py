"""F12: long requests that nobody can tell from short ones block them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from adversaries.families.base import Family
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern
from cr_toolkit.policies import Admission


@FAMILIES.register("F12")
class RestartTrap(Family):
    """(s, o) x c, (s, 1) x N with s + o = P: the long ones, once started, outlive whatever is stopped.

    Made for A_min under one interval [1, u], which starts the long ones first and then protects them, as they have
    decoded most: each runs to its end beside a few short ones. FCFS falls into it too. Whoever sees one bit of the
    outputs does not.
    """

    admissions = frozenset({Admission.LOOKAHEAD})

    policy = "a-min"
    policy_parameters: ClassVar[Mapping[str, int | str]] = {"lower": 1}
    growing = "peak"
    source = "theory notes, section 5, F12"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return M = 256, 512, ..., P = alpha M of which 3/8 are prompt, and six long requests for each that fits."""
        memory = 256 * size
        peak = int(alpha * memory)
        prompt = 3 * peak // 8
        if peak < 8:
            return None
        longs = 6 * (memory // peak)
        return {"memory": memory, "prompt": prompt, "peak": peak, "longs": longs, "shorts": max(1, 200 * size - longs)}

    def pattern(self, *, memory: int, prompt: int, peak: int, longs: int, shorts: int) -> Pattern:
        """Return the long requests and the short ones, all of one prompt."""
        return Pattern(memory, (Block(prompt, peak - prompt, longs), Block(prompt, 1, shorts)))

    def limit(self, alpha: Fraction) -> None:
        """Return None: no constant is known that it stays below."""
        return

"""F5, exclusive pair: two requests that never fit together, served alternately."""

from __future__ import annotations

from fractions import Fraction

from adversaries.families.base import Family
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern


@FAMILIES.register("F5")
class ExclusivePair(Family):
    """(X, B) x N with X = (s, o) and B = (P - 1, 1) of the same volume P, at M <= P + s.

    X and B exclude each other, so the policy runs one at a time; the optimum runs the X many at a time. Limit about
    1/(2 alpha (1 - alpha)) for alpha > 1/2.
    """

    growing = "prompt"
    source = "theory notes, section 5, F5"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return the longest X whose B has a peak of at most alpha M; None up to alpha = 1/2."""
        if alpha <= Fraction(1, 2) or alpha >= 1:
            return None
        prompt = 50 * size**2
        length = int(alpha / (1 - alpha))
        while length > 1 and _peak(prompt, length) > alpha * (_peak(prompt, length) + prompt):
            length -= 1
        peak = _peak(prompt, length)
        if length < 2:
            return None
        return {"prompt": prompt, "length": length, "memory": -int(-peak // alpha), "rounds": 25 * size}

    def pattern(self, *, prompt: int, length: int, memory: int, rounds: int) -> Pattern:
        """Return ``rounds`` pairs of X = (prompt, length) and its wide twin."""
        return Pattern(memory, (Block(prompt, length), Block(_peak(prompt, length) - 1, 1)), rounds)

    def limit(self, alpha: Fraction) -> Fraction:
        """Return 1/(2 alpha (1 - alpha)), reached where alpha/(1 - alpha) is an integer from above."""
        return 1 / (2 * alpha * (1 - alpha))


def _peak(prompt: int, length: int) -> int:
    """Return the volume of (prompt, length), which is also the peak of its twin of one step (tokens)."""
    return prompt * length + length * (length + 1) // 2

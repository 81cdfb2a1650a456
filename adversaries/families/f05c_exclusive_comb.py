"""F5c, exclusive comb: several requests together keep a wide one out. Found by search, from the exclusive pair."""

from __future__ import annotations

from fractions import Fraction

from adversaries.families.base import Family
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern
from cr_toolkit.policies import Admission


@FAMILIES.register("F5c")
class ExclusiveComb(Family):
    """(X x m, B) x N with X = (s, o) and B = (P - 1, 1) of the same volume P = alpha M, and m (s + 1) > M - P.

    While m of the X run, about (1 - alpha) M tokens are in use and B waits; the optimum fills the memory. A round
    takes about o = alpha m / (1 - alpha) steps against (m + 1) alpha: limit 1/(1 - alpha) as m grows and s outgrows o.
    """

    admissions = frozenset({Admission.LOOKAHEAD})
    growing = "teeth"
    source = "this project"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return 2, 3, 4, ... teeth of the greatest length that keeps B out; None up to alpha = 1/2."""
        if alpha <= Fraction(1, 2) or alpha >= 1:
            return None
        teeth = size + 1
        prompt = 40 * teeth**2
        length = int(alpha * teeth / (1 - alpha))
        while length > 1 and _memory(prompt, length, alpha) - _volume(prompt, length) >= teeth * (prompt + 1):
            length -= 1
        memory = _memory(prompt, length, alpha)
        return {"teeth": teeth, "prompt": prompt, "length": length, "memory": memory, "rounds": 100 * size}

    def pattern(self, *, teeth: int, prompt: int, length: int, memory: int, rounds: int) -> Pattern:
        """Return ``rounds`` times ``teeth`` long requests and a wide one."""
        return Pattern(memory, (Block(prompt, length, teeth), Block(_volume(prompt, length) - 1, 1)), rounds)

    def limit(self, alpha: Fraction) -> Fraction:
        """Return 1/(1 - alpha)."""
        return 1 / (1 - alpha)


def _volume(prompt: int, length: int) -> int:
    """Return the volume of (prompt, length), which is also the peak of its twin of one step (tokens)."""
    return prompt * length + length * (length + 1) // 2


def _memory(prompt: int, length: int, alpha: Fraction) -> int:
    """Return the least memory (tokens) at which the twin's peak is at most ``alpha`` of it."""
    return -int(-_volume(prompt, length) // alpha)

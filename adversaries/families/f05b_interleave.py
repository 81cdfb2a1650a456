"""F5', interleave: as the exclusive pair, with strictly increasing volumes, so that no tie is needed."""

from __future__ import annotations

from fractions import Fraction

from adversaries.families.base import Family
from adversaries.families.catalogue import FAMILIES
from adversaries.pattern import Block, Pattern


@FAMILIES.register("F5b")
class Interleave(Family):
    """A_k = (s + k, a) and B_k = (vol(A_0) + ka, 1) in turn, s = floor(M/(a+1)), M much larger than n a^2.

    Limit 1/(2(1 - alpha)).
    """

    growing = "pairs"
    source = "theory notes, section 5, F5'"

    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return the longest A that alpha allows; None up to alpha = 1/2."""
        if alpha <= Fraction(1, 2) or alpha >= 1:
            return None
        pairs = 10 * size
        length = int(alpha / (1 - alpha))
        memory = 40 * pairs * length**2
        while length > 1 and self.pattern(memory=memory, length=length, pairs=pairs).max_peak > alpha * memory:
            length -= 1
        return {"memory": memory, "length": length, "pairs": pairs} if length > 1 else None

    def pattern(self, *, memory: int, length: int, pairs: int) -> Pattern:
        """Return ``pairs`` of a long and a wide request, volumes rising by ``length`` from pair to pair."""
        prompt = memory // (length + 1)
        volume = prompt * length + length * (length + 1) // 2
        blocks: list[Block] = []
        for k in range(pairs):
            blocks += [Block(prompt + k, length), Block(volume + k * length, 1)]
        return Pattern(memory, tuple(blocks))

    def limit(self, alpha: Fraction) -> Fraction:
        """Return 1/(2(1 - alpha))."""
        return 1 / (2 * (1 - alpha))

"""The order of service cut into parts of equal load."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from proofs.poisson.chain import Chain

PARTS = 5
"""How many parts the load is cut into."""

MOST_PAIRS = 60_000
"""Most pairs of prompt and output whose order is worked out."""

Key = Callable[[int, int], int]
"""(prompt, output) to the priority of service."""


@dataclass(frozen=True)
class Part:
    """Consecutive classes in the order of service.

    Attributes:
        last: largest priority in it.
        below: load of all classes before it (tokens).
        through: load of all classes up to its end (tokens).
    """

    last: int
    below: Fraction
    through: Fraction

    @property
    def load(self) -> Fraction:
        """Volume of its requests that arrives per step (tokens)."""
        return self.through - self.below


def equal_loads(chain: Chain, key: Key) -> tuple[Part, ...]:
    """Return at most ``PARTS`` parts of about the same load; empty when there are more than ``MOST_PAIRS`` pairs."""
    prompts, outputs = chain.prompts, chain.outputs
    if len(prompts.weights) * len(outputs.weights) > MOST_PAIRS:
        return ()
    weighted: dict[int, int] = defaultdict(int)
    for (i, s), (j, o) in product(enumerate(prompts.weights), enumerate(outputs.weights)):
        prompt, output = prompts.least + i, outputs.least + j
        weighted[key(prompt, output)] += s * o * (2 * prompt * output + output * (output + 1))
    unit = chain.rate / (2 * prompts.total * outputs.total)
    whole = sum(weighted.values())
    parts: list[Part] = []
    begin = reached = 0
    for priority in sorted(weighted):
        reached += weighted[priority]
        if reached * PARTS >= whole * (len(parts) + 1) and reached > begin:
            parts.append(Part(priority, begin * unit, reached * unit))
            begin = reached
    return tuple(parts)

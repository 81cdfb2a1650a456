"""Probability laws on finitely many integers, with exact moments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import lcm
from typing import Self

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.errors import InputError

LONGEST = 5000
"""Most values of a truncated law: its exact weights grow with the square of their number."""

HIGHEST_RATE = 1000
"""Largest mean of a Poisson law."""

_DRAWN_BITS = 62
"""A draw is one integer of this many bits held against the cumulative weights, rounded down."""

_NEGLIGIBLE = Fraction(1, 2**70)
"""What the tail of a Poisson law may weigh beside the rest."""


@dataclass(frozen=True)
class Law:
    """The law of an integer that is ``least + k`` with a probability proportional to ``weights[k]``.

    Raises:
        InputError: if no weight is positive, or one is negative.
    """

    least: int
    weights: tuple[int, ...]

    def __post_init__(self) -> None:
        if not any(self.weights) or min(self.weights) < 0:
            raise InputError("must be >= 0 and not all zero", field="the weights of a law")

    @classmethod
    def uniform(cls, least: int, most: int) -> Self:
        """Return the uniform law on least, ..., most.

        Raises:
            InputError: if ``most`` is below ``least``.
        """
        if most < least:
            raise InputError(f"must not end below its beginning, got {least}..{most}", field="a range")
        return cls(least, (1,) * (most - least + 1))

    @classmethod
    def geometric(cls, mu: Fraction, longest: int) -> Self:
        """Return the geometric law P(k) ~ (1 - mu)^(k-1) on 1, ..., longest: what is longer is drawn again.

        Raises:
            InputError: if mu is not in (0, 1], or ``longest`` not in [1, LONGEST].
        """
        if not 0 < mu <= 1:
            raise InputError(f"must lie in (0, 1], got {mu}", field="mu")
        if not 1 <= longest <= LONGEST:
            raise InputError(f"must lie in [1, {LONGEST}], got {longest}", field="the longest output")
        stay, whole = mu.denominator - mu.numerator, mu.denominator
        return cls(1, tuple(stay**k * whole ** (longest - 1 - k) for k in range(longest)))

    @classmethod
    def poisson(cls, mean: Fraction) -> Self:
        """Return the Poisson law, without a tail of less than 2^-69 of its mass.

        Raises:
            InputError: if the mean is not in (0, HIGHEST_RATE].
        """
        if not 0 < mean <= HIGHEST_RATE:
            raise InputError(f"must lie in (0, {HIGHEST_RATE}], got {mean}", field="the mean of a Poisson law")
        terms = [Fraction(1)]
        # From twice the mean on, a term is at least the sum of those behind it.
        while len(terms) < 2 * mean or terms[-1] > _NEGLIGIBLE:
            terms.append(terms[-1] * mean / len(terms))
        common = lcm(*(term.denominator for term in terms))
        return cls(0, tuple(int(term * common) for term in terms))

    @property
    def most(self) -> int:
        """The largest value."""
        return self.least + len(self.weights) - 1

    @cached_property
    def total(self) -> int:
        """The sum of the weights."""
        return sum(self.weights)

    def mean(self, of: Callable[[int], int | Fraction] = int) -> Fraction:
        """Return the exact expectation of ``of`` at the drawn value; by default of the value itself."""
        weighted = (weight * of(self.least + k) for k, weight in enumerate(self.weights))
        return Fraction(sum(weighted)) / self.total

    def probability(self, holds: Callable[[int], bool]) -> Fraction:
        """Return the exact probability that ``holds``."""
        return self.mean(lambda value: int(holds(value)))

    def given(self, holds: Callable[[int], bool]) -> Law:
        """Return the law under the condition that ``holds``.

        Raises:
            InputError: if no value satisfies it.
        """
        return Law(self.least, tuple(w if holds(self.least + k) else 0 for k, w in enumerate(self.weights)))

    @cached_property
    def thresholds(self) -> NDArray[np.int64]:
        """The cumulative probabilities in units of 2^-62, rounded down; no probability is off by more than one unit."""
        scaled = ((below << _DRAWN_BITS) // self.total for below in accumulate(self.weights))
        return np.fromiter(scaled, np.int64, len(self.weights))

    def draw(self, count: int, random: np.random.Generator) -> NDArray[np.int64]:
        """Return ``count`` independent values, int64."""
        points = random.integers(0, 1 << _DRAWN_BITS, size=count, dtype=np.int64)
        return self.least + np.searchsorted(self.thresholds, points, side="right").astype(np.int64)

"""One-bit SVF with the proxies of the Poisson theorem, exactly, and what the bit costs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import lcm

from cr_toolkit.errors import InputError
from cr_toolkit.policies import OneBitPolicy, OneBitView
from cr_toolkit.taxonomy.traffic import Law


def published_loss(mu: Fraction, threshold: int) -> Fraction:
    """Return eps = (theta q^theta/(1 - q^theta))^2/2 (token-steps)."""
    tail = (1 - mu) ** threshold
    return (threshold * tail / (1 - tail)) ** 2 / 2


@dataclass(frozen=True)
class Bit:
    """The bit [o > threshold] of outputs with a given law.

    Attributes:
        outputs: the law (tokens).
        threshold: theta (tokens).

    Raises:
        InputError: if the bit is the same for all outputs.
    """

    outputs: Law
    threshold: int

    def __post_init__(self) -> None:
        if not self.outputs.least <= self.threshold < self.outputs.most:
            rule = f"must lie in [{self.outputs.least}, {self.outputs.most - 1}], got {self.threshold}"
            raise InputError(rule, field="the threshold")

    @cached_property
    def classes(self) -> tuple[Law, Law]:
        """The laws of short and of long outputs."""
        return self.outputs.given(lambda o: o <= self.threshold), self.outputs.given(lambda o: o > self.threshold)

    @cached_property
    def proxies(self) -> tuple[Fraction, Fraction]:
        """The mean short and the mean long output (tokens): the Poisson theorem's choice."""
        short, long = self.classes
        return short.mean(), long.mean()

    @cached_property
    def loss(self) -> Fraction:
        """eps: how far the mean of the best non-decreasing guess of E[v | class] stays below E[v] (token-steps).

        A proxy volume is E[v | class] less half the variance of the class's outputs. Raised by the smaller of the two
        halves it is in order with the service and at most E[v | class]; only the other class is underrated.
        """
        low, high = (law.mean(lambda o: o * o) - law.mean() ** 2 for law in self.classes)
        long_share = self.outputs.probability(lambda o: o > self.threshold)
        return (long_share * (high - low) if high >= low else (1 - long_share) * (low - high)) / 2


class MeanProxies(OneBitPolicy):
    """Smallest proxy volume first, the output replaced by the exact mean of its class.

    Args:
        bit: the bit and the law behind it.
    """

    def __init__(self, bit: Bit) -> None:
        self.bit = bit
        self.threshold = bit.threshold
        self._common = lcm(*(proxy.denominator for proxy in bit.proxies))
        self._proxies = tuple(int(proxy * self._common) for proxy in bit.proxies)

    def priority(self, request: OneBitView) -> int:
        """Return the proxy volume in a unit that makes it an integer."""
        proxy = self._proxies[request.is_long]
        return proxy * ((2 * request.prompt + 1) * self._common + proxy)

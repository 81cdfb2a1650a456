"""The chain of the Poisson theorems as exact formulas, for any laws of prompt and output.

Time is discrete and arrivals count from the next whole step on. The published formulas are those of geometric
outputs without a longest one; ``Published`` has them. ``Chain`` has the same chain for the laws that are simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from cr_toolkit.taxonomy.traffic import Law


@dataclass(frozen=True)
class Chain:
    """The chain for one system.

    Attributes:
        memory: M (tokens).
        alpha: memory share that no peak exceeds, below 1.
        rate: lambda, arrivals per step.
        prompts: law of a prompt (tokens).
        outputs: law of an output (tokens), independent of the prompt.
    """

    memory: int
    alpha: Fraction
    rate: Fraction
    prompts: Law
    outputs: Law

    @property
    def drain(self) -> Fraction:
        """D = (1 - alpha) M / 2: volume that is used per step, at least, while someone waits (tokens)."""
        return (1 - self.alpha) * self.memory / 2

    @cached_property
    def mean_prompt(self) -> Fraction:
        """E[s] (tokens)."""
        return self.prompts.mean()

    @cached_property
    def output_moments(self) -> tuple[Fraction, Fraction, Fraction]:
        """E[o], E[o^2], E[o^3]."""
        first, second, third = (self.outputs.mean(lambda o, k=k: o**k) for k in (1, 2, 3))  # type: ignore[misc]
        return first, second, third

    @property
    def mean_output(self) -> Fraction:
        """E[o] (steps)."""
        return self.output_moments[0]

    @cached_property
    def mean_volume(self) -> Fraction:
        """E[v] = E[s] E[o] + E[o^2 + o]/2 (token-steps)."""
        first, second, _ = self.output_moments
        return self.mean_prompt * first + (second + first) / 2

    @property
    def load(self) -> Fraction:
        """Lambda = lambda E[v]: volume that arrives per step (tokens)."""
        return self.rate * self.mean_volume

    @property
    def rho(self) -> Fraction:
        """Lambda / D."""
        return self.load / self.drain

    @cached_property
    def work(self) -> Fraction:
        """W_0 = lambda (E[s] E[o^2 + o]/2 + E[o^3 + 3 o^2 + 2 o]/3) (token-steps)."""
        first, second, third = self.output_moments
        return self.rate * (self.mean_prompt * (second + first) / 2 + (third + 3 * second + 2 * first) / 3)

    @cached_property
    def residual(self) -> Fraction:
        """What running requests still have to use, on average over time: W_0 - lambda E[s o + o^2 + o] (token-steps).

        A request adds, over the steps it runs, what it uses in later steps: sum of (k-1)(s+k) over k = 1..o.
        """
        first, second, _ = self.output_moments
        return self.work - self.rate * (self.mean_prompt * first + second + first)

    def class_wait(self, below: Fraction, through: Fraction) -> Fraction | None:
        """Return W_0 D/((D - below)(D - through)), or None where a load reaches D (steps).

        It bounds the volume-weighted mean wait of the classes whose loads fill the part from ``below`` to ``through``
        of Lambda (tokens), in the order of service.
        """
        if through >= self.drain:
            return None
        return self.work * self.drain / ((self.drain - below) * (self.drain - through))

    @property
    def weighted_wait(self) -> Fraction | None:
        """W_0/(D - Lambda), the bound on the volume-weighted mean wait; None when rho >= 1 (steps)."""
        return self.class_wait(Fraction(0), self.load)

    @property
    def ratio_bound(self) -> Fraction | None:
        """1 + W_0/(E[o] (D - Lambda)): what the chain gives against E[OPT] >= E[o]; None when rho >= 1."""
        wait = self.weighted_wait
        return None if wait is None else 1 + wait / self.mean_output


@dataclass(frozen=True)
class Published:
    """The formulas as published, for geometric outputs without a longest one.

    Attributes:
        memory: M (tokens).
        alpha: memory share.
        rate: lambda, arrivals per step.
        mean_prompt: E[s] (tokens).
        mu: parameter of the outputs, E[o] = 1/mu.
    """

    memory: int
    alpha: Fraction
    rate: Fraction
    mean_prompt: Fraction
    mu: Fraction

    @property
    def mean_volume(self) -> Fraction:
        """E[v] = E[s]/mu + 1/mu^2 (token-steps)."""
        return self.mean_prompt / self.mu + 1 / self.mu**2

    @property
    def rho(self) -> Fraction:
        """Lambda / D."""
        return self.rate * self.mean_volume / ((1 - self.alpha) * self.memory / 2)

    @property
    def work(self) -> Fraction:
        """W_0 = lambda (E[s]/mu^2 + 2/mu^3) (token-steps)."""
        return self.rate * (self.mean_prompt / self.mu**2 + 2 / self.mu**3)

    @property
    def optimum(self) -> Fraction:
        """max(1/mu, (1 - mu) W_0/M), which E[OPT] is said not to be below (steps)."""
        return max(1 / self.mu, (1 - self.mu) * self.work / self.memory)

    def ratio_bound(self, factor: Fraction = Fraction(1)) -> Fraction | None:
        """Return 1 + factor 2/((1 - alpha)(1 - mu)(1 - rho)), or None outside rho < 1, mu < 1."""
        if self.rho >= 1 or self.mu == 1:
            return None
        return 1 + factor * 2 / ((1 - self.alpha) * (1 - self.mu) * (1 - self.rho))

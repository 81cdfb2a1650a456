"""A Poisson theorem held against simulation: verdicts with intervals, statistical and never certified."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor

from cr_toolkit.errors import InputError
from cr_toolkit.policies import Admission, OneBitView, PriorityPolicy
from cr_toolkit.taxonomy.traffic import Law
from cr_toolkit.taxonomy.traffic.law import LONGEST
from cr_toolkit.taxonomy.traffic.poisson import Poisson
from proofs.poisson.chain import Chain, Published
from proofs.poisson.classes import Key, Part, equal_loads
from proofs.poisson.intervals import Interval, batch_means, trend
from proofs.poisson.measure import Measured, Watch, measure
from proofs.poisson.one_bit import Bit, MeanProxies, published_loss
from proofs.poisson.steps import ChainStep, at_most, chain_steps, optimum_steps
from proofs.verdict import Verdict

THEOREMS = ("svf-poisson", "svf1-poisson")
"""The theorems that can be simulated."""

MOST_CUT = Fraction(1, 100)
"""Most of the geometric law that may be cut off for the theorem to be in scope."""

LEAST_REQUESTS = 2000
"""Fewest requests of a run: about 50 per batch."""

_GROWTH = 0.5
"""A queue grows if its trend is surely positive and adds this share of the mean queue over the run."""


@dataclass(frozen=True)
class System:
    """What is simulated, all but the rate.

    Attributes:
        theorem: one of ``THEOREMS``.
        memory: M (tokens).
        alpha: memory share, in (0, 1).
        mu: parameter of the geometric outputs.
        prompts: law of a prompt (tokens).
        threshold: theta of the bit (tokens); None for SVF, and for 1/mu, rounded down.
        admission: the admission rule.

    Raises:
        InputError: if there is no such theorem, alpha is not in (0, 1), alpha M leaves no output beside the largest
            prompt, or the threshold separates nothing.
    """

    theorem: str
    memory: int
    alpha: Fraction
    mu: Fraction
    prompts: Law
    threshold: int | None = None
    admission: Admission = Admission.LOOKAHEAD

    def __post_init__(self) -> None:
        if self.theorem not in THEOREMS:
            raise InputError(f"must be {' or '.join(THEOREMS)}, got {self.theorem}", field="the theorem")
        if not 0 < self.alpha < 1:
            raise InputError(f"must lie in (0, 1), got {self.alpha}", field="alpha")
        if self.longest < 1:
            rule = (
                f"must leave room for an output beside a prompt of {self.prompts.most}, got {self.alpha * self.memory}"
            )
            raise InputError(rule, field="alpha M")
        if self.threshold is not None and self.theorem != "svf1-poisson":
            raise InputError("belongs to svf1-poisson alone", field="the threshold")
        # Both are refused here rather than when they are first needed.
        _ = self.outputs, self.bit

    @property
    def longest(self) -> int:
        """The longest output: alpha M less the largest prompt, so that outputs do not depend on prompts (tokens)."""
        return min(floor(self.alpha * self.memory) - self.prompts.most, LONGEST)

    @property
    def cut(self) -> Fraction:
        """Mass of the geometric law beyond the longest output: (1 - mu)^longest."""
        return (1 - self.mu) ** self.longest

    @cached_property
    def outputs(self) -> Law:
        """The law of an output."""
        return Law.geometric(self.mu, self.longest)

    @cached_property
    def bit(self) -> Bit | None:
        """The bit, or None for SVF."""
        if self.theorem == "svf-poisson":
            return None
        return Bit(self.outputs, floor(1 / self.mu) if self.threshold is None else self.threshold)

    @cached_property
    def policy(self) -> PriorityPolicy | str:
        """The policy."""
        return "svf" if self.bit is None else MeanProxies(self.bit)

    @property
    def key(self) -> Key:
        """The priority of a (prompt, output)."""
        bit, policy = self.bit, self.policy
        if bit is None or isinstance(policy, str):
            return lambda s, o: s * o + o * (o + 1) // 2
        return lambda s, o: int(policy.priority(OneBitView(0, s, o > bit.threshold)))

    @property
    def loss(self) -> Fraction:
        """eps for the law that is drawn; 0 for SVF (token-steps)."""
        return Fraction(0) if self.bit is None else self.bit.loss

    def chain(self, rate: Fraction) -> Chain:
        """Return the exact chain at a rate."""
        return Chain(self.memory, self.alpha, rate, self.prompts, self.outputs)

    def published(self, rate: Fraction) -> Published:
        """Return the published formulas at a rate."""
        return Published(self.memory, self.alpha, rate, self.prompts.mean(), self.mu)

    def published_factor(self) -> Fraction:
        """Return E[v]/(E[v] - eps), or 1 for SVF; both as published."""
        if self.bit is None:
            return Fraction(1)
        volume = self.published(Fraction(1)).mean_volume
        return volume / (volume - published_loss(self.mu, self.bit.threshold))

    def rate_of(self, rho: Fraction) -> Fraction:
        """Return the rate at which the published rho has a value."""
        return rho / self.published(Fraction(1)).rho


@dataclass(frozen=True)
class Point:
    """A theorem at one rate.

    Attributes:
        rate: lambda, arrivals per step.
        rho: as published.
        memory_load: Lambda / M: no policy is stable at 1 or more.
        bound: the theorem's bound; None out of its scope.
        chain_bound: what the chain gives for the law that is drawn, against E[OPT] >= E[o]; None when rho >= 1.
        ratio: E[policy]/E[OPT] is in [low, high], statistically; ``mean`` divides by E[o].
        verdict: the theorem's.
        reason: a clause saying why.
        chain_verdict: that of ``chain_bound``.
        wait: mean wait (steps).
        growing: whether the volume that arrivals find waiting grows over the run.
        steps: the chain, step by step.
        interrupted: whether Ctrl-C came before all windows were bounded.
    """

    rate: Fraction
    rho: Fraction
    memory_load: Fraction
    bound: Fraction | None
    chain_bound: Fraction | None
    ratio: Interval
    verdict: Verdict
    reason: str
    chain_verdict: Verdict
    wait: Interval
    growing: bool
    steps: tuple[ChainStep, ...]
    interrupted: bool


def simulate_theorem(system: System, rate: Fraction, requests: int, seed: int, watch: Watch = iter) -> Point:
    """Simulate a theorem's policy at one rate and judge theorem and chain.

    Args:
        system: the system.
        rate: lambda, arrivals per step, in (0, 1000].
        requests: length of the run.
        seed: of the traffic.
        watch: wraps the batches while their optimum is bounded.

    Raises:
        InputError: if the rate or the number of requests is out of range.
    """
    if requests < LEAST_REQUESTS:
        raise InputError(f"must be at least {LEAST_REQUESTS}, got {requests}", field="requests")
    chain = system.chain(rate)
    instance = Poisson(system.memory, rate, system.prompts, system.outputs).instance(requests, seed)
    parts = equal_loads(chain, system.key)
    measured = measure(instance, system.policy, system.admission, system.alpha, system.key, parts, watch)
    return judge(system, chain, parts, measured)


def judge(system: System, chain: Chain, parts: tuple[Part, ...], measured: Measured) -> Point:
    """Hold a measured run to the theorem and to each step of its chain."""
    published = system.published(chain.rate)
    shortest = float(chain.mean_output)
    wait = batch_means(measured.wait)
    other = batch_means(measured.other)
    lowest = shortest
    if len(measured.optimum) > 1:
        lowest = max(lowest, batch_means(measured.optimum).low)
    highest = shortest + min(wait.high, other.high)
    latency = wait.shifted(shortest)
    # The policy's own run is feasible too: a ratio below 1 would only be noise.
    ratio = Interval(latency.mean / shortest, max(1.0, latency.low / highest), latency.high / lowest)
    bound = published.ratio_bound(system.published_factor())
    growing = _grows(measured)
    reason = _out_of_scope(system, published, growing)
    guess = chain.mean_volume - system.loss
    chain_bound = chain.ratio_bound
    if chain_bound is not None:
        chain_bound = 1 + (chain_bound - 1) * chain.mean_volume / guess
    second = chain.residual / chain.memory
    return Point(
        rate=chain.rate,
        rho=published.rho,
        memory_load=chain.load / chain.memory,
        bound=None if reason else bound,
        chain_bound=chain_bound,
        ratio=ratio,
        verdict=Verdict.OUT_OF_SCOPE if reason else at_most(ratio, bound),
        reason=reason or "statistical, by confidence intervals",
        chain_verdict=Verdict.OUT_OF_SCOPE if growing else at_most(ratio, chain_bound),
        wait=wait,
        growing=growing,
        steps=(
            *chain_steps(chain, parts, measured, system.loss),
            *optimum_steps(second, chain.mean_output, lowest, highest),
        ),
        interrupted=measured.interrupted,
    )


def _grows(measured: Measured) -> bool:
    # Not the waits: what starves from early on waits longest, so that they shrink along an overloaded run.
    growth = trend(measured.queued)
    return growth.low > 0 and growth.mean > _GROWTH * float(measured.queued.mean())


def _out_of_scope(system: System, published: Published, growing: bool) -> str:
    """Return the first premise that fails, or nothing."""
    if published.rho >= 1:
        return "rho >= 1: the theorem is void"
    if system.mu == 1:
        return "mu = 1: the theorem is void"
    if system.cut > MOST_CUT:
        return f"more than {MOST_CUT} of the geometric law is longer than the longest output"
    return "the queue grows: there is no steady state" if growing else ""

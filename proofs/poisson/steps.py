"""Every step of the chain held against one measured run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from proofs.poisson.chain import Chain
from proofs.poisson.classes import Part
from proofs.poisson.intervals import Interval, batch_means
from proofs.poisson.measure import Measured
from proofs.verdict import Verdict


@dataclass(frozen=True)
class ChainStep:
    """One step: what was measured, what the formula says, and whether they go together.

    Attributes:
        id: a name.
        claim: the step as a formula.
        measured: the left side with its interval; None when it was checked on every request without statistics.
        value: the right side, exact; None where the formula is void.
        verdict: for ``<=``: on which side of ``value`` the interval lies; for ``=``: see ``equal_to``.
    """

    id: str
    claim: str
    measured: Interval | None
    value: Fraction | None
    verdict: Verdict


def at_most(measured: Interval, value: Fraction | None) -> Verdict:
    """Return whether an expectation with this interval is at most ``value``."""
    if value is None:
        return Verdict.OUT_OF_SCOPE
    if measured.high <= value:
        return Verdict.HOLDS
    return Verdict.VIOLATED if measured.low > value else Verdict.UNDECIDED


def equal_to(measured: Interval, value: Fraction) -> Verdict:
    """Return whether an expectation with this interval may be ``value``.

    One interval in a hundred misses what it estimates; only a miss by as much again as it reaches is a violation.
    """
    if measured.low <= value <= measured.high:
        return Verdict.HOLDS
    missed = measured.low - value if value < measured.low else value - measured.high
    return Verdict.VIOLATED if missed > measured.high - measured.mean else Verdict.UNDECIDED


def chain_steps(chain: Chain, parts: Sequence[Part], measured: Measured, loss: Fraction) -> Iterator[ChainStep]:
    """Yield the steps from the moments to the mean wait.

    Args:
        chain: the formulas.
        parts: the parts of the order that ``measured`` has.
        measured: the run.
        loss: eps, by which the guess of the volumes stays below E[v]: 0 for SVF (token-steps).
    """
    yield _equality("arrivals", "E[gap] = 1/lambda", batch_means(measured.gap), 1 / chain.rate)
    yield _equality("volume", "E[v] = E[s] E[o] + E[o^2 + o]/2", batch_means(measured.volume), chain.mean_volume)
    claim = "E[residual found] = W_0 - lambda E[s o + o^2 + o]"
    yield _equality("residual", claim, batch_means(measured.residual), chain.residual)
    yield _inequality("work", "E[residual found] <= W_0", batch_means(measured.residual), chain.work)
    excess = measured.queued - float(chain.rate) * measured.weighted
    yield _equality("little", "E[volume found waiting] - lambda E[v W] = 0", batch_means(excess), Fraction(0))
    yield _pathwise(measured.tightest)
    for number, (part, averages) in enumerate(zip(parts, measured.parts, strict=True), start=1):
        # Divided by the exact mean of v over the part: the numerator alone is random.
        wait = batch_means(averages).scaled(float(chain.rate / part.load))
        claim = f"E[v W]/E[v], part {number} of {len(parts)} of the order, <= W_0 D/((D - R)(D - R'))"
        yield _inequality(f"class-{number}", claim, wait, chain.class_wait(part.below, part.through))
    weighted = batch_means(measured.weighted).scaled(float(1 / chain.mean_volume))
    yield _inequality("weighted-wait", "E[v W]/E[v] <= W_0/(D - Lambda)", weighted, chain.weighted_wait)
    guess = chain.mean_volume - loss
    mean = "(E[v] - eps)" if loss else "E[v]"
    harris = batch_means(float(guess) * measured.wait - measured.weighted)
    yield _inequality("harris", f"E[W] {mean} - E[v W] <= 0, on actual waits", harris, Fraction(0))
    factor = "E[v]/(E[v] - eps) " if loss else ""
    limit = None if chain.weighted_wait is None else chain.weighted_wait * chain.mean_volume / guess
    yield _inequality("mean-wait", f"E[W] <= {factor}W_0/(D - Lambda)", batch_means(measured.wait), limit)


def optimum_steps(value: Fraction, mean_output: Fraction, lowest: float, highest: float) -> Iterator[ChainStep]:
    """Yield the two bounds on E[OPT].

    Args:
        value: E[residual]/M, the second one; (1 - mu) W_0/M for geometric outputs (steps).
        mean_output: E[o], the first one (steps).
        lowest: what E[OPT] is at least, statistically (steps).
        highest: what it is at most, statistically: a feasible schedule's mean latency (steps).
    """
    yield ChainStep("optimum-output", "E[OPT] >= E[o]: no request takes less", None, mean_output, Verdict.HOLDS)
    verdict = Verdict.UNDECIDED
    if lowest >= value:
        verdict = Verdict.HOLDS
    elif highest < value:
        verdict = Verdict.VIOLATED
    bracket = Interval((lowest + highest) / 2, lowest, highest)
    yield ChainStep("optimum-work", "E[OPT] >= E[residual]/M, published as (1 - mu) W_0/M", bracket, value, verdict)


def _equality(name: str, claim: str, measured: Interval, value: Fraction) -> ChainStep:
    return ChainStep(name, claim, measured, value, equal_to(measured, value))


def _inequality(name: str, claim: str, measured: Interval, value: Fraction | None) -> ChainStep:
    return ChainStep(name, claim, measured, value, at_most(measured, value))


def _pathwise(tightest: Fraction | None) -> ChainStep:
    claim = "(1 - alpha) M W <= 2 (residual found + volume gone ahead), for every request; the largest lhs/rhs"
    verdict = Verdict.HOLDS if tightest is None or tightest <= 1 else Verdict.VIOLATED
    return ChainStep("waiting", claim, None, tightest, verdict)

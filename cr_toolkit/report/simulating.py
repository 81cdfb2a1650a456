"""A simulated theorem as the document that the command prints."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

from cr_toolkit.report.explaining import number_text
from cr_toolkit.report.results.poisson import Estimate, ProofWeakness, SimulatedPoint, SimulatedStep, TheoremSimulation
from proofs.poisson.algebra import algebra
from proofs.poisson.check import Point, System
from proofs.poisson.intervals import CONFIDENCE, Interval
from proofs.poisson.measure import BATCHES
from proofs.poisson.steps import ChainStep
from proofs.poisson.weak_points import WEAK_POINTS

_CUT_GRID = 10**18
"""The mass cut off is rounded up to a multiple of 1/_CUT_GRID: it has thousands of digits."""


def as_result(system: System, points: Sequence[Point], requests: int, seed: int) -> TheoremSimulation:
    """Return the document of ``points``, which were simulated with ``requests`` requests each under ``seed``."""
    proved = [step.proved is True for step in algebra()]
    return TheoremSimulation(
        theorem=system.theorem,
        memory=system.memory,
        alpha=str(system.alpha),
        mu=str(system.mu),
        prompts=(system.prompts.least, system.prompts.most),
        longest=system.longest,
        cut=str(Fraction(ceil(system.cut * _CUT_GRID), _CUT_GRID)),
        threshold=None if system.bit is None else system.bit.threshold,
        admission=system.admission.value,
        requests=requests,
        batches=BATCHES,
        confidence=CONFIDENCE,
        seed=seed,
        kind="statistical",
        algebra={"proved": sum(proved), "steps": len(proved)},
        points=tuple(_point(point) for point in points),
        weak_points=tuple(ProofWeakness(**weak._asdict()) for weak in WEAK_POINTS),
    )


def _point(point: Point) -> SimulatedPoint:
    return SimulatedPoint(
        rate=number_text(point.rate),
        rho=number_text(point.rho),
        memory_load=number_text(point.memory_load),
        bound=_text(point.bound),
        verdict=point.verdict.value,
        reason=point.reason,
        chain_bound=_text(point.chain_bound),
        chain_verdict=point.chain_verdict.value,
        ratio=_estimate(point.ratio),
        wait=_estimate(point.wait),
        growing=point.growing,
        steps=tuple(_step(step) for step in point.steps),
    )


def _step(step: ChainStep) -> SimulatedStep:
    measured = None if step.measured is None else _estimate(step.measured)
    return SimulatedStep(step.id, step.claim, measured, _text(step.value), step.verdict.value)


def _estimate(interval: Interval) -> Estimate:
    return Estimate(interval.mean, interval.low, interval.high)


def _text(value: Fraction | None) -> str | None:
    return None if value is None else number_text(value)

"""Results of `theorem simulate`."""

from __future__ import annotations

from typing import Literal

from cr_toolkit.model.formats import NonNegative, RationalText
from cr_toolkit.report.results.base import Record, Verdict


class Estimate(Record, frozen=True):
    """A mean measured in simulation with its confidence interval: statistical, never certified."""

    mean: float
    low: float
    high: float


class SimulatedStep(Record, frozen=True):
    """A step of the chain: left side as measured, right side exact (null where void)."""

    id: str
    claim: str
    measured: Estimate | None
    value: RationalText | None
    verdict: Verdict


class SimulatedPoint(Record, frozen=True):
    """A theorem at one rate (arrivals per step): ``ratio`` brackets E[policy]/E[OPT], ``wait`` is in steps.

    ``chain_bound`` is what the chain gives for the laws that are drawn.
    """

    rate: RationalText
    rho: RationalText
    memory_load: RationalText
    bound: RationalText | None
    verdict: Verdict
    reason: str
    chain_bound: RationalText | None
    chain_verdict: Verdict
    ratio: Estimate
    wait: Estimate
    growing: bool
    steps: tuple[SimulatedStep, ...]


class ProofWeakness(Record, frozen=True):
    """A weak point of the published proof, and what is known here."""

    id: str
    published: str
    here: str


class TheoremSimulation(Record, frozen=True, tag_field="format", tag="crtool/theorem-simulation/1"):
    """``theorem simulate``; numbers of more than 40 characters are rounded down to a multiple of 1/10^6.

    ``cut`` is the mass of the geometric law beyond ``longest`` tokens, rounded up to a multiple of 1/10^18; ``algebra``
    counts symbolic steps.
    """

    theorem: str
    memory: NonNegative
    alpha: RationalText
    mu: RationalText
    prompts: tuple[NonNegative, NonNegative]
    longest: NonNegative
    cut: RationalText
    threshold: int | None
    admission: str
    requests: NonNegative
    batches: NonNegative
    confidence: float
    seed: int
    kind: Literal["statistical"]
    algebra: dict[Literal["proved", "steps"], NonNegative]
    points: tuple[SimulatedPoint, ...]
    weak_points: tuple[ProofWeakness, ...]

"""Shortest output first on bursts."""

from cr_toolkit.policies import Information
from proofs.theorem import Kind, Status, Theorem, Traffic, state

SJF = state(
    Theorem(
        id="sjf",
        statement="On bursts with varying prompts the competitive ratio of SJF is unbounded: it grows like sqrt M.",
        policy="sjf",
        information=Information.FULL,
        traffic=Traffic.BURST,
        kind=Kind.LOWER,
        status=Status.PROVED_IN_SOURCE,
        source="arXiv 2508.06133",
        version="v3",
        formula="oo",
    )
)

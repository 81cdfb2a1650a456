"""The traffic regimes. What a policy is shown, the information regime, is in ``cr_toolkit.policies.information``."""

from enum import StrEnum


class Traffic(StrEnum):
    """Traffic regime: how requests arrive."""

    BURST = "burst"
    """All at 0."""

    POISSON = "poisson"
    """At random; what is bounded is a ratio of expectations."""

    ARBITRARY = "arbitrary"
    """As an adversary wants."""

    TRACE = "trace"
    """As recorded."""

"""What a lower bound is, and the registry of those that need no solver."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any

from cr_toolkit.model import Instance
from cr_toolkit.registry import Registry


@dataclass(frozen=True)
class LowerBound:
    """A number that no feasible schedule's total latency is below.

    Attributes:
        value: the bound (steps), exact.
        method: the name of the method that gave it.
        certificate: what a reader needs besides the instance to compute ``value`` again; JSON values only.
    """

    value: Fraction
    method: str
    certificate: dict[str, Any] = field(default_factory=dict)

    @property
    def integer(self) -> int:
        """The bound rounded up (steps): total latencies are integers."""
        return ceil(self.value)


Bound = Callable[[Instance], LowerBound]
"""A method: an instance in, a valid lower bound on its least total latency out."""

LOWER_BOUNDS: Registry[Bound] = Registry("lower bound", "lp_models.bounds")

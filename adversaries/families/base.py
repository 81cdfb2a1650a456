"""What a family is: parameters in, a pattern and the ratio it should reach out."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, ClassVar

from adversaries.pattern import Pattern
from cr_toolkit.policies import Admission, Queue


class Family(ABC):
    """A parametrised construction that hurts one policy.

    Attributes:
        policy: the policy it was made for, by name.
        policy_parameters: the parameters of that policy that matter.
        admissions: admission rules under which it works.
        queue: the queue discipline it was made for.
        growing: the parameter along which the ratio approaches its limit, or grows without one.
        source: where it comes from.
    """

    policy: ClassVar[str] = "svf"
    policy_parameters: ClassVar[Mapping[str, int | str]] = {}
    admissions: ClassVar[frozenset[Admission]] = frozenset(Admission)
    queue: ClassVar[Queue] = Queue.HEAD_OF_LINE
    growing: ClassVar[str]
    source: ClassVar[str]

    @abstractmethod
    def parameters(self, alpha: Fraction, size: int) -> dict[str, int] | None:
        """Return parameters with peaks of at most ``alpha`` M, larger with ``size`` = 1, 2, ...; None if impossible."""

    @abstractmethod
    def pattern(self, *args: Any, **parameters: Any) -> Pattern:
        """Return the pattern for ``parameters``."""

    @abstractmethod
    def limit(self, alpha: Fraction) -> Fraction | None:
        """Return the ratio it approaches at memory share ``alpha`` as its parameters grow; None if unbounded."""


def reciprocal(alpha: Fraction) -> int:
    """Return the least K with 1/K <= alpha."""
    return -(-alpha.denominator // alpha.numerator)


def triangle(height: int) -> int:
    """Return the volume h(h+1)/2 of a request (0, h) in token-steps."""
    return height * (height + 1) // 2

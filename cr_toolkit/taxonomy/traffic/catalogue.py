"""What a traffic generator is, and the registry of them."""

from __future__ import annotations

from typing import Protocol

from cr_toolkit.model import Instance
from cr_toolkit.registry import Registry


class Generator(Protocol):
    """A traffic regime with its parameters fixed."""

    def instance(self, requests: int, seed: int) -> Instance:
        """Return ``requests`` requests by ascending arrival, a function of the parameters and ``seed`` alone."""


TRAFFICS: Registry[type[Generator]] = Registry("traffic", "cr_toolkit.taxonomy.traffic")
"""The generators by the name of their regime."""

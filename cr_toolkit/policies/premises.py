"""What an instance must satisfy for a policy to be defined on it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from cr_toolkit.model import Instance


class Premise(StrEnum):
    """A condition on the requests of an instance."""

    BURST = "burst"
    """Everything arrives at 0."""

    COMMON_PROMPT = "common prompt"
    """All prompts are equal."""

    COMMON_OUTPUT = "common output"
    """All outputs are equal."""


def unmet_premise(premises: Iterable[Premise], instance: Instance) -> str | None:
    """Return a clause naming the first of ``premises`` that ``instance`` fails, or None if all hold."""
    requests = instance.requests
    for premise in sorted(premises):
        match premise:
            case Premise.BURST:
                if not instance.is_burst:
                    latest = max(request.arrival for request in requests)
                    return f"needs a burst, and some request arrives at {latest}"
            case Premise.COMMON_PROMPT:
                if len({request.prompt for request in requests}) > 1:
                    return f"needs one common prompt, and the prompts are {_range(r.prompt for r in requests)}"
            case Premise.COMMON_OUTPUT:
                if len({request.output for request in requests}) > 1:
                    return f"needs one common output, and the outputs are {_range(r.output for r in requests)}"
    return None


def _range(values: Iterable[int]) -> str:
    found = set(values)
    return f"{min(found)} to {max(found)}"

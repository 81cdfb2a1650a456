"""Bursts of few sizes, solved by the checker's own code (``cr_toolkit.checker.nested``): what it finds is proved."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from cr_toolkit.checker.nested import Nested, number_of_parts, solve_nested
from cr_toolkit.model import Instance, Schedule
from lp_models.bounds import LowerBound

METHOD = "nested"
"""The method's name in certificates."""

_PER_SECOND = 120_000
"""Nodes in a second, about."""

_MOST_PARTS = 3_000
"""More parts than these hardly ever pay."""


def has_few_parts(instance: Instance) -> bool:
    """Return whether ``solve`` is likely to be quick: a burst, each of whose sizes is there twice on average."""
    requests = instance.requests
    return (
        len({request.arrival for request in requests}) == 1
        and 2 * len(set(requests)) <= len(requests)
        and number_of_parts(_triples(instance)) <= _MOST_PARTS
    )


def solve(instance: Instance, seconds: float) -> tuple[Schedule, LowerBound]:
    """Return an optimal schedule and the bound that proves it.

    Args:
        instance: the instance.
        seconds: time to spend, about: it is counted in nodes, so that the result is always the same.

    Raises:
        NodeLimitError: if that is not enough.
        ValueError: if not all requests arrive at once.
    """
    found: Nested = solve_nested(instance.memory, _triples(instance), _nodes(seconds))
    return Schedule(found.start), LowerBound(Fraction(found.total), METHOD, {"nodes": found.nodes})


def repeat_nested(instance: Instance, target: int, certificate: Mapping[str, Any], seconds: float) -> None:
    """Solve an instance once more, for a target claimed.

    Raises:
        NodeLimitError: if that takes longer, about.
        ValueError: if a cheaper schedule exists, or if it takes other than the nodes stated.
    """
    found = solve_nested(instance.memory, _triples(instance), _nodes(seconds))
    if found.total < target or found.nodes != certificate["nodes"]:
        raise ValueError(f"the optimum is {found.total}, found with {found.nodes} nodes")


def nested_seconds(certificate: Mapping[str, Any]) -> float:
    """Return what solving the instance once more takes, roughly (seconds)."""
    return float(certificate["nodes"]) / _PER_SECOND


def _nodes(seconds: float) -> int:
    return max(1, int(seconds * _PER_SECOND))


def _triples(instance: Instance) -> list[tuple[int, int, int]]:
    return [(r.arrival, r.prompt, r.output) for r in instance.requests]

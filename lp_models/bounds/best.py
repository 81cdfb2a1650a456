"""All lower bounds of an instance, and the largest."""

from __future__ import annotations

from cr_toolkit.model import Instance
from lp_models.bounds.catalogue import LOWER_BOUNDS, LowerBound

_PLAINEST_FIRST = ("outputs", "volume", "mean-busy-time", "split")


def lower_bounds(instance: Instance) -> tuple[LowerBound, ...]:
    """Return every registered lower bound of ``instance``, from the plainest method to the most involved."""
    names = [name for name in LOWER_BOUNDS.names() if name not in _PLAINEST_FIRST]
    return tuple(LOWER_BOUNDS[name](instance) for name in (*_PLAINEST_FIRST, *names))


def best_lower_bound(instance: Instance) -> LowerBound:
    """Return the largest lower bound of ``instance``; of equal ones, that of the plainest method."""
    return max(lower_bounds(instance), key=lambda bound: bound.value)

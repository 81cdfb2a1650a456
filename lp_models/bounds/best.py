"""All lower bounds of an instance, and the largest."""

from __future__ import annotations

from time import monotonic

from cr_toolkit.model import Instance
from lp_models.bounds.catalogue import LOWER_BOUNDS, LowerBound
from lp_models.bounds.machine import is_quick

_PLAINEST_FIRST = ("outputs", "volume", "mean-busy-time", "split")


def lower_bounds(instance: Instance) -> tuple[LowerBound, ...]:
    """Return every registered lower bound of ``instance``, from the plainest method to the most involved."""
    names = [name for name in LOWER_BOUNDS.names() if name not in _PLAINEST_FIRST]
    return tuple(LOWER_BOUNDS[name](instance) for name in (*_PLAINEST_FIRST, *names))


def bounds_until(instance: Instance, deadline: float) -> tuple[LowerBound, tuple[str, ...]]:
    """Return the largest lower bound found till ``deadline`` (``time.monotonic``), and the methods left out.

    No method is begun after the deadline, nor one that would serve very many requests in plain Python. The outputs
    are always added up.
    """
    names = [name for name in LOWER_BOUNDS.names() if name not in _PLAINEST_FIRST]
    quick = is_quick(instance)
    best = LOWER_BOUNDS["outputs"](instance)
    left_out = []
    for name in (*_PLAINEST_FIRST[1:], *names):
        if monotonic() >= deadline or (not quick and name in _PLAINEST_FIRST):
            left_out.append(name)
            continue
        bound = LOWER_BOUNDS[name](instance)
        if bound.value > best.value:
            best = bound
    return best, tuple(left_out)


def best_lower_bound(instance: Instance) -> LowerBound:
    """Return the largest lower bound of ``instance``; of equal ones, that of the plainest method."""
    return max(lower_bounds(instance), key=lambda bound: bound.value)

"""The volume bound of arXiv 2606.22327, Proposition 3.1, and its version with arrivals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from cr_toolkit.model import Instance
from lp_models.bounds.catalogue import LOWER_BOUNDS, LowerBound
from lp_models.bounds.exact import exact_columns, exact_dot, exact_sum, volumes
from lp_models.bounds.machine import completions


@LOWER_BOUNDS.register("volume")
def volume_bound(instance: Instance) -> LowerBound:
    """Return the least total completion time, less arrivals, of a machine that does M token-steps per step.

    By the time j requests are complete, their volumes have been held, M token-steps per step at most. In a burst that
    is (1/M) sum_j (v_(1) + ... + v_(j)), volumes ascending; with arrivals, shortest remaining volume first is optimal
    for the relaxed machine.
    """
    columns = exact_columns(instance)
    volume = volumes(columns)
    if not columns.arrival.any():
        weights = np.arange(len(instance), 0, -1)
        return LowerBound(Fraction(exact_dot(np.sort(volume), weights), instance.memory), "volume")
    done = completions(columns.arrival, volume, instance.memory)
    return LowerBound(Fraction(done, instance.memory) - exact_sum(instance.arrays.arrival), "volume")

"""No request can complete sooner than its output takes."""

from __future__ import annotations

from fractions import Fraction

from cr_toolkit.model import Instance
from lp_models.bounds.catalogue import LOWER_BOUNDS, LowerBound
from lp_models.bounds.exact import exact_sum


@LOWER_BOUNDS.register("outputs")
def outputs_bound(instance: Instance) -> LowerBound:
    """Return the sum of the outputs: every request spends at least its output in the system."""
    return LowerBound(Fraction(exact_sum(instance.arrays.output)), "outputs")

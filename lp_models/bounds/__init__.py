"""Lower bounds on the optimum that need no solver, one file each, as exact fractions."""

from lp_models.bounds.best import best_lower_bound, bounds_until, lower_bounds
from lp_models.bounds.catalogue import LOWER_BOUNDS, Bound, LowerBound

__all__ = ["LOWER_BOUNDS", "Bound", "LowerBound", "best_lower_bound", "bounds_until", "lower_bounds"]

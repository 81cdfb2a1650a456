"""Upper bounds on the optimum: feasible schedules, as cheap as can be found in a given time."""

from lp_models.upper.portfolio import upper_bound
from lp_models.upper.restarts import Restarts

__all__ = ["Restarts", "upper_bound"]

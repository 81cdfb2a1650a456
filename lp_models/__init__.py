"""The offline optimum: exact lower bounds, exact search and feasible schedules around it."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lp_models.bounds import lower_bounds
    from lp_models.bracket import OptimumBracket, optimum

__all__ = ["OptimumBracket", "lower_bounds", "optimum"]

_HOME = {
    "OptimumBracket": "lp_models.bracket",
    "lower_bounds": "lp_models.bounds",
    "optimum": "lp_models.bracket",
}


def __getattr__(name: str) -> Any:
    # Solvers and compiled code load on first use, so that importing the package costs nothing.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)

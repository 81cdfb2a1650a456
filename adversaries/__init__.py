"""Adversaries: looking for instances on which a policy does badly."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from adversaries.families.catalogue import FAMILIES
    from adversaries.searchers.catalogue import SEARCHERS
    from adversaries.searching import SearchResult, search
    from adversaries.sweeping import SweepResult, sweep

__all__ = ["FAMILIES", "SEARCHERS", "SearchResult", "SweepResult", "search", "sweep"]

_HOME = {
    "FAMILIES": "adversaries.families.catalogue",
    "SEARCHERS": "adversaries.searchers.catalogue",
    "SearchResult": "adversaries.searching",
    "search": "adversaries.searching",
    "SweepResult": "adversaries.sweeping",
    "sweep": "adversaries.sweeping",
}


def __getattr__(name: str) -> Any:
    # Imports on first use: a command that does not search must not load numba.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)

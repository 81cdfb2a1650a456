"""Competitive-ratio verification for scheduling LLM requests under a KV-cache memory limit."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cr_toolkit.model import Instance, Request, Schedule
    from cr_toolkit.simulation import Run, simulate

__all__ = ["Instance", "Request", "Run", "Schedule", "__version__", "simulate"]

__version__ = "0.1.0"

_HOME = {
    "Instance": "cr_toolkit.model",
    "Request": "cr_toolkit.model",
    "Schedule": "cr_toolkit.model",
    "Run": "cr_toolkit.simulation",
    "simulate": "cr_toolkit.simulation",
}


def __getattr__(name: str) -> Any:
    # Imports on first use keep `crtool --help` and the checker free of what they do not need.
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)

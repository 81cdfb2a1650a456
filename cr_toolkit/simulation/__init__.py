"""The online run of a policy: exact, event-driven, on bursts and arrivals alike."""

from cr_toolkit.simulation.order import service_order
from cr_toolkit.simulation.run import Run, simulate

__all__ = ["Run", "service_order", "simulate"]

"""The model: requests, instances, schedules, their exact arithmetic and their file formats."""

from cr_toolkit.model.instance import MAX_INTEGER, MAX_REQUESTS, Instance
from cr_toolkit.model.request import Request
from cr_toolkit.model.schedule import Attempt, MemoryStep, Schedule, Violation

__all__ = ["MAX_INTEGER", "MAX_REQUESTS", "Attempt", "Instance", "MemoryStep", "Request", "Schedule", "Violation"]

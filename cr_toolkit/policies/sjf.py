"""Shortest Job First: the time-centric baseline."""

from cr_toolkit.policies.base import PriorityPolicy
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.information import FullView


@POLICIES.register("sjf")
class ShortestJobFirst(PriorityPolicy):
    """Shortest output first; unbounded when prompts vary (arXiv 2508.06133)."""

    vectorised = True

    def priority(self, request: FullView) -> int:
        """Return the output (tokens)."""
        return request.output

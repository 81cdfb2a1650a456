"""Smallest total size first: the peak as the measure of a request."""

from cr_toolkit.policies.base import PriorityPolicy
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.information import FullView


@POLICIES.register("total-size")
class SmallestTotalSizeFirst(PriorityPolicy):
    """Smallest prompt + output first; unbounded when prompts vary (arXiv 2508.06133)."""

    vectorised = True

    def priority(self, request: FullView) -> int:
        """Return the peak (tokens)."""
        return request.prompt + request.output

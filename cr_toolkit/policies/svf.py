"""Smallest Volume First: the paper's policy."""

from cr_toolkit.policies.base import PriorityPolicy
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.information import FullView


@POLICIES.register("svf")
class SmallestVolumeFirst(PriorityPolicy):
    """Smallest volume s o + o(o+1)/2 first (arXiv 2606.22327, section 3)."""

    vectorised = True

    def priority(self, request: FullView) -> int:
        """Return the volume (token-steps)."""
        return request.volume

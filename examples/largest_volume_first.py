"""A policy of one's own: largest volume first. It is meant to be bad, and `crtool search` shows how bad."""

from cr_toolkit.policies import FullView, PriorityPolicy


class LargestVolumeFirst(PriorityPolicy):
    """Serves the request that needs the most memory over time first."""

    def priority(self, request: FullView) -> int:
        """Return the negated volume (token-steps): the smallest priority is served first."""
        return -request.volume

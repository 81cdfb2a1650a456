"""First Come First Served: what serving systems do by default."""

from cr_toolkit.policies.base import PriorityPolicy
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.information import Information, PromptView


@POLICIES.register("fcfs")
class FirstComeFirstServed(PriorityPolicy):
    """Earliest arrival first, ties by request order; needs to know nothing."""

    information = Information.NONE
    vectorised = True

    def priority(self, request: PromptView) -> int:
        """Return the arrival (step)."""
        return request.arrival

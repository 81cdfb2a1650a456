"""Staggered starts for requests that are all alike."""

from __future__ import annotations

from collections.abc import Sequence

from cr_toolkit.policies.base import PlanningPolicy
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.information import FullView
from cr_toolkit.policies.premises import Premise
from cr_toolkit.policies.staggering import staggered


@POLICIES.register("sps")
class StaggeredPipeline(PlanningPolicy):
    """SPS: requests of one size, started so that their memory phases interleave (arXiv 2601.22996).

    With K the most requests that can run at a time when one starts every o/K steps, request j = 0, 1, ... starts at
    floor(j o / K).
    """

    premises = frozenset({Premise.BURST, Premise.COMMON_PROMPT, Premise.COMMON_OUTPUT})
    choices = ("requests start in request order", "K is not limited by the number of requests")

    def plan(self, memory: int, requests: Sequence[FullView]) -> list[int]:
        """Return the starts (steps)."""
        return staggered(len(requests), 0, memory, requests[0].prompt, requests[0].output)

"""A_max: every request is held to be as long as it may be."""

from __future__ import annotations

from cr_toolkit.model.request import require_integer
from cr_toolkit.policies.base import EstimatePolicy, IntervalPolicy
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.information import IntervalView


@POLICIES.register("a-max")
class LongestPossible(IntervalPolicy, EstimatePolicy):
    """A_max: MC-SF on the upper ends of the intervals (arXiv 2508.14544).

    It never stops a request, as long as every upper end is true.

    Args:
        upper: upper end of every interval (tokens, >= 1); left open, that of the dyadic interval of the output.

    Raises:
        InputError: if the parameter is below 1, or some output exceeds it.
    """

    choices = (
        "ties, such as under one common interval, go to the earlier request",
        "an upper end beyond M - s counts as M - s in the check",
        "without a parameter, the interval of output o is [2^k, 2^(k+1) - 1] around it",
    )

    def __init__(self, upper: int | None = None) -> None:
        if upper is not None:
            require_integer(upper, least=1, field="policy parameter upper")
        self.upper = upper

    def estimate(self, request: IntervalView) -> int:
        """Return the upper end (tokens)."""
        return request.high

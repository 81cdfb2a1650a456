"""Memory-constrained shortest first: predicted outputs order the queue and fill the memory."""

from __future__ import annotations

from cr_toolkit.policies.base import EstimatePolicy, PredictionPolicy
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.information import PredictedView


@POLICIES.register("mc-sf")
class MemoryConstrainedShortestFirst(PredictionPolicy, EstimatePolicy):
    """MC-SF: each step, start the longest prefix of the queue, by predicted output, that passes the lookahead check.

    What overflows does so for every longer prefix, so this is head-of-line service. It differs from ``sjf`` in that the
    check too knows predictions only; with exact ones both give the same schedule under ``lookahead``
    (arXiv 2502.07115, algorithm 1).

    Args:
        error: predictions lie in [o, error o] (>= 1); 1 means that they are exact.
        seed: of the predictions.

    Raises:
        InputError: if a parameter is out of range.
    """

    never_below = True
    choices = (
        "ties go to the earlier request",
        "predictions are drawn evenly from [o, error o], keyed by seed and request index",
        "a prediction beyond M - s counts as M - s in the check",
        "a request that completes before its prediction frees its memory at once",
    )

    def __init__(self, error: int = 1, seed: int = 0) -> None:
        super().__init__(error, seed)

    def estimate(self, request: PredictedView) -> int:
        """Return the prediction (tokens)."""
        return request.predicted

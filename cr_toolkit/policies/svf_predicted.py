"""SVF on predicted outputs."""

from __future__ import annotations

from cr_toolkit.policies.base import PredictionPolicy, PriorityPolicy
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.information import PredictedView


@POLICIES.register("svf-predicted")
class PredictedSmallestVolumeFirst(PredictionPolicy, PriorityPolicy):
    """Smallest predicted volume first, each output predicted within a factor of ``error`` either way.

    If i is served before j, then v_i <= error^4 v_j, since a factor of k in the output is one of at most k^2 in the
    volume.

    Args:
        error: predictions lie in [o/error, error o] (>= 1).
        seed: of the predictions.

    Raises:
        InputError: if a parameter is out of range.
    """

    choices = (
        "predictions are drawn evenly, keyed by seed and request index",
        "the order alone rests on predictions: the admission rule knows the true outputs",
    )

    def priority(self, request: PredictedView) -> int:
        """Return the predicted volume (token-steps)."""
        return request.prompt * request.predicted + request.predicted * (request.predicted + 1) // 2

"""Showing a policy a request: the one place where its information regime is applied."""

from __future__ import annotations

from cr_toolkit.model import Request
from cr_toolkit.policies.base import IntervalPolicy, OneBitPolicy, Policy, PredictionPolicy
from cr_toolkit.policies.information import (
    Information,
    View,
    full_view,
    interval_view,
    one_bit_view,
    predicted_view,
    prompt_view,
)


def view_of(policy: Policy, request: Request, index: int) -> View:
    """Return what ``policy`` may see of ``request``, the one at ``index``."""
    match policy.information:
        case Information.FULL:
            return full_view(request)
        case Information.ONE_BIT:
            return one_bit_view(request, threshold_of(policy))
        case Information.INTERVAL:
            if isinstance(policy, IntervalPolicy):
                return interval_view(request, policy.lower, policy.upper)
            return interval_view(request)
        case Information.PREDICTED:
            if not isinstance(policy, PredictionPolicy):
                raise TypeError(f"{type(policy).__name__} asks for predictions but is no PredictionPolicy")
            return predicted_view(request, index, policy.error, policy.seed, policy.never_below)
        case Information.NONE:
            return prompt_view(request)


def threshold_of(policy: Policy) -> int:
    """Return the threshold (tokens) of a policy that is told one bit."""
    if not isinstance(policy, OneBitPolicy) or policy.threshold is None:
        raise TypeError(f"{type(policy).__name__} asks for one bit but states no threshold")
    return policy.threshold

"""The policies, one file each, and what each of them may see."""

from cr_toolkit.policies.admission import Admission, Queue
from cr_toolkit.policies.base import (
    EstimatePolicy,
    IntervalPolicy,
    OneBitPolicy,
    OrderingPolicy,
    PlanningPolicy,
    Policy,
    PredictionPolicy,
    PriorityPolicy,
)
from cr_toolkit.policies.catalogue import POLICIES, load_policy, make_policy, policy_parameters
from cr_toolkit.policies.information import (
    FullView,
    Information,
    IntervalView,
    OneBitView,
    PredictedView,
    PromptView,
)
from cr_toolkit.policies.online import Decision, Moment, OnlinePolicy, Seen
from cr_toolkit.policies.premises import Premise

__all__ = [
    "POLICIES",
    "Admission",
    "Decision",
    "EstimatePolicy",
    "FullView",
    "Information",
    "IntervalPolicy",
    "IntervalView",
    "Moment",
    "OneBitPolicy",
    "OneBitView",
    "OnlinePolicy",
    "OrderingPolicy",
    "PlanningPolicy",
    "Policy",
    "PredictedView",
    "PredictionPolicy",
    "Premise",
    "PriorityPolicy",
    "PromptView",
    "Queue",
    "Seen",
    "load_policy",
    "make_policy",
    "policy_parameters",
]

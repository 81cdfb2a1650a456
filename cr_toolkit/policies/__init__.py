"""The policies, one file each, and what each of them may see."""

from cr_toolkit.policies.admission import Admission, Queue
from cr_toolkit.policies.base import OneBitPolicy, PriorityPolicy
from cr_toolkit.policies.catalogue import POLICIES, load_policy, make_policy, policy_parameters
from cr_toolkit.policies.information import (
    FullView,
    Information,
    IntervalView,
    OneBitView,
    PromptView,
)

__all__ = [
    "POLICIES",
    "Admission",
    "FullView",
    "Information",
    "IntervalView",
    "OneBitPolicy",
    "OneBitView",
    "PriorityPolicy",
    "PromptView",
    "Queue",
    "load_policy",
    "make_policy",
    "policy_parameters",
]

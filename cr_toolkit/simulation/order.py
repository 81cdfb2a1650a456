"""From a policy to the order in which it serves an instance, through the view its information allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance
from cr_toolkit.policies.base import OneBitPolicy, PriorityPolicy
from cr_toolkit.policies.information import (
    FullView,
    Information,
    OneBitView,
    PromptView,
    full_view,
    interval_view,
    one_bit_view,
    prompt_view,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_INT64_SAFE = 2**31
"""Below this, prompt times output and the square of an output fit an int64."""


def priority_order(instance: Instance, policy: PriorityPolicy) -> NDArray[np.int64]:
    """Return the request indices by ascending priority, ties by request order: int64, shape (n,).

    The policy sees views only, computed before it is asked anything. It must already be ``prepared``.

    Raises:
        InputError: if the policy fails, or gives priorities that do not compare.
    """
    import numpy as np

    if _is_built_in(policy) and policy.vectorised and instance.memory < _INT64_SAFE:
        keys = np.broadcast_to(policy.priority(_column_view(instance, policy)), len(instance))
        return np.argsort(keys, kind="stable").astype(np.int64)
    views = [_view(instance, policy, index) for index in range(len(instance))]
    try:
        priorities = [policy.priority(view) for view in views]
        order = sorted(range(len(views)), key=priorities.__getitem__)
    except InputError:
        raise
    except Exception as error:  # A user's policy may raise anything.
        raise InputError(f"failed: {type(error).__name__}: {error}", field=f"policy {type(policy).__name__}") from error
    for index, priority in enumerate(priorities):
        if priority != priority:
            raise InputError(f"gave request {index} the priority {priority}", field=f"policy {type(policy).__name__}")
    return np.array(order, dtype=np.int64)


def _is_built_in(policy: PriorityPolicy) -> bool:
    # A whole column shows requests that have not arrived yet: only policies that ship with the product are given one.
    return type(policy).__module__.startswith("cr_toolkit.policies.")


def _view(instance: Instance, policy: PriorityPolicy, index: int) -> Any:
    request = instance.requests[index]
    match policy.information:
        case Information.FULL:
            return full_view(request)
        case Information.ONE_BIT:
            return one_bit_view(request, _threshold(policy))
        case Information.INTERVAL:
            return interval_view(request)
        case Information.NONE:
            return prompt_view(request)


def _column_view(instance: Instance, policy: PriorityPolicy) -> Any:
    arrival, prompt, output = instance.arrays
    match policy.information:
        case Information.FULL:
            return FullView(arrival, prompt, output)  # type: ignore[arg-type]
        case Information.ONE_BIT:
            return OneBitView(arrival, prompt, output > _threshold(policy))  # type: ignore[arg-type]
        case Information.INTERVAL:
            raise TypeError("a vectorised policy cannot ask for intervals")
        case Information.NONE:
            return PromptView(arrival, prompt)  # type: ignore[arg-type]


def _threshold(policy: PriorityPolicy) -> int:
    if not isinstance(policy, OneBitPolicy) or policy.threshold is None:
        raise TypeError(f"{type(policy).__name__} asks for one bit but states no threshold")
    return policy.threshold

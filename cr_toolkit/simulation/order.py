"""From a policy to the order in which it serves an instance, through the views its information allows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance
from cr_toolkit.policies.base import OrderingPolicy, Policy, PriorityPolicy
from cr_toolkit.policies.catalogue import policy_parameters
from cr_toolkit.policies.information import FullView, Information, OneBitView, PromptView, View
from cr_toolkit.policies.views import threshold_of, view_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_INT64_SAFE = 2**31
"""Below this, prompt times output and the square of an output fit an int64."""


def service_order(instance: Instance, policy: PriorityPolicy | OrderingPolicy) -> NDArray[np.int64]:
    """Return the request indices in the order in which ``policy`` serves them: int64, shape (n,).

    The policy sees views only, computed before it is asked anything. It must already be ``prepared``, and the instance
    must satisfy its premises.

    Raises:
        InputError: if the policy fails, or gives no order.
    """
    import numpy as np

    if isinstance(policy, OrderingPolicy):
        return np.array(_whole_order(instance, policy), dtype=np.int64)
    numbers = (instance.memory, *(n for n in policy_parameters(policy).values() if isinstance(n, int)))
    if _is_built_in(policy) and policy.vectorised and max(numbers) < _INT64_SAFE:
        keys = np.broadcast_to(policy.priority(_column_view(instance, policy)), len(instance))
        return np.argsort(keys, kind="stable").astype(np.int64)
    views = views_of(instance, policy)
    with policy_faults(policy):
        priorities = [policy.priority(view) for view in views]
        order = sorted(range(len(views)), key=priorities.__getitem__)
    for index, priority in enumerate(priorities):
        if priority != priority:
            raise InputError(f"gave request {index} the priority {priority}", field=f"policy {type(policy).__name__}")
    return np.array(order, dtype=np.int64)


def views_of(instance: Instance, policy: Policy) -> list[View]:
    """Return what ``policy`` may see of each request, in request order."""
    return [view_of(policy, request, index) for index, request in enumerate(instance.requests)]


@contextmanager
def policy_faults(policy: Policy) -> Iterator[None]:
    """Turn whatever ``policy`` raises inside the block into an InputError that names it."""
    try:
        yield
    except InputError:
        raise
    except Exception as error:  # A user's policy may raise anything.
        raise InputError(f"failed: {type(error).__name__}: {error}", field=f"policy {type(policy).__name__}") from error


def _whole_order(instance: Instance, policy: OrderingPolicy) -> list[int]:
    views = views_of(instance, policy)
    with policy_faults(policy):
        order = list(policy.order(instance.memory, views))
    if sorted(order) != list(range(len(instance))):
        raise InputError("must serve each request once", field=f"the order of policy {type(policy).__name__}")
    return order


def _is_built_in(policy: PriorityPolicy) -> bool:
    # A whole column shows requests that have not arrived yet: only policies that ship with the product are given one.
    return type(policy).__module__.startswith("cr_toolkit.policies.")


def _column_view(instance: Instance, policy: PriorityPolicy) -> Any:
    arrival, prompt, output = instance.arrays
    match policy.information:
        case Information.FULL:
            return FullView(arrival, prompt, output)  # type: ignore[arg-type]
        case Information.ONE_BIT:
            return OneBitView(arrival, prompt, output > threshold_of(policy))  # type: ignore[arg-type]
        case Information.INTERVAL | Information.PREDICTED:
            raise TypeError(f"a vectorised policy cannot be shown {policy.information} information")
        case Information.NONE:
            return PromptView(arrival, prompt)  # type: ignore[arg-type]

"""What a policy is: a priority over requests, computed from a restricted view of each."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar, Self

from cr_toolkit.policies.information import Information


class PriorityPolicy(ABC):
    """A policy that serves waiting requests by ascending priority, ties by request order.

    A subclass states its ``information`` and computes ``priority`` from the matching view. Keyword parameters of its
    ``__init__`` are its parameters on the command line and must be kept as attributes of the same name.
    """

    information: ClassVar[Information] = Information.FULL
    """What ``priority`` is shown."""

    vectorised: ClassVar[bool] = False
    """Whether ``priority`` also accepts a view whose fields are integer arrays.

    A speed-up for large runs that is used for the product's own policies alone, since a column shows a policy
    requests that have not arrived yet.
    """

    @abstractmethod
    def priority(self, request: Any) -> Any:
        """Return the sort key of a request: any values that compare exactly, such as integers or tuples.

        Args:
            request: the view that ``information`` selects (see ``cr_toolkit.policies.information``).
        """

    def prepared(self, longest_output: int) -> Self:
        """Return the policy with parameters left open fixed for outputs of at most ``longest_output`` tokens."""
        return self


class OneBitPolicy(PriorityPolicy):
    """A policy told only whether each output exceeds ``threshold`` (tokens)."""

    information: ClassVar[Information] = Information.ONE_BIT
    threshold: int | None

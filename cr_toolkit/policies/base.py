"""What a policy is: decisions computed from restricted views of the requests.

There are four kinds. A ``PriorityPolicy`` ranks requests one by one, an ``OrderingPolicy`` the waiting set as a whole;
the system's admission rule and queue turn either order into a schedule. A ``PlanningPolicy`` names start times. An
``OnlinePolicy`` (``cr_toolkit.policies.online``) decides as time passes and may stop what runs.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, Self

from cr_toolkit.model import Instance
from cr_toolkit.model.request import require_integer
from cr_toolkit.policies.information import Information
from cr_toolkit.policies.premises import Premise, unmet_premise


class Policy:
    """What every kind of policy states about itself.

    Keyword parameters of a subclass's ``__init__`` are its parameters on the command line and must be kept as
    attributes of the same name.
    """

    information: ClassVar[Information] = Information.FULL
    """What it is shown of a request."""

    premises: ClassVar[frozenset[Premise]] = frozenset()
    """What an instance must satisfy for the policy to be defined on it."""

    choices: ClassVar[tuple[str, ...]] = ()
    """How details were settled that the published description leaves open, one clause each."""

    rules_apply: ClassVar[bool] = True
    """Whether the system's admission rule and queue decide when requests start; if not, the policy does."""

    restarts: ClassVar[bool] = False
    """Whether it may stop a running request."""

    def prepared(self, longest_output: int) -> Self:
        """Return the policy with parameters left open fixed for outputs of at most ``longest_output`` tokens."""
        return self

    def unmet_premise(self, instance: Instance) -> str | None:
        """Return a clause saying which premise ``instance`` fails, or None if the policy is defined on it."""
        return unmet_premise(self.premises, instance)


class PriorityPolicy(Policy, ABC):
    """A policy that serves waiting requests by ascending priority, ties by request order.

    A subclass states its ``information`` and computes ``priority`` from the matching view.
    """

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


class OneBitPolicy(PriorityPolicy):
    """A policy told only whether each output exceeds ``threshold`` (tokens)."""

    information: ClassVar[Information] = Information.ONE_BIT
    threshold: int | None


class PredictionPolicy(Policy):
    """A policy told a prediction of each output, wrong by a factor of at most ``error``.

    The prediction is a function of ``seed``, the request's index and its output alone
    (``cr_toolkit.policies.information.predicted_view``).

    Raises:
        InputError: if ``error`` is below 1 or ``seed`` below 0.
    """

    information: ClassVar[Information] = Information.PREDICTED

    def __init__(self, error: int = 2, seed: int = 0) -> None:
        require_integer(error, least=1, field="policy parameter error")
        require_integer(seed, least=0, field="policy parameter seed")
        self.error = error
        self.seed = seed

    never_below: ClassVar[bool] = False
    """Whether predictions are at least the output."""


class IntervalPolicy(Policy):
    """A policy told an interval that holds each output: [lower, upper] (tokens) where given, else a dyadic one."""

    information: ClassVar[Information] = Information.INTERVAL
    lower: int | None = None
    upper: int | None = None

    def unmet_premise(self, instance: Instance) -> str | None:
        """Return a clause saying which premise ``instance`` fails: the stated interval must hold every output."""
        for request in instance.requests:
            if request.output < (self.lower or 1):
                return f"needs outputs of at least lower = {self.lower}, and some output is {request.output}"
            if self.upper is not None and request.output > self.upper:
                return f"needs outputs of at most upper = {self.upper}, and some output is {request.output}"
        return super().unmet_premise(instance)


class EstimatePolicy(PriorityPolicy):
    """A policy that treats an estimate, never below the output, as if it were the output.

    It serves by ascending ``priority`` head-of-line, and a request starts if no future step overflows with every
    request held to run until its estimate. A completion before the estimate frees its memory at once. An estimate
    counts as at most M minus the prompt, since no request may need more.
    """

    rules_apply = False

    @abstractmethod
    def estimate(self, request: Any) -> int:
        """Return the estimate (tokens, >= the output) from the view that ``information`` selects."""

    def priority(self, request: Any) -> int:
        """Return the estimate (tokens)."""
        return self.estimate(request)


class OrderingPolicy(Policy, ABC):
    """A policy that ranks a burst as a whole; the system's admission rule and queue do the rest."""

    premises: ClassVar[frozenset[Premise]] = frozenset({Premise.BURST})

    @abstractmethod
    def order(self, memory: int, requests: Sequence[Any]) -> Sequence[int]:
        """Return the positions in ``requests`` in order of service, each once.

        Args:
            memory: the budget (tokens).
            requests: the views that ``information`` selects, in request order.
        """


class PlanningPolicy(Policy, ABC):
    """A policy that plans the start of every request of a burst and never stops one."""

    rules_apply = False
    premises: ClassVar[frozenset[Premise]] = frozenset({Premise.BURST})

    @abstractmethod
    def plan(self, memory: int, requests: Sequence[Any]) -> Sequence[int]:
        """Return the start (step) of each request.

        Args:
            memory: the budget (tokens).
            requests: the views that ``information`` selects, in request order.
        """

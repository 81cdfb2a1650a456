"""An instance: a memory budget and the requests that compete for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from cr_toolkit.errors import InputError
from cr_toolkit.model.request import MAX_INTEGER, Request, require_integer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["MAX_INTEGER", "MAX_REQUESTS", "Instance", "RequestArrays"]

MAX_REQUESTS = 5_000_000
"""Most requests an instance may hold; a hostile ``count`` must not exhaust memory."""


class RequestArrays(NamedTuple):
    """The requests of an instance as columns: int64 arrays of shape (n,), in request order."""

    arrival: NDArray[np.int64]
    prompt: NDArray[np.int64]
    output: NDArray[np.int64]


@dataclass(frozen=True)
class Instance:
    """A memory budget M (tokens) and requests; request order is the tie-break order.

    Raises:
        InputError: if there is no request, too many, or one whose peak exceeds M.
    """

    memory: int
    requests: tuple[Request, ...]

    def __post_init__(self) -> None:
        require_integer(self.memory, least=1, field="memory")
        if not isinstance(self.requests, tuple):
            object.__setattr__(self, "requests", tuple(self.requests))
        if not self.requests:
            raise InputError("must hold at least one request", field="requests")
        if len(self.requests) > MAX_REQUESTS:
            raise InputError(f"must hold at most {MAX_REQUESTS} requests", field="requests")
        for index, request in enumerate(self.requests):
            if request.prompt + request.output > self.memory:
                raise InputError(
                    f"needs prompt + output = {request.peak} tokens, more than the memory {self.memory}",
                    field=f"requests[{index}]",
                )

    @classmethod
    def burst(cls, memory: int, sizes: Iterable[Sequence[int]]) -> Instance:
        """Build an instance whose requests, given as (prompt, output), all arrive at 0."""
        return cls(memory, tuple(Request(0, prompt, output) for prompt, output in sizes))

    @classmethod
    def from_triples(cls, memory: int, triples: Iterable[Sequence[int]]) -> Instance:
        """Build an instance from (arrival, prompt, output) triples."""
        return cls(memory, tuple(Request(*triple) for triple in triples))

    def __len__(self) -> int:
        return len(self.requests)

    @cached_property
    def max_peak(self) -> int:
        """Largest peak P (tokens)."""
        return max(request.prompt + request.output for request in self.requests)

    @cached_property
    def alpha(self) -> Fraction:
        """Memory share: largest peak over M."""
        return Fraction(self.max_peak, self.memory)

    @cached_property
    def longest_output(self) -> int:
        """Largest output T (tokens)."""
        return max(request.output for request in self.requests)

    @cached_property
    def is_burst(self) -> bool:
        """Whether all requests arrive at 0."""
        return all(request.arrival == 0 for request in self.requests)

    @cached_property
    def total_volume(self) -> int:
        """Sum of the volumes (token-steps)."""
        return sum(request.volume for request in self.requests)

    @cached_property
    def horizon(self) -> int:
        """A step by which some optimal schedule has completed everything: last arrival + sum of outputs."""
        return max(r.arrival for r in self.requests) + sum(r.output for r in self.requests)

    @cached_property
    def arrays(self) -> RequestArrays:
        """The requests as read-only int64 columns."""
        import numpy as np

        n = len(self.requests)
        columns = RequestArrays(
            np.fromiter((r.arrival for r in self.requests), np.int64, n),
            np.fromiter((r.prompt for r in self.requests), np.int64, n),
            np.fromiter((r.output for r in self.requests), np.int64, n),
        )
        for column in columns:
            column.setflags(write=False)
        return columns

"""Sorted-F: batches that serve many short requests at once come first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate
from math import prod
from typing import NamedTuple

from cr_toolkit.policies.base import OrderingPolicy
from cr_toolkit.policies.catalogue import POLICIES
from cr_toolkit.policies.information import FullView

MOST_BATCHES = 1000
"""Up to this many different batches, equal requests counted by number, the least F is exact."""


class _Kind(NamedTuple):
    """Requests that are all alike, by ascending index; kinds compare by output, then prompt (tokens)."""

    output: int
    prompt: int
    indices: tuple[int, ...]


@POLICIES.register("sorted-f")
class SortedF(OrderingPolicy):
    """Sorted-F: repeatedly the feasible batch X of least F(X) = (sum of o over X) / |X|^2 (arXiv 2508.06133).

    Batches are served in the order found, short outputs first inside a batch; the admission rule starts each request as
    soon as it fits. A batch is feasible if all of it can start at the same time.
    """

    choices = (
        "a batch is feasible if its requests fit when they start together",
        f"the least F is exact while at most {MOST_BATCHES} different batches exist; beyond, batches are feasible "
        "prefixes, by output, of the requests with at most some prompt, that end where the output changes or nothing "
        "more fits (exact for one common prompt)",
        "ties in F go to the larger batch, then to the one with more requests of the least output, of the least prompt "
        "among these, and so on",
        "in a batch, ties in output go to the smaller prompt, then to the earlier request",
    )

    def order(self, memory: int, requests: Sequence[FullView]) -> list[int]:
        """Return the indices, batch by batch."""
        members: dict[tuple[int, int], list[int]] = {}
        for index, request in enumerate(requests):
            members.setdefault((request.output, request.prompt), []).append(index)
        kinds = [_Kind(*size, tuple(indices)) for size, indices in sorted(members.items())]
        order: list[int] = []
        while kinds:
            exact = prod(len(kind.indices) + 1 for kind in kinds) <= MOST_BATCHES
            batches = _feasible(kinds, memory) if exact else _prefixes(kinds, memory)
            counts = min(batches, key=lambda counts: _rank(kinds, counts))
            for kind, count in zip(kinds, counts, strict=True):
                order += kind.indices[:count]
            left = [kind._replace(indices=kind.indices[count:]) for kind, count in zip(kinds, counts, strict=True)]
            kinds = [kind for kind in left if kind.indices]
        return order


def _rank(kinds: Sequence[_Kind], counts: Sequence[int]) -> tuple[Fraction, int, tuple[int, ...]]:
    """Return what the batch with ``counts`` of each kind is compared by: F, then the ties."""
    size = sum(counts)
    outputs = sum(kind.output * count for kind, count in zip(kinds, counts, strict=True))
    return Fraction(outputs, size * size), -size, tuple(-count for count in counts)


def _feasible(kinds: Sequence[_Kind], memory: int) -> Iterator[tuple[int, ...]]:
    """Yield the counts of feasible batches, one of least rank among them.

    A batch that holds a request but not all those no larger in prompt and output is left out: exchanging the two keeps
    it feasible and does not raise its rank.
    """
    inner = [[i for i in range(k) if kinds[i].prompt <= kind.prompt] for k, kind in enumerate(kinds)]

    def extend(counts: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        place = len(counts)
        if place == len(kinds):
            if any(counts):
                yield counts
            return
        full = all(counts[i] == len(kinds[i].indices) for i in inner[place])
        for count in range(len(kinds[place].indices) + 1 if full else 1):
            # More of anything holds more in every step, so the first that overflows is the last to try.
            if not _fits(kinds, (*counts, count), memory):
                return
            yield from extend((*counts, count))

    return extend(())


def _prefixes(kinds: Sequence[_Kind], memory: int) -> Iterator[tuple[int, ...]]:
    """Yield, for every prompt, the counts of feasible prefixes of the kinds with at most that prompt.

    A prefix ends where a kind does, or where nothing more fits: along the requests of one kind F first rises, then
    falls, so that it is least at an end.
    """
    for widest in sorted({kind.prompt for kind in kinds}):
        counts = [0] * len(kinds)
        held: list[tuple[int, int]] = []
        for place, (output, prompt, indices) in enumerate(kinds):
            if prompt > widest:
                continue
            if any(counts):
                yield tuple(counts)
            # Those taken before complete at ``step`` and then hold ``tokens``; each one more adds prompt + step.
            rooms = [(memory - tokens) // (prompt + step) for step, tokens in (*held, (output, 0))]
            count = min(len(indices), *rooms)
            held = [(step, tokens + count * (prompt + step)) for step, tokens in (*held, (output, 0))]
            counts[place] = count
            if count < len(indices):
                break
        yield tuple(counts)


def _fits(kinds: Sequence[_Kind], counts: Sequence[int], memory: int) -> bool:
    """Return whether ``counts`` of the first kinds, which ascend by output, fit when they all start at once."""
    chosen = list(zip(counts, kinds, strict=False))
    alone = list(accumulate((count for count, _ in reversed(chosen)), initial=0))
    prompts = list(accumulate((count * kind.prompt for count, kind in reversed(chosen)), initial=0))
    return all(prompts[-1 - k] + alone[-1 - k] * kind.output <= memory for k, (_, kind) in enumerate(chosen))

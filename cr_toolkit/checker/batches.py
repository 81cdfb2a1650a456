"""The order of Sorted-F, found again by trying every batch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product
from math import prod

from cr_toolkit.checker.instance import Instance

MOST_BATCHES = 1000

Kind = tuple[int, int]
"""(output, prompt) of equal requests."""


def sorted_f_order(instance: Instance) -> list[int]:
    """Return the request indices batch by batch, each the feasible one of least (sum of outputs) / size^2.

    While at most 1000 batches exist, equal requests counted by number, all are tried; beyond, for each prompt, the
    feasible prefixes by (output, prompt) of the requests with at most that prompt, which end where a kind of request
    does or where nothing more fits. Ties go to the larger batch,
    then to the one that has more of the first kind of request by (output, prompt), of the second, and so on.
    """
    left: dict[Kind, list[int]] = {}
    for index in sorted(range(len(instance.requests)), key=lambda index: _kind(instance, index)):
        left.setdefault(_kind(instance, index), []).append(index)
    order: list[int] = []
    while left:
        kinds = list(left)
        few = prod(len(indices) + 1 for indices in left.values()) <= MOST_BATCHES
        batches = _all(left, instance.memory) if few else _prefixes(left, instance.memory)
        counts = min(batches, key=lambda counts: _rank(kinds, counts))
        for kind, count in zip(kinds, counts, strict=True):
            order += left[kind][:count]
            del left[kind][:count]
        left = {kind: indices for kind, indices in left.items() if indices}
    return order


def _kind(instance: Instance, index: int) -> Kind:
    request = instance.requests[index]
    return request.output, request.prompt


def _rank(kinds: list[Kind], counts: tuple[int, ...]) -> tuple[Fraction, int, tuple[int, ...]]:
    """Return (F, minus the size, minus the counts)."""
    size = sum(counts)
    outputs = sum(output * count for (output, _), count in zip(kinds, counts, strict=True))
    return Fraction(outputs, size**2), -size, tuple(-count for count in counts)


def _all(left: dict[Kind, list[int]], memory: int) -> Iterator[tuple[int, ...]]:
    for counts in product(*(range(len(indices) + 1) for indices in left.values())):
        if any(counts) and _fits(zip(left, counts, strict=True), memory):
            yield counts


def _prefixes(left: dict[Kind, list[int]], memory: int) -> Iterator[tuple[int, ...]]:
    for widest in {prompt for _, prompt in left}:
        batch: dict[Kind, int] = {}
        for kind, indices in left.items():
            if kind[1] > widest:
                continue
            if batch:
                yield tuple(batch.get(kind, 0) for kind in left)
            while batch.get(kind, 0) < len(indices) and _fits([*batch.items(), (kind, 1)], memory):
                batch[kind] = batch.get(kind, 0) + 1
            if batch.get(kind, 0) < len(indices):
                break
        yield tuple(batch.get(kind, 0) for kind in left)


def _fits(batch: Iterable[tuple[Kind, int]], memory: int) -> bool:
    """Return whether so many of each kind, all started at once, fit in each step at which some complete."""
    chosen = [(kind, count) for kind, count in batch if count]
    return all(
        sum(count * (prompt + step) for (output, prompt), count in chosen if output >= step) <= memory
        for step in {output for (output, _), _ in chosen}
    )

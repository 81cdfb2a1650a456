"""Which requests share a colour, and what the legend says of them."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from cr_toolkit.model import Instance
from cr_toolkit.report.wording import compact

MAX_TYPES = 7
"""Up to this many different (prompt, output) pairs get a colour each; beyond, colours stand for ranges of volume."""

_RANGES = 6


class Classes(NamedTuple):
    """A partition of the requests.

    Attributes:
        of: the class of each request, in request order.
        labels: what the legend says of each class.
        ordered: whether the classes are ranges of volume, ascending.
    """

    of: tuple[int, ...]
    labels: tuple[str, ...]
    ordered: bool


def classify(instance: Instance) -> Classes:
    """Return the classes of ``instance``: by type if there are few types, else by volume."""
    types = Counter((request.prompt, request.output) for request in instance.requests)
    if len(types) <= MAX_TYPES:
        names = sorted(types, key=lambda kind: (types[kind], kind), reverse=True)
        place = {kind: index for index, kind in enumerate(names)}
        labels = tuple(f"{types[kind]:,} × (prompt {compact(kind[0])}, output {compact(kind[1])})" for kind in names)
        return Classes(tuple(place[request.prompt, request.output] for request in instance.requests), labels, False)
    return _by_volume([request.volume for request in instance.requests])


def _by_volume(volumes: list[int]) -> Classes:
    ordered = sorted(volumes)
    n = len(ordered)
    # Upper ends of ranges with about equally many requests; ties never straddle two ranges.
    ends = sorted({ordered[-(-n * part // _RANGES) - 1] for part in range(1, _RANGES + 1)})
    of = tuple(next(index for index, end in enumerate(ends) if volume <= end) for volume in volumes)
    labels = []
    for index in range(len(ends)):
        members = [volume for volume, place in zip(volumes, of, strict=True) if place == index]
        low, high = min(members), max(members)
        labels.append(compact(low) if low == high else f"{compact(low)} – {compact(high)}")
    return Classes(of, tuple(labels), True)

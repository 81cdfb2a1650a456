"""When a request can start in a schedule worth finding."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.model import Instance
from lp_models.prices import SCALE, Kinds, price_value, safe_dtype, start_charges


def latest_starts(instance: Instance, upper: int) -> tuple[int, ...]:
    """Return, per request, a step that bounds its start in some optimal schedule cheaper than ``upper``, if any.

    From the last arrival on, an optimal schedule never leaves a step without a running request (it could be cut out),
    so k_i <= last arrival + sum of the other outputs. And if the total latency is at most ``upper`` - 1 while every
    other request takes its output at least, then k_i - a_i <= upper - 1 - sum of all outputs. The arrival is returned
    when no start is left; the caller finds its programme infeasible or its search empty.
    """
    last_arrival = max(request.arrival for request in instance.requests)
    total = sum(request.output for request in instance.requests)
    slack = upper - 1 - total
    return tuple(max(r.arrival, min(last_arrival + total - r.output, r.arrival + slack)) for r in instance.requests)


def useful_starts(
    instance: Instance, upper: int, prices: Mapping[int, int], kinds: Kinds, most: int
) -> list[list[int]] | None:
    """Return, for every kind, the ascending starts that a schedule cheaper than ``upper`` can use.

    What a start costs under the memory prices above the least cost of its kind (its reduced cost) is paid on top of
    the bound L(y); a start that thereby reaches ``upper`` is left out, as is one beyond ``latest_starts``.

    Args:
        instance: the instance.
        upper: cost of a known schedule (steps).
        prices: memory prices by step over ``SCALE``.
        kinds: the kinds of ``instance``.
        most: largest (kinds) x (steps) to look at; None is returned beyond.
    """
    limits = latest_starts(instance, upper)
    last = max(limits) + 1
    if last * len(kinds.number) > most:
        return None
    total = sum(prices.values())
    horizon = max(last, max(prices, default=0))
    dense: NDArray[Any] = np.zeros(horizon + 1, safe_dtype(instance, total, horizon, SCALE))
    for step, price in prices.items():
        dense[step] = price
    budget = math.floor((upper - 1 - price_value(instance, prices)) * SCALE)
    if budget < 0:
        return [[] for _ in kinds.number]
    starts: list[list[int]] = []
    for j, members in enumerate(kinds.members):
        arrival, limit = int(kinds.arrival[j]), limits[members[0]]
        charges = start_charges(int(kinds.prompt[j]), int(kinds.output[j]), dense, SCALE)[arrival:].tolist()
        least = min(charges)
        starts.append([arrival + i for i, c in enumerate(charges[: limit - arrival + 1]) if c - least <= budget])
    return starts

"""Memory prices: the Lagrangean bound of the time-indexed programme, evaluated exactly.

Charge a request y_t for every token it holds in step t, and pay M y_t back for every step. Any prices y >= 0 give
    L(y) = sum_i min_{k >= a_i} [k + o_i - a_i + sum_{tau=1..o_i} (s_i + tau) y_{k+tau}] - M sum_t y_t  <=  OPT,
because a feasible schedule holds at most M tokens in every step. Good prices come from floating point (the dual of
the linear programme, or ``raise_prices``); they are rounded to integers over ``SCALE`` and evaluated in integers, so
the bound is right whatever produced them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from time import monotonic
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance
from lp_models.bounds import LowerBound

SCALE = 2**20
"""Prices are integers over this denominator."""

MAX_STEPS = 4_000_000
"""Largest step that may have a price here; the tables are dense."""

_CHEAP_ROUND = 300_000
"""While (distinct requests) x (steps) is at most this, prices are raised from two beginnings."""

_ROUNDS = 20
"""Rounds between two looks at the clock."""

_INT64_SAFE = 2**61

Int64s = NDArray[np.int64]


def proof_scale(memory: int) -> int:
    """Return the denominator of the prices in a proof: prices are about n / M, so this leaves them few digits."""
    return min(SCALE, 256 << memory.bit_length())


class Kinds(NamedTuple):
    """The distinct requests of an instance as int64 columns, with how often each occurs and where."""

    arrival: Int64s
    prompt: Int64s
    output: Int64s
    number: Int64s
    members: tuple[tuple[int, ...], ...]


def kinds_of(instance: Instance) -> Kinds:
    """Return the distinct (arrival, prompt, output) of ``instance``, in order of first appearance."""
    members: dict[tuple[int, int, int], list[int]] = {}
    for index, request in enumerate(instance.requests):
        members.setdefault((request.arrival, request.prompt, request.output), []).append(index)
    columns = np.array(list(members), np.int64).reshape(-1, 3)
    counts = np.array([len(group) for group in members.values()], np.int64)
    groups = tuple(tuple(group) for group in members.values())
    return Kinds(columns[:, 0].copy(), columns[:, 1].copy(), columns[:, 2].copy(), counts, groups)


def start_charges(prompt: int, output: int, prices: NDArray[Any], scale: int) -> NDArray[Any]:
    """Return scale * (k + output) + the price of the memory held, for every start k = 0 .. last priced step.

    Sliding sums: with P_t = sum y and Q_t = sum t y up to t, the charge is (s - k)(P_{k+o} - P_k) + Q_{k+o} - Q_k.
    ``prices`` has one entry per step (entry 0 unused): int64 if no sum can overflow, else Python integers.
    """
    last = len(prices) - 1
    start = np.arange(last + 1).astype(prices.dtype)
    end = np.minimum(np.arange(last + 1) + output, last)
    sums, moments = np.cumsum(prices), np.cumsum(prices * start)
    charge: NDArray[Any] = (prompt - start) * (sums[end] - sums) + moments[end] - moments + scale * (start + output)
    return charge


def safe_dtype(instance: Instance, total_price: int, last: int, scale: int) -> type:
    """Return int64 if every charge of ``start_charges`` fits it, else object (Python integers)."""
    biggest = max(instance.memory, instance.horizon, last) + last + 1
    return np.int64 if (total_price + scale) * biggest * 4 < _INT64_SAFE else object


def price_value(instance: Instance, prices: Mapping[int, int], scale: int = SCALE) -> Fraction:
    """Return L(y) for the step prices ``prices`` over ``scale``, exactly.

    Raises:
        InputError: if a price is negative, or a priced step is < 1 or beyond ``MAX_STEPS``.
    """
    if scale < 1 or any(price < 0 for price in prices.values()):
        raise InputError("must be non-negative integers over a positive scale", field="prices")
    last = max(prices, default=0)
    if min(prices, default=1) < 1 or last > MAX_STEPS:
        raise InputError(f"must lie on the steps 1 to {MAX_STEPS}", field="prices")
    total = sum(prices.values())
    dense: NDArray[Any] = np.zeros(last + 1, safe_dtype(instance, total, last, scale))
    for step, price in prices.items():
        dense[step] = price
    value = -instance.memory * total
    shapes: dict[tuple[int, int], Counter[int]] = {}
    for request in instance.requests:
        shapes.setdefault((request.prompt, request.output), Counter())[request.arrival] += 1
    for (prompt, output), arrivals in shapes.items():
        charges = start_charges(prompt, output, dense, scale)
        cheapest = np.minimum.accumulate(charges[::-1])[::-1]
        for arrival, count in arrivals.items():
            # Beyond the last priced step nothing is charged, so starting there on arrival is cheapest.
            least = int(cheapest[arrival]) - scale * arrival if arrival <= last else scale * output
            value += count * least
    return Fraction(value, scale)


def price_bound(instance: Instance, prices: Mapping[int, int], scale: int = SCALE) -> LowerBound:
    """Return the bound L(y) with its certificate: the scale and the positive prices by ascending step."""
    positive = sorted((int(step), int(price)) for step, price in prices.items() if price > 0)
    certificate = {"scale": scale, "prices": [list(pair) for pair in positive]}
    return LowerBound(price_value(instance, dict(positive), scale), "prices", certificate)


def rounded(prices: NDArray[np.float64], scale: int = SCALE) -> dict[int, int]:
    """Return step prices (entry t for step t) as integers over ``scale``, negative noise clipped, zeros left out."""
    numerators = np.rint(np.clip(prices, 0.0, 2.0**20) * scale).astype(np.int64)
    return {int(step): int(numerators[step]) for step in np.flatnonzero(numerators) if step > 0}


def raised_prices(
    instance: Instance,
    target: int,
    last: int,
    iterations: int,
    start: Mapping[int, int] | None = None,
    deadline: float | None = None,
) -> dict[int, int]:
    """Return prices found by the volume algorithm, over ``SCALE``.

    Args:
        instance: the instance.
        target: the cost of a known schedule, which limits the step length.
        last: the last step to be priced (steps).
        iterations: most rounds; each takes time proportional to (distinct requests) x (steps that a request might
            wait).
        start: prices to begin with, or None for those of the fluid limit and, where rounds are cheap, also from
            prices that fall linearly to zero: in small instances now the one, now the other leads higher.
        deadline: no further rounds are begun after this (``time.monotonic``).
    """
    from lp_models.kernels.ascent import begin_ascent, raise_prices
    from lp_models.kernels.fluid import fluid_prices

    kinds = kinds_of(instance)
    arrival, prompt, output, number, _ = kinds
    firsts = []
    if start is not None:
        firsts.append(np.zeros(last + 1))
        for step, price in start.items():
            if step <= last:
                firsts[0][step] = price / SCALE
    else:
        volume = prompt * output + output * (output + 1) // 2
        firsts.append(fluid_prices(arrival, volume, number, instance.memory, last))
        if len(arrival) * last <= _CHEAP_ROUND:
            firsts.append(np.linspace(float(np.sum(number)) / instance.memory, 0.0, last + 1))
    found = []
    for first in firsts:
        average, facts = begin_ascent(*kinds[:4], instance.memory, first)
        left = iterations
        while left > 0 and (deadline is None or monotonic() < deadline):
            rounds = min(left, _ROUNDS)
            left -= rounds
            if not raise_prices(*kinds[:4], instance.memory, first, average, facts, float(target), rounds):
                break
        found.append((facts[0], first))
    return rounded(max(found, key=lambda pair: float(pair[0]))[1])

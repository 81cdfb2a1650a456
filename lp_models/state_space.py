"""Prices of starts and completions: the bound of the state-space relaxation (``cr_toolkit.checker.state_space``).

They are found in floating point, from memory prices, and rounded to integers; the checker's own code evaluates them.
The relaxation knows that whole requests hold memory: of the gap that the linear programme leaves near alpha = 1/2 it
closes about half. Its work grows with the memory times the requests that may run, so it is for small memories.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.checker.state_space import state_space_bound
from cr_toolkit.model import Instance
from lp_models.bounds import LowerBound
from lp_models.concurrency import most_running
from lp_models.prices import SCALE, Kinds, kinds_of, proof_scale

if TYPE_CHECKING:
    from lp_models.kernels.paths import Costs, Shape

_LEAST_ROUNDS, _PER_SECOND = 200, 1e9
"""Fewer rounds than these hardly raise the bound; entries of states that are changed in a second, about."""

_MOST_ROUNDS = 5_000

_EAGERNESS = 0.1, 1.5
"""Length of the first steps, as a share of that of the rule: at most, and times the number of requests. Memory prices
are good ones to begin with, and long steps only lead away from them."""

_CALL_SECONDS = 0.1
"""Time that a call of compiled code may take (seconds), about: between two, the clock is looked at."""

_ENOUGH = 0.02, 5e-3
"""No more rounds once steps are this short, as a share of the first ones, or a call gains so little of the gap."""

_INT64_SAFE = 2**58

Float64s = NDArray[np.float64]


@dataclass(frozen=True)
class PathPrices:
    """Prices of starts by prompt, and of completions by peak (ascending: rows), at the moments 0, 1, ... (columns)."""

    starts: Float64s
    completions: Float64s

    def rounded(self, scale: int) -> tuple[list[list[int]], list[list[int]]]:
        """Return both as integers over ``scale``."""
        return np.rint(self.starts * scale).astype(int).tolist(), np.rint(self.completions * scale).astype(int).tolist()


def shape_of(instance: Instance, kinds: Kinds) -> Shape:
    """Return the states and events of ``instance``; kinds of request are numbered as in ``kinds``."""
    from lp_models.kernels.paths import Shape

    prompts = Counter(request.prompt for request in instance.requests)
    peaks = Counter(request.peak for request in instance.requests)
    running = most_running(instance)
    most = accumulate(sorted((peak - 1 for peak in peaks.elements()), reverse=True)[:running], initial=0)
    least = accumulate(sorted(prompts.elements())[:running], initial=0)
    distinct, tops = np.array(sorted(prompts), np.int64), np.array(sorted(peaks), np.int64)
    return Shape(
        instance.memory,
        distinct,
        tops,
        np.array([min(running, prompts[s]) for s in sorted(prompts)], np.int64),
        np.array([min(running, peaks[q]) for q in sorted(peaks)], np.int64),
        np.searchsorted(distinct, kinds.prompt),
        np.searchsorted(tops, kinds.prompt + kinds.output),
        kinds.output,
        np.array(list(least), np.int64),
        np.array(list(most), np.int64),
    )


def is_small(instance: Instance, last: int, seconds: float) -> bool:
    """Return whether prices of events before ``last`` can be raised in ``seconds``, roughly."""
    prompts = {request.prompt for request in instance.requests}
    peaks = {request.peak for request in instance.requests}
    states = last * (most_running(instance) + 1) * (instance.memory + 1)
    events = len(prompts) + len(peaks) + 1
    return states * events * _LEAST_ROUNDS <= seconds * _PER_SECOND


@cache
def compile_paths() -> None:
    """Have the compiled code ready."""
    raised_path_prices(Instance.burst(3, [(0, 2), (1, 1)]), 5, {1: SCALE}, 4, time.monotonic() + 1.0)


def raised_path_prices(
    instance: Instance, target: int, prices: Mapping[int, int], last: int, deadline: float
) -> PathPrices:
    """Return prices found by the volume algorithm.

    Args:
        instance: the instance.
        target: the cost of a known schedule, which limits the step length (steps).
        prices: memory prices by step over ``SCALE``, to begin with.
        last: no event at this moment or later has a price (steps).
        deadline: no further call of compiled code is made after this (``time.monotonic``, seconds).
    """
    from lp_models.kernels.paths import BOUND, EAGERNESS, Ascent, raise_bound

    kinds = kinds_of(instance)
    shape = shape_of(instance, kinds)
    first = of_memory_prices(shape, prices, last)
    eagerness = min(_EAGERNESS[0], _EAGERNESS[1] / len(instance))
    ascent = Ascent(
        first.starts, first.completions, np.zeros_like(first.starts), np.zeros_like(first.completions),
        np.array([-np.inf, eagerness, 0.0]),
    )  # fmt: skip
    goal = float(target - sum(r.output - r.arrival for r in instance.requests))
    rounds, calls, many = _MOST_ROUNDS, 0, 1
    while rounds > 0 and (begin := time.monotonic()) < deadline:
        many = min(many, rounds)
        before = ascent.facts[BOUND]
        raise_bound(shape, kinds.arrival, kinds.number, ascent, goal, many)
        rounds -= many
        calls += 1
        gain = ascent.facts[BOUND] - before
        if ascent.facts[BOUND] == -np.inf:
            break
        if ascent.facts[EAGERNESS] < _ENOUGH[0] * eagerness or (many >= 100 and gain < _ENOUGH[1] * (goal - before)):
            break
        spent = time.monotonic() - begin
        # A first call may load or compile code.
        if calls > 1:
            many = max(1, min(2 * many, int(many * _CALL_SECONDS / max(spent, 1e-6))))
    return PathPrices(ascent.start_price, ascent.completion_price)


def path_bound(instance: Instance, prices: PathPrices) -> LowerBound:
    """Return the bound of the prices, rounded, with its certificate, as the checker's code evaluates it.

    Raises:
        PathLimitError: if that takes more work than the checker takes on.
    """
    scale = proof_scale(instance.memory)
    starts, completions = prices.rounded(scale)
    requests = [(r.arrival, r.prompt, r.output) for r in instance.requests]
    value = state_space_bound(instance.memory, requests, scale, starts, completions)
    return LowerBound(value, "state-space", {"scale": scale, "starts": starts, "completions": completions})


def costs_of(instance: Instance, kinds: Kinds, prices: PathPrices, scale: int) -> Costs | None:
    """Return what bounds the states of an enumeration, integers over ``scale``; None if they need more than 64 bits."""
    from lp_models.kernels.paths import Costs, write_costs

    shape = shape_of(instance, kinds)
    last = prices.starts.shape[1]
    dearest = np.abs(prices.starts).max(axis=0).sum() + np.abs(prices.completions).max(axis=0).sum()
    if not scale * (dearest * len(shape.least) + len(instance) * (last + instance.horizon)) <= _INT64_SAFE:
        return None
    starts, completions = (np.array(rows, np.int64) for rows in prices.rounded(scale))
    least = np.full((len(kinds.output), last + 1), scale * last, np.int64)
    for i, output in enumerate(kinds.output.tolist()):
        charges = scale * np.arange(last) + starts[shape.prompt_of[i]]
        charges[: max(0, last - output)] += completions[shape.peak_of[i], output:]
        least[i, :last] = np.minimum.accumulate(np.append(charges, scale * last)[::-1])[::-1][:-1]
    by_peak = np.zeros((instance.memory + 1, last), np.int64)
    by_peak[shape.peaks] = completions
    paths = np.zeros((last, len(shape.least), instance.memory + 1), np.int64)
    write_costs(shape, starts, completions, paths)
    return Costs(least, by_peak, paths)


def of_memory_prices(shape: Shape, prices: Mapping[int, int], last: int) -> PathPrices:
    """Return prices of events that charge a path for what it holds; no price is beyond ``last``.

    A start of prompt s at k adds s + t - k tokens to every later step t, a completion of peak q takes q + t - k away.
    """
    price = np.zeros(last + 1)
    for step, value in prices.items():
        if step <= last:
            price[step] = value / SCALE
    later = np.cumsum(price[::-1])[::-1] - price
    moment = price * np.arange(last + 1)
    later_moment = np.cumsum(moment[::-1])[::-1] - moment
    k = np.arange(last)
    starts = (shape.prompts[:, None] - k) * later[:last] + later_moment[:last]
    completions = (k - shape.peaks[:, None]) * later[:last] - later_moment[:last]
    return PathPrices(starts, completions)

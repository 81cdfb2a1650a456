"""What a candidate is worth: the policy's cost over the cost of the best schedule found quickly.

Evaluation is a function of the candidate alone, so that its result is the same in every process.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import permutations, product

import numpy as np
from numpy.typing import NDArray

from adversaries.packing import interleaving, kinds_of, load, place, pull_forward, ruin_and_recreate
from adversaries.pattern import Columns, Pattern
from cr_toolkit.policies import Admission, FullView, Information, OneBitView, PriorityPolicy, PromptView, Queue
from cr_toolkit.simulation import priority_order
from cr_toolkit.simulation.kernel import head_of_line_starts, skipping_starts

Int64s = NDArray[np.int64]

_MOST_PERMUTED = 4
"""Up to this many kinds of requests, every order of the kinds is tried."""

_PULLED = 4
"""How many of the best placements are improved."""


@dataclass(frozen=True)
class Evaluation:
    """A candidate's costs (steps) and the start of each request in the cheaper schedule (int64, request order)."""

    cost: int
    upper: int
    starts: Int64s

    @property
    def ratio(self) -> Fraction:
        """Policy cost over the cost of a feasible schedule: at most the competitive ratio on this candidate."""
        return Fraction(self.cost, self.upper)


class Evaluator:
    """Evaluates patterns against one policy.

    Args:
        policy: the policy under attack, not yet prepared.
        admission: admission rule.
        queue: queue discipline.
    """

    def __init__(self, policy: PriorityPolicy, admission: Admission, queue: Queue) -> None:
        self._policy = policy
        self._peak_rule = admission is Admission.PEAK
        self._run = skipping_starts if queue is Queue.SKIPPING else head_of_line_starts

    def evaluate(self, pattern: Pattern) -> Evaluation:
        """Run the policy and look for a cheaper schedule."""
        columns = pattern.columns()
        order = self._order(pattern, columns)
        starts = np.empty(order.shape[0], np.int64)
        starts[order] = self._run(
            columns.arrival[order], columns.prompt[order], columns.output[order], pattern.memory, self._peak_rule
        )
        latency_at_zero = int(columns.output.sum() - columns.arrival.sum())
        cost = int(starts.sum()) + latency_at_zero
        found, total = cheap_schedule(pattern.memory, columns, order)
        upper = total + latency_at_zero
        return Evaluation(cost, upper, found) if upper < cost else Evaluation(cost, cost, starts)

    def _order(self, pattern: Pattern, columns: Columns) -> Int64s:
        policy = self._policy.prepared(int(columns.output.max()))
        if not policy.vectorised or policy.information is Information.INTERVAL:
            return priority_order(pattern.instance(), policy)
        keys = np.broadcast_to(policy.priority(_view(policy, columns)), columns.output.shape)
        return np.argsort(keys, kind="stable").astype(np.int64)


def _view(policy: PriorityPolicy, columns: Columns) -> FullView | OneBitView | PromptView:
    if policy.information is Information.FULL:
        return FullView(*columns)  # type: ignore[arg-type]
    if policy.information is Information.ONE_BIT:
        bit = columns.output > policy.threshold  # type: ignore[attr-defined]
        return OneBitView(columns.arrival, columns.prompt, bit)  # type: ignore[arg-type]
    return PromptView(columns.arrival, columns.prompt)  # type: ignore[arg-type]


def cheap_schedule(memory: int, columns: Columns, order: Int64s) -> tuple[Int64s, int]:
    """Return a feasible schedule of low cost: starts in request order and their sum (steps).

    Args:
        memory: the budget (tokens).
        columns: the requests.
        order: request indices in the policy's order, one of the orders tried.
    """
    arrival, prompt, output = columns
    n = output.shape[0]
    kind = kinds_of(arrival, prompt, output)
    kinds = int(kind.max()) + 1
    example = np.zeros(kinds, np.int64)
    example[kind] = np.arange(n)
    reach = int(arrival.max() + 2 * output.sum() + output.max()) + 2
    usage = np.zeros(reach, np.int64)
    spreads = _spreads(memory, prompt[example], output[example])
    placements: list[tuple[int, int, Int64s]] = []
    for candidate in _orders(columns, kind, kinds, order):
        for spread in spreads:
            starts = np.empty(n, np.int64)
            total = place(memory, arrival, prompt, output, kind, candidate, spread, starts, usage)
            placements.append((total, len(placements), starts))
    best: tuple[int, Int64s] | None = None
    for total, _, starts in sorted(placements)[:_PULLED]:
        load(usage, prompt, output, starts)
        total -= pull_forward(memory, arrival, prompt, output, kind, kinds, starts, usage, 4)
        if best is None or total < best[0]:
            best = (total, starts)
    assert best is not None
    total, starts = best
    load(usage, prompt, output, starts)
    rounds = max(50, min(20 * n, 40_000 // n))
    total -= ruin_and_recreate(memory, arrival, prompt, output, starts, usage, rounds, 4, n)
    return starts, total


def _orders(columns: Columns, kind: Int64s, kinds: int, order: Int64s) -> list[Int64s]:
    if kinds <= _MOST_PERMUTED:
        ranks = (np.array(rank, np.int64) for rank in permutations(range(kinds)))
        return [np.argsort(rank[kind], kind="stable") for rank in ranks] + [order]
    volume = columns.prompt * columns.output + columns.output * (columns.output + 1) // 2
    keys = (volume, columns.output, columns.prompt + columns.output, -columns.output, -columns.prompt - columns.output)
    return [order, *(np.argsort(key, kind="stable") for key in keys)]


def _spreads(memory: int, prompt: Int64s, output: Int64s) -> list[Int64s]:
    """Return which kinds to spread evenly: all subsets of those that gain by it, up to four of them."""
    wide = [interleaving(int(s), int(o), memory) for s, o in zip(prompt, output, strict=True)]
    gains = [c for c, k in enumerate(wide) if output[c] > 1 and k > memory // int(prompt[c] + output[c])]
    spreads = []
    for chosen in product((False, True), repeat=len(gains[:_MOST_PERMUTED])):
        spread = np.zeros(prompt.shape[0], np.int64)
        for c, on in zip(gains, chosen, strict=False):
            spread[c] = wide[c] if on else 0
        spreads.append(spread)
    return spreads

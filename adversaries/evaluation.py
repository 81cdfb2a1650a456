"""What a candidate is worth: the policy's cost over the cost of the best schedule found quickly.

Evaluation is a function of the candidate alone, so that its result is the same in every process.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, permutations, product

import numpy as np
from numpy.typing import NDArray

from adversaries.packing import interleaving, kinds_of, load, place, pull_forward, ruin_and_recreate
from adversaries.pattern import Columns, Pattern
from cr_toolkit.errors import InputError
from cr_toolkit.model import Request
from cr_toolkit.policies import Admission, EstimatePolicy, Policy, PredictionPolicy, PriorityPolicy, Queue
from cr_toolkit.policies.catalogue import policy_name
from cr_toolkit.policies.views import view_of
from cr_toolkit.simulation import simulate
from cr_toolkit.simulation.kernel import head_of_line_starts, skipping_starts

Int64s = NDArray[np.int64]

_MOST_PERMUTED = 4
"""Up to this many kinds of requests, every order of the kinds is tried."""

_MOST_TRIPLED = 2
"""Up to this many kinds worth spreading, a spread one wider than always fits is tried too."""

_TAKEN = 4
"""Most requests that are taken out and put back at a time."""

_SPREAD_OUT = 3
"""How many of the orders that are best when packed densely are also tried with their starts spread out."""

_PULLED = 4
"""How many of the best placements are improved."""


def ranks_by_size(policy: Policy) -> bool:
    """Return whether equal requests rank equally and priorities alone give the run: what compiled code serves."""
    return isinstance(policy, PriorityPolicy) and not isinstance(policy, (EstimatePolicy, PredictionPolicy))


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

    def __init__(self, policy: Policy, admission: Admission, queue: Queue) -> None:
        self._policy = policy
        self._admission = admission
        self._queue = queue
        self._peak_rule = admission is Admission.PEAK
        self._run = skipping_starts if queue is Queue.SKIPPING else head_of_line_starts

    def evaluate(self, pattern: Pattern) -> Evaluation:
        """Run the policy and look for a cheaper schedule."""
        columns = pattern.columns()
        order, starts = self._served(pattern, columns) if ranks_by_size(self._policy) else self._simulated(pattern)
        latency_at_zero = int(columns.output.sum() - columns.arrival.sum())
        cost = int(starts.sum()) + latency_at_zero
        found, total = cheap_schedule(pattern.memory, columns, order)
        upper = total + latency_at_zero
        return Evaluation(cost, upper, found) if upper < cost else Evaluation(cost, cost, starts)

    def _simulated(self, pattern: Pattern) -> tuple[Int64s, Int64s]:
        """Return the order of service and the starts, by the simulation of whatever kind of policy it is."""
        run = simulate(pattern.instance(), self._policy, admission=self._admission, queue=self._queue)
        return np.array(run.order, np.int64), np.array(run.schedule.start, np.int64)

    def _served(self, pattern: Pattern, columns: Columns) -> tuple[Int64s, Int64s]:
        """Return the order of service and the starts of a policy that ranks by size."""
        order = self._order(pattern)
        starts = np.empty(order.shape[0], np.int64)
        starts[order] = self._run(
            columns.arrival[order], columns.prompt[order], columns.output[order], pattern.memory, self._peak_rule
        )
        return order, starts

    def _order(self, pattern: Pattern) -> Int64s:
        """Return the request indices by ascending priority, ties by request order.

        Equal requests look equal to a policy, so each block is shown to it once.
        """
        policy = self._policy.prepared(max(block.output for block in pattern.blocks))
        assert isinstance(policy, PriorityPolicy)
        try:
            requests = [Request(block.arrival, block.prompt, block.output) for block in pattern.blocks]
            keys = [policy.priority(view_of(policy, request, 0)) for request in requests]
            ascending = sorted(range(len(keys)), key=keys.__getitem__)
        except Exception as error:
            # A policy is a user's code; whatever it raises is news for its author.
            raise InputError(
                f"failed: {type(error).__name__}: {error}", field=f"the priority of policy {policy_name(policy)}"
            ) from error
        rank = np.zeros(len(keys), np.int64)
        for before, after in pairwise(ascending):
            rank[after] = rank[before] + (keys[before] < keys[after])
        ranks = np.repeat(rank, [block.count for block in pattern.blocks])
        return np.argsort(np.tile(ranks, pattern.repeat), kind="stable").astype(np.int64)


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
    # No placement ends later than the last arrival, all outputs and all spacings in a row.
    reach = int(arrival.max() + 2 * output.sum() + (_TAKEN + 1) * output.max()) + 2
    usage = np.zeros(reach, np.int64)
    dense, *spread_out = _spreads(memory, prompt[example], output[example])
    placements: list[tuple[int, int, Int64s]] = []

    def try_placing(candidate: Int64s, spread: tuple[Int64s, Int64s]) -> int:
        starts = np.empty(n, np.int64)
        total: int = place(memory, arrival, prompt, output, kind, candidate, *spread, starts, usage)
        placements.append((total, len(placements), starts))
        return total

    ranked = sorted(_orders(columns, kind, kinds, order), key=lambda candidate: try_placing(candidate, dense))
    for candidate in ranked[:_SPREAD_OUT]:
        for spread in spread_out:
            try_placing(candidate, spread)
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
    total -= ruin_and_recreate(memory, arrival, prompt, output, starts, usage, rounds, _TAKEN, n)
    return starts, total


def _orders(columns: Columns, kind: Int64s, kinds: int, order: Int64s) -> list[Int64s]:
    if kinds <= _MOST_PERMUTED:
        ranks = (np.array(rank, np.int64) for rank in permutations(range(kinds)))
        return [np.argsort(rank[kind], kind="stable") for rank in ranks] + [order]
    volume = columns.prompt * columns.output + columns.output * (columns.output + 1) // 2
    keys = (volume, columns.output, columns.prompt + columns.output, -columns.output, -columns.prompt - columns.output)
    return [order, *(np.argsort(key, kind="stable") for key in keys)]


def _spreads(memory: int, prompt: Int64s, output: Int64s) -> list[tuple[Int64s, Int64s]]:
    """Return ways to space the starts of each kind, as numerators (0: as dense as fits) and denominators (steps)."""
    wide = [interleaving(int(s), int(o), memory) for s, o in zip(prompt, output, strict=True)]
    gains = [c for c, k in enumerate(wide) if output[c] > 1 and (k + 1) * prompt[c] < memory][:_MOST_PERMUTED]
    options = [_spacings(int(output[c]), wide[c])[: 3 if len(gains) <= _MOST_TRIPLED else 2] for c in gains]
    spreads = []
    for chosen in product(*options):
        numerator = np.zeros(prompt.shape[0], np.int64)
        denominator = np.ones(prompt.shape[0], np.int64)
        for c, (part, parts) in zip(gains, chosen, strict=True):
            numerator[c], denominator[c] = part, parts
        spreads.append((numerator, denominator))
    return spreads


def _spacings(output: int, wide: int) -> tuple[tuple[int, int], ...]:
    # The last one suits lengths that just miss fitting one more.
    return (0, 1), (output, wide), (-(-output // (wide + 1)), 1)

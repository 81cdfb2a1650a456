"""What a candidate is worth: the policy's cost over the cost of the best schedule found quickly.

Evaluation is a function of the candidate alone, so that its result is the same in every process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise, permutations, product

import numpy as np
from numpy.typing import NDArray

from adversaries.packing import interleaving, kinds_of, load, place, pull_forward, ruin_and_recreate
from adversaries.pattern import Columns, Pattern
from adversaries.screening import optimum_at_least
from cr_toolkit.errors import CrtoolError, InputError
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

_WORK = 400_000
"""Rounds of taking out and putting back, times the longest output, at most: each touches the steps it runs."""

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

    def evaluate(self, pattern: Pattern, known: Sequence[int] | None = None) -> Evaluation:
        """Run the policy and look for a cheaper schedule, no dearer than one ``known`` by its starts."""
        starts = None if known is None else np.array(known, np.int64)
        evaluation = self.evaluate_above(pattern, Fraction(0), starts)
        assert evaluation is not None
        return evaluation

    def evaluate_above(self, pattern: Pattern, ratio: Fraction, known: Int64s | None = None) -> Evaluation | None:
        """Run the policy and look for a cheaper schedule; return None if no schedule can give ``ratio`` or more.

        Nothing of that ratio is lost: the cost of the best schedule is replaced by a lower bound on it.

        Args:
            pattern: the candidate.
            ratio: what it should reach.
            known: starts of a feasible schedule, if one is known already; what is found will not cost more.

        Raises:
            CrtoolError: if ``known`` is not feasible.
        """
        columns = pattern.columns()
        latency_at_zero = int(columns.output.sum() - columns.arrival.sum())
        order, starts = self._served(pattern, columns)
        cost = int(starts.sum()) + latency_at_zero
        if ratio > 1 and cost < ratio * optimum_at_least(pattern):
            return None
        found, total = cheap_schedule(pattern.memory, columns, order)
        if known is not None:
            found, total = min((found, total), _improved(pattern.memory, columns, known), key=lambda pair: pair[1])
        upper = total + latency_at_zero
        return Evaluation(cost, upper, found) if upper < cost else Evaluation(cost, cost, starts)

    @property
    def is_compiled(self) -> bool:
        """Whether compiled code runs the policy."""
        return ranks_by_size(self._policy)

    def policy_cost(self, memory: int, columns: Columns) -> int:
        """Return the total latency (steps) of the run of a policy that compiled code runs."""
        _, starts = self._ranked(memory, columns)
        return int((starts + columns.output - columns.arrival).sum())

    def _served(self, pattern: Pattern, columns: Columns) -> tuple[Int64s, Int64s]:
        """Return the request indices in the policy's order, and the start of each request in request order."""
        if self.is_compiled:
            return self._ranked(pattern.memory, columns)
        run = simulate(pattern.instance(), self._policy, admission=self._admission, queue=self._queue)
        return np.array(run.order, np.int64), np.array(run.schedule.start, np.int64)

    def _ranked(self, memory: int, columns: Columns) -> tuple[Int64s, Int64s]:
        order = self._order(columns)
        starts = np.empty(order.shape[0], np.int64)
        arrival, prompt, output = (column[order] for column in columns)
        starts[order] = self._run(arrival, prompt, output, memory, self._peak_rule)
        return order, starts

    def _order(self, columns: Columns) -> Int64s:
        """Return the request indices by ascending priority, ties by request order.

        Equal requests look equal to a policy, so each kind is shown to it once.
        """
        kind = kinds_of(*columns)
        example = np.unique(kind, return_index=True)[1]
        policy = self._policy.prepared(int(columns.output.max()))
        assert isinstance(policy, PriorityPolicy)
        try:
            requests = [Request(*(int(column[at]) for column in columns)) for at in example]
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
        return np.argsort(rank[kind], kind="stable").astype(np.int64)


def _improved(memory: int, columns: Columns, known: Int64s) -> tuple[Int64s, int]:
    """Return a schedule no dearer than ``known``, which must be feasible, and the sum of its starts (steps)."""
    arrival, prompt, output = columns
    if known.shape != output.shape or (known < arrival).any():
        raise CrtoolError("a searcher gave a schedule of another instance, or one that starts too early")
    starts = known.copy()
    usage = _empty(columns, int(known.max()))
    load(usage, prompt, output, starts)
    if int(usage.max()) > memory:
        raise CrtoolError("a searcher gave a schedule that is not feasible")
    kind = kinds_of(*columns)
    total = int(starts.sum()) - pull_forward(memory, *columns, kind, int(kind.max()) + 1, starts, usage, 4)
    return starts, total - ruin_and_recreate(memory, *columns, starts, usage, _rounds(output), _TAKEN, len(starts))


def _empty(columns: Columns, latest: int) -> Int64s:
    """Return the usage of no request, over all the steps that rearranging a schedule may touch."""
    # No placement ends later than the last arrival, all outputs and all spacings in a row.
    reach = int(columns.arrival.max() + 2 * columns.output.sum() + (_TAKEN + 1) * columns.output.max()) + 2
    return np.zeros(reach + latest, np.int64)


def _rounds(output: Int64s) -> int:
    n = len(output)
    return max(20, min(20 * n, 40_000 // n, _WORK // int(output.max())))


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
    usage = _empty(columns, 0)
    dense, *spread_out = _spreads(memory, prompt[example], output[example], np.bincount(kind))
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
    total -= ruin_and_recreate(memory, arrival, prompt, output, starts, usage, _rounds(output), _TAKEN, n)
    return starts, total


def _orders(columns: Columns, kind: Int64s, kinds: int, order: Int64s) -> list[Int64s]:
    if kinds <= _MOST_PERMUTED:
        ranks = (np.array(rank, np.int64) for rank in permutations(range(kinds)))
        return [np.argsort(rank[kind], kind="stable") for rank in ranks] + [order]
    volume = columns.prompt * columns.output + columns.output * (columns.output + 1) // 2
    keys = (volume, columns.output, columns.prompt + columns.output, -columns.output, -columns.prompt - columns.output)
    return [order, *(np.argsort(key, kind="stable") for key in keys)]


def _spreads(memory: int, prompt: Int64s, output: Int64s, count: Int64s) -> list[tuple[Int64s, Int64s]]:
    """Return ways to space the starts of each kind, as numerators (0: as dense as fits) and denominators (steps)."""
    wide = [interleaving(int(s), int(o), memory, int(n)) for s, o, n in zip(prompt, output, count, strict=True)]
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

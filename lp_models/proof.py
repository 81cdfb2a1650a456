"""Proofs that the checker can repeat: the checker's own enumeration, guided by compiled code, and what guided it.

The enumeration asks which price vector to try on a state. Here a new one is fitted when none of the latest helps; the
certificate lists the vectors and the answers, so that repeating the proof takes no fitting. Nothing about the guide
needs to be right for the proof to be.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from cr_toolkit.checker.enumeration import Last, NodeLimitError, Running, Waiting, prove_no_better
from cr_toolkit.model import Instance
from lp_models.kernels.pool import Pool, Problem
from lp_models.prices import SCALE

MAX_CERTIFICATE = 5_000_000
"""Longest certificate made (characters, roughly)."""

_ROWS = 64
"""Price vectors tried on a state before a new one is fitted."""

_ITERATIONS = 60
"""Rounds of the volume algorithm per state."""


def proof_scale(memory: int) -> int:
    """Return the denominator of the prices in a proof: prices are about n / M, so this leaves them few digits."""
    return min(SCALE, 256 << memory.bit_length())


def prove(
    instance: Instance, upper: int, prices: Mapping[int, int], horizon: int, node_limit: int, deadline: float, *,
    guided: bool,
) -> dict[str, Any]:  # fmt: skip
    """Prove that no schedule is cheaper than ``upper``; return the certificate of the method ``enumeration``.

    Args:
        instance: the instance.
        upper: what to prove a lower bound (steps).
        prices: memory prices by step over ``SCALE``.
        horizon: the last step that gets a price (steps).
        node_limit: most nodes.
        deadline: when to give up, on the clock of ``time.monotonic`` (seconds); only a guided proof looks at it.
        guided: whether to fit prices to states, by compiled code.

    Raises:
        BetterScheduleError: if a cheaper schedule exists; it carries one.
        NodeLimitError: if the proof would take too many nodes, too much time or too much space.
    """
    scale = proof_scale(instance.memory)
    # The checker takes no prices beyond a start that would cost ``upper`` alone.
    horizon = min(horizon, max(r.arrival for r in instance.requests) + upper)
    common = {step: round(price * scale / SCALE) for step, price in prices.items() if step <= horizon}
    common = {step: price for step, price in sorted(common.items()) if price > 0}
    requests = [(r.arrival, r.prompt, r.output) for r in instance.requests]
    if not guided:
        nodes = prove_no_better(instance.memory, requests, upper, common, scale, node_limit)
        return {"scale": scale, "prices": [list(pair) for pair in common.items()], "nodes": nodes}
    guide = Guide(instance.memory, requests, upper, common, scale, horizon, deadline)
    nodes = prove_no_better(instance.memory, requests, upper, common, scale, node_limit, guide.pool, guide)
    certificate: dict[str, Any] = {"scale": scale, "prices": [list(pair) for pair in common.items()], "nodes": nodes}
    if guide.pool:
        certificate |= {"pool": guide.pool, "choices": guide.choices}
    return certificate


def compile_guide() -> None:
    """Have the compiled code built or loaded, so that no later call pays for that."""
    guide = Guide(3, [(0, 0, 2), (0, 0, 1), (0, 1, 1)], 6, {1: 1}, 4, 9, math.inf)
    guide((1, 1, 0), 0, (0, 2), ((2, 2),), 0)


class Guide:
    """Chooses price vectors for the enumeration and remembers them.

    Attributes:
        pool: the vectors found, as the checker takes them.
        choices: what was chosen, in the order of the questions.
    """

    def __init__(
        self, memory: int, requests: list[tuple[int, int, int]], upper: int, common: Mapping[int, int], scale: int,
        horizon: int, deadline: float,
    ) -> None:  # fmt: skip
        self.pool: list[list[int]] = []
        self.choices: list[int] = []
        self._deadline = deadline
        self._size = 0
        kinds = sorted(set(requests), key=lambda r: (r[1] * r[2] + r[2] * (r[2] + 1) // 2, r))
        columns = np.array(kinds, np.int64)
        arrival, prompt, output = (columns[:, c].copy() for c in range(3))
        self._problem = Problem(arrival, prompt, output, np.zeros(len(kinds), np.int64), memory, scale)
        rows = (_ROWS + 1, horizon + 1)
        steps, sums, moments = (np.zeros(rows, np.int64) for _ in range(3))
        least = np.zeros((rows[0], len(kinds), rows[1]), np.int64)
        self._window = Pool(steps, sums, moments, least, np.arange(rows[0]), np.zeros(1, np.int64))
        self._label = [0] * rows[0]
        self._spare = 0
        first = np.zeros(horizon + 1, np.int32)
        for step, price in common.items():
            first[step] = price
        self._vectors = [first]
        self._most = (upper - sum(o - a for a, _, o in requests) - 1) * scale

    def __call__(self, waiting: Waiting, total: int, last: Last, running: Running, vector: int) -> int:
        """Choose a vector for a state, as ``cr_toolkit.checker.enumeration.Choose`` describes."""
        from lp_models.kernels.advice import BETTER, CUT_BY_OLD, NOTHING, advise

        if time.monotonic() > self._deadline:
            raise NodeLimitError("out of time")
        profile = np.array(running, np.int32)
        answer = advise(
            self._problem, self._window, self._most, np.array(waiting, np.int64), *last, total,
            profile[:, 0].copy(), profile[:, 1].copy(), self._vectors[vector], _ITERATIONS, self._spare,
        )  # fmt: skip
        if answer == CUT_BY_OLD:
            vector = self._label[self._window.order[0]]
        elif answer != NOTHING:
            vector = self._remember(last[0], tried=answer != BETTER)
        self.choices.append(vector)
        self._size += len(str(vector)) + 2
        if self._size > MAX_CERTIFICATE:
            raise NodeLimitError("the certificate becomes too large")
        return vector

    def _remember(self, start: int, *, tried: bool) -> int:
        """Give the vector in the spare row a number."""
        window, row = self._window, self._spare
        price = window.price[row]
        priced = np.flatnonzero(price)
        end = int(priced[-1]) if len(priced) else start + 1
        entry = [start, *price[start + 1 : end + 1].tolist()]
        self.pool.append(entry)
        self._vectors.append(price.astype(np.int32))
        self._size += len(str(entry)) + 2
        number = len(self.pool)
        if tried:
            self._label[row] = number
            used = int(window.used[0])
            if used < _ROWS:
                window.order[1 : used + 1] = window.order[:used].copy()
                window.used[0] += 1
                self._spare = used + 1
            else:
                self._spare = int(window.order[used - 1])
                window.order[1:used] = window.order[: used - 1].copy()
            window.order[0] = row
        return number

"""Proofs by branching: the tree of cases of ``cr_toolkit.checker.branching``, found depth first.

A node is bounded with prices that closed others of late, then with prices fitted to the starts that are left in it by
the volume algorithm. What the relaxed schedules of that algorithm disagree about most is split. Where memory is
large and requests are few, or where the linear bound is nearly tight, such trees are small.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from math import inf
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.checker.bounds import MAX_BRANCHING
from cr_toolkit.checker.branching import prove_by_branching
from cr_toolkit.model import Instance, Schedule
from lp_models.kernels import domains
from lp_models.prices import SCALE, proof_scale

MAX_STARTS = 4_000_000
"""Most starts that the requests may have together at the root."""

MAX_STEPS = 50_000
"""Last step that may have a price."""

MAX_CERTIFICATE = 5_000_000
"""Longest certificate made (characters, roughly)."""

_ENTRY, _PRICE = 6, 5
"""Characters of an entry of the tree, and of a price, roughly."""

_ROWS = 30
"""Price vectors in use: those that served last."""

_ROUNDS = 200
"""Rounds of the volume algorithm per fit."""

_LEAST_ROUNDS, _FIT_WORK = 5, 20_000_000
"""Fewest rounds of a fit, and most starts and steps that all of them look at, about: a twentieth of a second."""

MAX_OPEN_BYTES = 400_000_000
"""Most memory for the starts of open nodes (bytes)."""

_FITS, _SHRUNK = 3, 0.8
"""Most fits per node; another one follows only if the last one left at most this share of the starts."""

_MARGIN = 0.02
"""So far beyond the target a fit aims (steps), so that rounding to integers does not undo it."""

_MAX_PRICE = 64
"""Largest price, per request: none that helps is near it (steps per token-step)."""

Int64s = NDArray[np.int64]


class Branching:
    """One proof that no schedule of ``instance`` is cheaper than ``target``, to be continued as time allows.

    Attributes:
        target: what is to be proved a lower bound (steps).
        schedule: a cheaper schedule, if one was met; that ends the search.
        note: why the instance is beyond compiled code, or why there is no certificate, or empty.
        closed: the share of the tree that is closed, each split halving its node.
        spent: time spent (seconds).
        work: starts and steps that the checker will look at, about.
    """

    def __init__(self, instance: Instance, target: int, prices: Mapping[int, int]) -> None:
        """Prepare the root; ``prices`` are memory prices by step over ``SCALE``, to begin with."""
        self.target = target
        self.schedule: Schedule | None = None
        self.closed = self.spent = 0.0
        self.work = 0
        self._instance = instance
        self._tree: list[int | list[int]] = []
        self._open: list[tuple[Int64s, Int64s, int]] = []
        requests = instance.requests
        self._scale = proof_scale(instance.memory)
        slack = target - 1 - sum(r.output for r in requests)
        self._most = self._scale * (slack + sum(r.arrival for r in requests))
        horizon = max(r.arrival + r.output for r in requests) + max(0, slack)
        self._last = min(horizon, max(prices, default=horizon))
        self.note = self._too_large(slack)
        if self.note:
            return
        self._prompt = np.array([r.prompt for r in requests], np.int64)
        self._output = np.array([r.output for r in requests], np.int64)
        volumes = self._prompt * self._output + self._output * (self._output + 1) // 2
        self._weight = volumes**0.25
        self._twin = _twins(instance)
        self._held = np.zeros(horizon + 2, np.int64)
        self._least = np.zeros(len(requests), np.int64)
        self._mean, self._spread = np.zeros(len(requests)), np.zeros(len(requests))
        self._vectors = _Vectors(self._last)
        first = np.zeros(self._last + 1)
        for step, price in prices.items():
            if step <= self._last:
                first[step] = price / SCALE
        self._vectors.add(first, self._scale, len(requests))
        if slack < 0:
            self.closed = 1.0
            return
        arrival = np.array([r.arrival for r in requests], np.int64)
        starts = arrival[:, None] + np.arange(slack + 1)
        self._open.append((starts, np.full(len(requests), slack + 1, np.int64), 0))
        self.work = starts.size

    @property
    def done(self) -> bool:
        """Whether no schedule is cheaper than the target, as far as this code can tell."""
        return not self.note and not self._open and self.schedule is None

    @property
    def left(self) -> float:
        """What the rest of the proof takes, judged by the share that is closed (seconds); infinite if none is."""
        if self.note or self.closed <= 0.0:
            return inf
        return self.spent * max(0.0, 1.0 / self.closed - 1.0)

    def run(self, deadline: float, stop: threading.Event | None = None) -> None:
        """Go on until the proof is done, a cheaper schedule is met, or the time is over.

        Args:
            deadline: on the clock of ``time.monotonic`` (seconds).
            stop: another reason to end, when set.
        """
        begin = time.monotonic()
        while self._open and self.schedule is None and not self.note and time.monotonic() < deadline:
            if stop is not None and stop.is_set():
                break
            starts, count, depth = self._open.pop()
            if self._close(starts, count, depth):
                self.closed += 0.5**depth
            else:
                self._branch(starts, count, depth)
            if self._vectors.length + _ENTRY * len(self._tree) > MAX_CERTIFICATE:
                self.note = "the certificate is too large to be useful"
        if self.note or self.schedule is not None:
            self._open.clear()
        self.spent += time.monotonic() - begin

    def certificate(self) -> dict[str, Any]:
        """Return the certificate of a proof that is done: only the vectors that the tree uses."""
        numbers: dict[int, int] = {}
        tree = [
            numbers.setdefault(entry, len(numbers)) if isinstance(entry, int) and entry >= 0 else entry
            for entry in self._tree
        ]
        return {"scale": self._scale, "pool": [self._vectors.written[number] for number in numbers], "tree": tree}

    def _too_large(self, slack: int) -> str:
        requests = self._instance.requests
        if len(requests) * (slack + 1) > MAX_STARTS:
            return f"too large for branching: {len(requests)} requests may start in {slack + 1} steps each"
        reach = self._instance.memory + self._instance.horizon + slack + self._last
        if reach * self._scale * (_MAX_PRICE + 1) * len(requests) > 2**61:
            return "too large for branching: its numbers need more than 64 bits"
        if self._last > MAX_STEPS:
            return f"too large for branching: prices for {self._last} steps"
        return ""

    def _close(self, starts: Int64s, count: Int64s, depth: int) -> bool:
        """Leave out, in place, the starts that prices and full steps leave out; return whether that closes the node.

        A node that its last entry closes by itself needs no others.
        """
        before = starts.copy(), count.copy()
        mark, work = len(self._tree), self.work + int(count.sum())
        if not self._reduce(starts, count, depth):
            return False
        last = self._tree[-1]
        if len(self._tree) > mark + 1 and isinstance(last, int) and self._closes(*before, last):
            del self._tree[mark:]
            self._tree.append(last)
            self.work = work
        return True

    def _reduce(self, starts: Int64s, count: Int64s, depth: int) -> bool:
        """Leave out starts by full steps, prices that served of late, fitted prices; return whether one closes it."""
        if self._full(starts, count):
            return True
        vectors = self._vectors
        row, bound = domains.nearest(
            starts, count, self._prompt, self._output, self._instance.memory, self._scale, vectors.sums,
            vectors.moments, vectors.order, self._most, self._least,
        )  # fmt: skip
        if bound > self._most:
            vectors.serve(row)
            self._name(row, count)
            return True
        if depth == 0:
            # Fits take time in proportion to the starts that are left, at the root all of them.
            self._name(row, count)
            if self._priced(starts, count, row) or self._full(starts, count):
                return True
        price = vectors.prices[row].copy()
        for _ in range(_FITS):
            size = int(count.sum())
            goal = (self._most + 1) / self._scale + _MARGIN
            rounds = min(_ROUNDS, max(_LEAST_ROUNDS, _FIT_WORK // (size + self._last)))
            domains.ascend(
                starts, count, self._prompt, self._output, self._instance.memory, price, goal, rounds, self._mean,
                self._spread,
            )  # fmt: skip
            row = vectors.add(price, self._scale, len(count))
            self._name(row, count)
            if self._priced(starts, count, row) or self._full(starts, count):
                return True
            if count.sum() > _SHRUNK * size:
                break
        return False

    def _name(self, row: int, count: Int64s) -> None:
        """Have the tree name the vector of a row, on the starts that are left."""
        written = len(self._vectors.written)
        self._tree.append(self._vectors.write(row))
        self.work += int(count.sum()) + len(self._held) * (len(self._vectors.written) - written)

    def _priced(self, starts: Int64s, count: Int64s, row: int) -> bool:
        """Leave out what a price vector leaves out; return whether it closes the node."""
        sums, moments = self._vectors.sums[row], self._vectors.moments[row]
        bound = domains.exact_bound(
            starts, count, self._prompt, self._output, self._instance.memory, self._scale, sums, moments, self._least
        )
        slack = self._most - bound
        if slack < 0:
            return True
        domains.leave_out(starts, count, self._prompt, self._output, self._scale, sums, moments, self._least, slack)
        return not self._order(starts, count)

    def _full(self, starts: Int64s, count: Int64s) -> bool:
        """Leave out what full steps leave out, as long as they do; return whether one closes the node."""
        used, closed = domains.leave_out_of_full_steps(
            starts, count, self._prompt, self._output, self._instance.memory, self._twin, self._held
        )
        self._tree += (-used).tolist()
        self.work += len(count) * len(used)
        return bool(closed)

    def _closes(self, starts: Int64s, count: Int64s, entry: int) -> bool:
        """Return whether one entry of the tree closes a node; ``starts`` and ``count`` are used up."""
        if entry < 0:
            return bool(
                domains.leave_out_of_step(starts, count, self._prompt, self._output, self._instance.memory, -entry)
            )
        row = self._vectors.row_of(entry)
        return row is not None and self._priced(starts, count, row)

    def _order(self, starts: Int64s, count: Int64s) -> bool:
        """Have identical requests start in the order in which they are listed; return whether each keeps a start."""
        return bool(domains.in_order(starts, count, self._twin))

    def _pick(self, count: Int64s) -> int:
        """Return the request to split: one whose starts scatter, rather a large one, rather an early one."""
        scatter = np.sqrt(np.maximum(self._spread, 0.0)) * self._weight / np.sqrt(self._mean + self._output)
        return int(np.argmax(np.where(count > 1, scatter + 1e-6 * count, -1.0)))

    def _branch(self, starts: Int64s, count: Int64s, depth: int) -> None:
        """Split the node, or take the schedule that it has become."""
        if (count == 1).all():
            if self._scale * int(starts[:, 0].sum()) <= self._most:
                self.schedule = Schedule(tuple(starts[:, 0].tolist()))
                return
            self._tree.append(self._vectors.nothing())
            self.closed += 0.5**depth
            return
        index = self._pick(count)
        row = starts[index, : count[index]]
        step = int(min(max(int(self._mean[index]), row[0]), row[-2]))
        self._tree.append([index, step])
        self.work += len(count) + int(count[index])
        width = int(count.max())
        late, soon = starts[:, :width].copy(), starts[:, :width].copy()
        later, sooner = count.copy(), count.copy()
        sooner[index] = int((row <= step).sum())
        later[index] -= sooner[index]
        late[index, : later[index]] = row[sooner[index] :]
        if len(self._open) * late.nbytes > MAX_OPEN_BYTES:
            self.note = "out of memory for open nodes"
        for node in ((late, later), (soon, sooner)):
            if self._order(*node):
                self._open.append((*node, depth + 1))
            else:
                self.closed += 0.5 ** (depth + 1)


class _Vectors:
    """The price vectors in use, and those that the tree names.

    Attributes:
        prices: by row and step, in floating point.
        sums: by row, running sums of the integer prices.
        moments: by row, running sums of step times price.
        order: the rows in use, those that served last first.
        written: the vectors that the tree names, as the checker reads them.
        length: of all these together (characters).
    """

    def __init__(self, last: int) -> None:
        self.prices = np.zeros((_ROWS, last + 1))
        self.sums, self.moments = np.zeros((2, _ROWS, last + 1), np.int64)
        self.order = np.zeros(0, np.int64)
        self.written: list[list[int]] = []
        self.length = 0
        self._numbers = [-1] * _ROWS
        self._steps = np.arange(last + 1)

    def add(self, price: NDArray[np.float64], scale: int, requests: int) -> int:
        """Put a vector, rounded, where the one is that served least recently; return its row."""
        row = len(self.order) if len(self.order) < _ROWS else int(self.order[-1])
        rounded = np.rint(np.minimum(price, _MAX_PRICE * requests) * scale).astype(np.int64)
        self.prices[row], self.sums[row] = price, np.cumsum(rounded)
        self.moments[row] = np.cumsum(rounded * self._steps)
        self._numbers[row] = -1
        self.serve(row)
        return row

    def serve(self, row: int) -> None:
        """Have a row tried first from now on."""
        self.order = np.concatenate((np.array([row]), self.order[self.order != row]))

    def write(self, row: int) -> int:
        """Return the number by which the tree names the vector of a row."""
        if self._numbers[row] < 0:
            price = np.diff(self.sums[row])
            priced = np.flatnonzero(price)
            low, high = (int(priced[0]), int(priced[-1]) + 1) if len(priced) else (0, 0)
            self._numbers[row] = len(self.written)
            self.written.append([low, *price[low:high].tolist()])
            self.length += _PRICE * (high - low) + _ENTRY
        return self._numbers[row]

    def row_of(self, number: int) -> int | None:
        """Return the row of the vector that the tree names so, if it is still in use."""
        return self._numbers.index(number) if number in self._numbers else None

    def nothing(self) -> int:
        """Return the number of a vector without prices."""
        self.written.append([0])
        return len(self.written) - 1


def repeat_branching(
    instance: Instance, target: int, certificate: Mapping[str, Any], limit: int = MAX_BRANCHING
) -> int:
    """Repeat a proof by the checker's own code; return the starts it looked at.

    Raises:
        NodeLimitError: if these are more than ``limit``.
        ValueError: if it is no proof.
    """
    requests = [(r.arrival, r.prompt, r.output) for r in instance.requests]
    tree = [entry if isinstance(entry, int) else (entry[0], entry[1]) for entry in certificate["tree"]]
    return prove_by_branching(instance.memory, requests, target, certificate["scale"], certificate["pool"], tree, limit)


def branching_seconds(certificate: Mapping[str, Any]) -> float:
    """Return what repeating a proof takes, roughly (seconds)."""
    vectors = sum(isinstance(entry, int) and entry >= 0 for entry in certificate["tree"])
    return 1.5e-4 * vectors + 2e-5 * (len(certificate["tree"]) - vectors)


def _twins(instance: Instance) -> Int64s:
    """Return, for each request, the next identical one, or -1."""
    following: dict[tuple[int, int, int], int] = {}
    twin = np.full(len(instance), -1, np.int64)
    for index in range(len(instance) - 1, -1, -1):
        r = instance.requests[index]
        twin[index] = following.get((r.arrival, r.prompt, r.output), -1)
        following[r.arrival, r.prompt, r.output] = index
    return twin

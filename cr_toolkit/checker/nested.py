"""The optimum of a burst of few sizes, from the optima of all its parts: a Russian doll search.

Let a request of kind j start, with nothing running, and let W be the requests that start after it, in order of (start,
kind), kinds being the distinct sizes. Let D(W, j) be the least sum of their starts, counted from that of j. All have
arrived, so of W only the number of each kind matters: there are few such *parts* where many requests are alike. Counted
from the arrival, the starts of all requests R sum to min_j D(R - j, j) in an optimal schedule.

The parts are solved by ascending W, each by a search for a cheapest path (A*). Its states are beginnings of schedules:
who waits (W'), the kind i that started last, and what the running requests hold in the steps after that start. Two
beginnings that agree in this have the same continuations, so the one with the lesser sum stands for both; time itself
is forgotten. A start after d steps adds d for each request that waits. What waits costs at least D(W', i) more: it
would cost that if nothing ran but the request that started last. No start comes later than the moment at which nothing
runs: all that follows could come sooner. The search works on the states of least cost so far plus D first, so the first
complete schedule that it takes up is a cheapest one: until then, each schedule has a beginning among the states that
are still to be worked on, and costs no less than what is said of that.

(Verfaillie, Lemaitre and Schiex, 1996, call such a reuse of nested subproblems Russian doll search.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from cr_toolkit.checker.enumeration import MAX_LANE_BITS, NodeLimitError
from cr_toolkit.checker.lanes import Lanes, load_bits
from cr_toolkit.checker.state_space import Requests

MAX_PARTS = 200_000
"""Most parts of an instance, times the kinds of requests."""

MAX_STATES = 1_000_000
"""Most states of the search of a part, and loads of all, that are kept."""

_BITS_PER_NODE = 512
"""For each so many bits of a load, a start counts as a node more: that bounds the memory for loads as well."""


@dataclass(frozen=True)
class Nested:
    """The optimum of a burst.

    Attributes:
        total: the least total latency (steps).
        start: of each request in a schedule of that total (steps).
        nodes: starts tested and states made, a measure of the work.
    """

    total: int
    start: tuple[int, ...]
    nodes: int


def number_of_parts(requests: Requests) -> int:
    """Return how many parts an instance has, times its kinds of requests; counting ends beyond ``MAX_PARTS``."""
    numbers = Counter(requests).values()
    parts = len(numbers)
    for number in numbers:
        parts *= number + 1
        if parts > MAX_PARTS:
            break
    return parts


def solve_nested(memory: int, requests: Requests, node_limit: int) -> Nested:
    """Solve a burst by solving all its parts.

    Args:
        memory: M (tokens).
        requests: (arrival, prompt, output) of each request, at least one.
        node_limit: most nodes.

    Raises:
        NodeLimitError: if that is too much work, or too much to keep.
        ValueError: if not all requests arrive at once.
    """
    if len({arrival for arrival, _, _ in requests}) > 1:
        raise ValueError("not all requests arrive at once")
    if number_of_parts(requests) > MAX_PARTS:
        raise NodeLimitError(f"more than {MAX_PARTS} parts")
    members: dict[tuple[int, int, int], list[int]] = {kind: [] for kind in sorted(set(requests))}
    for index in reversed(range(len(requests))):
        members[requests[index]].append(index)
    kinds = list(members)
    if load_bits(memory, kinds) * len(kinds) > MAX_LANE_BITS:
        raise NodeLimitError("the outputs are too long")
    search = _Search(memory, kinds, [len(same) for same in members.values()], node_limit)
    sum_of_starts, path = search.run()
    moment = requests[0][0]
    starts = [0] * len(requests)
    for kind, steps in path:
        moment += steps
        starts[members[kinds[kind]].pop()] = moment
    return Nested(sum_of_starts + sum(output for _, _, output in requests), tuple(starts), search.nodes)


_Path = list[tuple[int, int]]
"""Kinds in order of their starts, each with the steps after the start before."""


class _Loads:
    """What running requests hold in the steps after the last start, numbered; and what comes of it by another start.

    Attributes:
        after: by load times the number of kinds, plus kind: the starts found so far, (steps after the last one, number
            of the load then), and None where there are no more. None if nobody has looked.
    """

    def __init__(self, memory: int, kinds: Sequence[tuple[int, int, int]]) -> None:
        self._lanes = Lanes(memory, kinds)
        self._kinds = len(kinds)
        self._numbers: dict[int, int] = {}
        self._loads: list[int] = []
        self.after: list[list[tuple[int, int] | None] | None] = []
        self._next: list[int] = []  # step to look at next, or -1
        self._found = 0

    def __len__(self) -> int:
        return len(self._loads)

    @property
    def tests(self) -> int:
        """Starts tested, whether they fit or not."""
        return self._found + self._lanes.misfits

    def alone(self, kind: int) -> int:
        """Return the number of the load of one request of a kind."""
        return self._number(self._lanes.job[kind])

    def look_further(self, place: int) -> list[tuple[int, int] | None]:
        """Find the next start of a kind beside a load; return all that were found, as in ``after``."""
        found = self.after[place]
        if found is None:
            found = self.after[place] = []
        steps = self._next[place]
        if steps < 0:
            found.append(None)
            return found
        number, kind = divmod(place, self._kinds)
        load = self._loads[number]
        [steps] = self._lanes.first_fits((kind,), load, 0, kind, (steps,))
        rest = load >> (self._lanes.width * steps)
        found.append((steps, self._number(rest + self._lanes.job[kind])))
        self._next[place] = steps + 1 if rest else -1
        self._found += 1
        return found

    def _number(self, load: int) -> int:
        number = self._numbers.setdefault(load, len(self._loads))
        if number == len(self._loads):
            self._loads.append(load)
            self.after.extend([None] * self._kinds)
            self._next.extend([0] * self._kinds)
        return number


class _Search:
    """The parts of one instance, and how they are solved.

    What waits is numbered by ascending counts. A state is one number: (load, what waits, kind of the last start).
    """

    def __init__(
        self, memory: int, kinds: Sequence[tuple[int, int, int]], counts: Sequence[int], node_limit: int
    ) -> None:
        self._kinds, self._limit = len(kinds), node_limit
        self._loads = _Loads(memory, kinds)
        self._weight = 1 + load_bits(memory, kinds) // _BITS_PER_NODE
        self._made = 0
        waiting = list(product(*(range(count + 1) for count in counts)))
        number = {entry: x for x, entry in enumerate(waiting)}
        self._counts, self._waiting = tuple(counts), waiting
        self._left = [sum(entry) for entry in waiting]
        # Of each, by the kinds that wait, what is left if one of them starts.
        self._rests = [
            [(i, number[(*entry[:i], entry[i] - 1, *entry[i + 1 :])]) for i in range(self._kinds) if entry[i] > 0]
            for entry in waiting
        ]
        # D by what waits and the kind that started before it.
        self._least = [[0] * self._kinds for _ in waiting]

    @property
    def nodes(self) -> int:
        """Starts tested and states made, so far."""
        return self._loads.tests * self._weight + self._made

    def run(self) -> tuple[int, _Path]:
        """Solve all parts; return the least sum of all starts, and how it arises."""
        best: tuple[int, _Path] | None = None
        for waits, counts in enumerate(self._waiting):
            for first in range(self._kinds):
                if counts[first] == self._counts[first]:
                    continue  # There is no other of this kind.
                least, path = self._solve(waits, first)
                self._least[waits][first] = least
                if self._left[waits] == sum(self._counts) - 1 and (best is None or least < best[0]):
                    best = least, path
        assert best is not None  # there is a request, which is the first of a schedule
        return best

    def _solve(self, waits: int, first: int) -> tuple[int, _Path]:
        """Return D of what waits after a start of ``first``, and the schedule, from that start on."""
        loads, all_after, left, rests, all_least = self._loads, self._loads.after, self._left, self._rests, self._least
        parts, kinds = len(self._waiting), self._kinds
        root = (loads.alone(first) * parts + waits) * kinds + first
        # By state: the sum so far, the state before, and the steps since.
        reached = {root: (0, -1, 0)}
        # Without one of those that wait, it would cost no more.
        bound = max((all_least[rest][first] for _, rest in rests[waits]), default=0)
        nothing = (0,) * kinds
        # By least cost: states, their sums so far, and how many starts of each kind after them have been taken up.
        to_do: dict[int, list[tuple[int, int, tuple[int, ...]]]] = {bound: [(root, 0, nothing)]}
        while True:
            while not to_do.get(bound):
                to_do.pop(bound, None)
                bound = min(to_do)
            state, sum_so_far, taken = to_do[bound].pop()
            if reached[state][0] < sum_so_far:
                continue  # It was reached at a lesser sum since.
            part, last = divmod(state, kinds)
            load, waits = divmod(part, parts)
            if not rests[waits]:
                return sum_so_far, self._path_to(state, reached)
            places = list(taken)
            again = None
            for kind, rest in rests[waits]:
                more, place = all_least[rest][kind], places[kind]
                after = all_after[load * kinds + kind]
                while True:
                    if after is None or place == len(after):
                        after = loads.look_further(load * kinds + kind)
                        self._require_room(len(reached))
                    start = after[place]
                    if start is None:
                        break
                    steps, then = start
                    sum_then = sum_so_far + left[waits] * steps
                    if sum_then + more > bound:
                        again = sum_then + more if again is None else min(again, sum_then + more)
                        break
                    place += 1
                    if steps == 0 and kind < last:
                        continue  # The order of starts is by kind as well.
                    child = (then * parts + rest) * kinds + kind
                    known = reached.get(child)
                    if known is None or known[0] > sum_then:
                        reached[child] = sum_then, state, steps
                        to_do[bound].append((child, sum_then, nothing))
                        self._made += 1
                places[kind] = place
            if again is not None:
                to_do.setdefault(again, []).append((state, sum_so_far, tuple(places)))
            self._require_room(len(reached))

    def _require_room(self, states: int) -> None:
        """Raise NodeLimitError if there were too many nodes, or so many states of a part are too many."""
        if self.nodes > self._limit:
            raise NodeLimitError(f"more than {self._limit} nodes")
        if states + len(self._loads) > MAX_STATES:
            raise NodeLimitError(f"more than {MAX_STATES} states")

    def _path_to(self, state: int, reached: dict[int, tuple[int, int, int]]) -> _Path:
        path: _Path = []
        while state >= 0:
            _, before, steps = reached[state]
            path.append((state % self._kinds, steps))
            state = before
        path.reverse()
        return path

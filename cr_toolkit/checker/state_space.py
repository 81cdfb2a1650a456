"""A state-space relaxation: a schedule seen only as how many tokens are held, and by how many requests.

At a moment k (between the steps k and k + 1) let H be the tokens that the running requests held in step k, one that
starts there counted with its prompt, and c their number. A schedule is then a path of states (H, c):
- a completion of a request of peak q = s + o takes H to H - q and c to c - 1;
- a start of a request of prompt s takes H to H + s and c to c + 1;
- a step takes H to H + c, which must be at most M.
Before a step each of the c requests holds its prompt at least and its peak less one at most, so H lies between the sum
of the c least prompts and that of the c largest peaks less one. At one moment no more requests of a prompt start, or of
a peak complete, than there are. Apart from that a path forgets which request is which; prices remind it.

Let a start of prompt s at k cost u_s(k), and a completion of peak q at k cost v_q(k), both of any sign. A schedule pays
the same for its requests as for the events of its path, so its starts x_i sum to
    sum_i [x_i + u(x_i) + v(x_i + o_i)] - (prices of the events of its path)
    >= sum_i min_{k >= a_i} [k + u(k) + v(k + o_i)] + min over all paths of (- prices of their events),
whatever the prices. Memory prices are a special case: what a request holds is what its start adds for ever, less what
its completion takes away. But a path also knows that the number of requests is whole, that each of them grows by a
token a step, and that what one leaves at once is filled again only bit by bit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, chain

MAX_PATH_WORK = 100_000_000_000
"""Most bits of states that all events together may change: about a minute."""

MAX_PATH_BITS = 4_000_000_000
"""Most bits of the states of all moments and of the masks, all of which are kept."""

MAX_PRICES = 16_000_000
"""Most prices, and most charges of starts, the zeros at the ends of rows included."""

Requests = Sequence[tuple[int, int, int]]
"""(arrival, prompt, output) of each request."""


class PathLimitError(Exception):
    """The paths of an instance have too many states, or their prices too many moments."""


class Paths:
    """Least costs of the paths from every state, each event costing the negative of its price.

    The states of one moment are one integer, a lane of bits for each: adding a price to all of them, or taking the
    lesser of two costs in each of them, takes a few operations. A lane holds the cost plus ``_bias``, or more than
    ``_limit`` where there is no path; the costs that lead from there stay above it, and the highest bit stays free.

    Args:
        memory: M (tokens).
        requests: at least one.
        starts: for each distinct prompt, ascending, the prices of a start at 0, 1, ...; none, or beyond, it is zero.
        completions: the same for each distinct peak.

    Attributes:
        last: no event is priced at this moment or later.
        start_prices: by prompt and moment up to ``last``.
        completion_prices: by peak and moment up to ``last``.
        bits: of the states of one moment: looking a cost up takes time in proportion.
        work: bits of states that the events change, if the costs of all moments are asked for.

    Raises:
        PathLimitError: if that passes ``MAX_PATH_WORK``, ``MAX_PATH_BITS`` or ``MAX_PRICES``.
        ValueError: if there are not as many rows of prices as prompts or peaks.
    """

    def __init__(
        self, memory: int, requests: Requests, starts: Sequence[Sequence[int]], completions: Sequence[Sequence[int]]
    ) -> None:
        prompts = Counter(prompt for _, prompt, _ in requests)
        peaks = Counter(prompt + output for _, prompt, output in requests)
        if len(starts) != len(prompts) or len(completions) != len(peaks):
            raise ValueError("there must be a row of prices for each prompt and for each peak")
        self.last = max(map(len, (*starts, *completions)))
        if self.last * (len(prompts) + len(peaks)) > MAX_PRICES:
            raise PathLimitError(f"{len(prompts) + len(peaks)} rows of prices at {self.last} moments")
        self.start_prices = _by_size(prompts, starts, self.last)
        self.completion_prices = _by_size(peaks, completions, self.last)
        after_a_step = accumulate(sorted(prompt + 1 for prompt in prompts.elements()))
        self._running = running = sum(held <= memory for held in after_a_step)
        self._row = memory + 1
        dearest = sum(
            running * self.last * max((abs(price) for row in rows for price in row), default=0)
            for rows in (starts, completions)
        )
        self._bias = dearest + 1
        self._limit = 3 * self._bias
        self._width = (8 * self._bias).bit_length() + 1
        self._mask = (1 << self._width) - 1
        self.bits = self._width * self._row * (running + 1)
        repeated = sum(min(running, number) for number in (*prompts.values(), *peaks.values()))
        self.work = self.last * self.bits * (repeated + 1)
        kept = (self.last + 3 * (len(prompts) + len(peaks))) * self.bits if self.last else 0
        if self.work > MAX_PATH_WORK or kept > MAX_PATH_BITS:
            raise PathLimitError(f"paths through {self._row * (running + 1)} states and {self.last} moments")
        self._most = list(accumulate(sorted((q - 1 for q in peaks.elements()), reverse=True), initial=0))
        self._least = list(accumulate(sorted(prompts.elements()), initial=0))
        # From the last moment on, as far as was asked; octets, so that one cost is read without going through others.
        self._tables: list[bytes] = []
        self._earlier = self._backwards(memory, prompts, peaks)

    def least_cost(self, moment: int, held: int, running: int) -> int | None:
        """Return the least cost of a path whose further starts are at ``moment`` or later; None if there is no path.

        All completions of the moment are over; ``held`` and ``running`` are H and c.
        """
        if moment >= self.last:
            return 0
        if running > self._running or held >= self._row:
            return None
        while len(self._tables) < self.last - moment:
            self._tables.append(next(self._earlier))
        first = self._width * (running * self._row + held)
        octets = self._tables[self.last - 1 - moment][first >> 3 : (first + self._width + 7) >> 3]
        lane = int.from_bytes(octets, "little") >> (first & 7) & self._mask
        return lane - self._bias if lane < self._limit else None

    def least_charges(self, scale: int, prompt: int, output: int) -> list[int]:
        """Return, for k = 0 .. ``last``, the least of ``scale`` x + u(x) + v(x + output) over all starts x >= k."""
        completion = self.completion_prices[prompt + output][output:]
        prices = zip(self.start_prices[prompt], chain(completion, [0] * self.last), strict=False)
        charges = [scale * k + u + v for k, (u, v) in enumerate(prices)]
        least = list(accumulate(reversed(charges), min, initial=scale * self.last))
        least.reverse()
        return least

    def _lanes(self, number: int) -> int:
        """Return a one in each of the first lanes."""
        return _repeated(1, self._width, number)

    def _lesser(self, one: int, other: int) -> int:
        """Return the lesser of two costs in every lane."""
        ahead = ((one | self._guard) - other) & self._guard
        return one ^ ((one ^ other) & (ahead - (ahead >> (self._width - 1))))

    def _rows(self, lanes: int) -> int:
        """Return a one in each of the first ``lanes`` of every c but the last."""
        return _repeated(self._lanes(lanes), self._width * self._row, self._running)

    def _backwards(self, memory: int, prompts: Counter[int], peaks: Counter[int]) -> Iterator[bytes]:
        """Yield the costs of a moment, from the last priced one backwards."""
        width, row, numbers = self._width, self._row, range(self._running + 1)
        every = self._lanes(row * len(numbers))
        self._guard = every << (width - 1)
        nowhere = 4 * self._bias
        # Of the states before a step, by c: the first lane, how many of them may be, and the first one after the step.
        stretches = []
        for c in numbers:
            low, high = self._least[c], min(self._most[c], memory - c)
            stretches.append((c * row + low, high - low + 1, c * row + low + c))

        def moved(states: int, number: int) -> tuple[int, int, int, int]:
            """Return a one in each of ``states``, all bits of these, no path in all others, and how often."""
            return states, states * self._mask, nowhere * (every - states), min(number, self._running)

        # Of a kind of event: how far it moves a state, the states it leads to, and how often it may happen.
        begun = {s: (width * (row + s), *moved(self._rows(row - s), number)) for s, number in prompts.items()}
        ended = {
            q: (width * (row + q), *moved(self._rows(row - q) << width * (row + q), number))
            for q, number in peaks.items()
        }
        held = sum(self._lanes(size) << width * first for first, size, _ in stretches)
        unheld = nowhere * (every - held)
        after = every * self._bias
        k = self.last
        while True:
            k -= 1
            costs = unheld
            for first, size, then in stretches:
                costs |= (after >> width * then & ((1 << width * size) - 1)) << width * first
            for s, prices in self.start_prices.items():
                shift, states, mask, elsewhere, most = begun[s]
                price = states * prices[k]
                for _ in range(most):
                    costs = self._lesser(costs, ((costs >> shift & mask) - price) | elsewhere)
            yield costs.to_bytes((self.bits + 7) // 8, "little")
            for q, prices in self.completion_prices.items():
                shift, states, mask, elsewhere, most = ended[q]
                price = states * prices[k]
                for _ in range(most):
                    costs = self._lesser(costs, ((costs << shift & mask) - price) | elsewhere)
            after = costs


def state_space_bound(
    memory: int, requests: Requests, scale: int, starts: Sequence[Sequence[int]], completions: Sequence[Sequence[int]]
) -> Fraction:
    """Return the lower bound on the total latency (steps) that prices over ``scale`` give (``Paths``).

    Raises:
        PathLimitError: if it takes too much work.
        ValueError: if there are not as many rows of prices as prompts or peaks.
    """
    paths = Paths(memory, requests, starts, completions)
    total = paths.least_cost(0, 0, 0)
    assert total is not None  # nothing need ever start
    arrivals: dict[tuple[int, int], list[int]] = {}
    for arrival, prompt, output in requests:
        arrivals.setdefault((prompt, output), []).append(arrival)
    if len(arrivals) * paths.last > MAX_PRICES:
        raise PathLimitError(f"{len(arrivals)} sizes of requests at {paths.last} moments")
    for (prompt, output), same in arrivals.items():
        charges = paths.least_charges(scale, prompt, output)
        for arrival in same:
            total += charges[arrival] if arrival < paths.last else scale * arrival
            total += scale * (output - arrival)
    return Fraction(total, scale)


def _by_size(sizes: Counter[int], rows: Sequence[Sequence[int]], last: int) -> dict[int, list[int]]:
    return {size: [*row, *[0] * (last - len(row))] for size, row in zip(sorted(sizes), rows, strict=True)}


def _repeated(value: int, stride: int, times: int) -> int:
    """Return ``value`` repeated every ``stride`` bits."""
    found, done = 0, 0
    for digit in bin(times)[2:]:
        found |= found << stride * done
        done *= 2
        if digit == "1":
            found |= value << stride * done
            done += 1
    return found

"""What the requests that wait cost at least: the two kinds of prices that bound a state of the enumeration.

Memory prices and prices of starts and completions are explained, and proved to bound a state, in ``enumeration`` and in
``state_space``. Here is how they are evaluated quickly: least charges of starts are kept in tables.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, chain, repeat

from cr_toolkit.checker.state_space import PathLimitError, Paths

MAX_TABLE = 2_000_000
"""Most entries of the tables of one set of prices (kinds x steps)."""

_PATH_WORK_PER_ENTRY, _BITS_PER_ENTRY = 1_000, 50_000
"""Changing so many bits of the states of paths, or reading past them, takes as long as an entry of a table, about."""

Running = list[tuple[int, int]]
"""(completion, peak) of each running request."""


class Waiting:
    """Requests that wait: the numbers of their kinds, ascending, how many of each, and how many in all."""

    __slots__ = ("counts", "kinds", "number")

    def __init__(self, kinds: tuple[int, ...], counts: tuple[int, ...]) -> None:
        self.kinds, self.counts = kinds, counts
        self.number = sum(counts)


class Terms:
    """What is priced, in which unit, and the work done so far.

    Attributes:
        memory: M (tokens).
        kinds: (arrival, prompt, output) of each kind of request.
        scale: charges are integers over this.
        work: entries of tables, and what takes as long, made and read so far.
    """

    __slots__ = ("kinds", "memory", "scale", "work")

    def __init__(self, memory: int, kinds: Sequence[tuple[int, int, int]], scale: int) -> None:
        self.memory, self.kinds, self.scale = memory, kinds, scale
        self.work = 0


class MemoryPrices:
    """A price vector with the tables that evaluate it; those of a kind are made when first needed."""

    def __init__(self, terms: Terms, price: list[int]) -> None:
        self._terms = terms
        self.price, self.end = price, len(price) - 1
        self.sums = list(accumulate(price))
        self.moments = list(accumulate(step * y for step, y in enumerate(price)))
        self._least: list[list[int]] = [[]] * len(terms.kinds)

    def bound(self, total: int, waiting: Waiting, first: Sequence[int], cut: int, running: Running) -> int:
        """Return ``scale`` times the bound on the sum of all starts.

        Nothing that waits starts before its ``first``; ``cut`` is the least of them.
        """
        scale, end, known = self._terms.scale, self.end, self._least
        value = scale * total
        for kind, count, at in zip(waiting.kinds, waiting.counts, first, strict=True):
            place = end - at
            if place > 0:
                least = known[kind]
                if place >= len(least):
                    least = self.least(kind, at)
                value += count * least[place]
            else:
                value += count * scale * at
        # Where nothing waits, or only what starts later, no price counts.
        if cut < end:
            sums, moments = self.sums, self.moments
            before, moment = sums[cut], moments[cut]
            value -= self._terms.memory * (sums[end] - before)
            for completion, peak in running:
                if completion > cut:
                    last = completion if completion < end else end
                    value += (peak - completion) * (sums[last] - before) + moments[last] - moment
        return value

    def held(self, offset: int, begin: int, completion: int) -> int:
        """Return the price of ``offset`` + t tokens in every step t = ``begin`` + 1 .. ``completion``."""
        last = completion if completion < self.end else self.end
        if last <= begin:
            return 0
        sums, moments = self.sums, self.moments
        return offset * (sums[last] - sums[begin]) + moments[last] - moments[begin]

    def least(self, kind: int, first: int) -> list[int]:
        """Return the least charge of a start at k or later, by ``end`` - k for k = ``end`` .. ``first`` and perhaps on.

        The charge of a start is ``scale`` times the start, plus the price of what the request then holds. What is known
        grows backwards from ``end`` as it is needed, but counts as a whole at once.
        """
        least, end, scale = self._least[kind], self.end, self._terms.scale
        if not least:
            least = self._least[kind] = [scale * end]
            self._terms.work += end + 1
        if len(least) <= end - first:
            _, prompt, output = self._terms.kinds[kind]
            sums, moments, lowest = self.sums, self.moments, least[-1]
            for k in range(end - len(least), first - 1, -1):
                last = k + output if k + output < end else end
                charge = scale * k + (prompt - k) * (sums[last] - sums[k]) + moments[last] - moments[k]
                if charge < lowest:
                    lowest = charge
                least.append(lowest)
        return least


class EventPrices:
    """Bounds of states by prices of starts and completions."""

    def __init__(self, terms: Terms, paths: Paths) -> None:
        self._terms, self._paths = terms, paths
        if len(terms.kinds) * paths.last > MAX_TABLE:
            raise PathLimitError("the table of charges is too large")
        self._lookup = 1 + paths.bits // _BITS_PER_ENTRY
        self._charges = [paths.least_charges(terms.scale, prompt, output) for _, prompt, output in terms.kinds]
        # By kind and moment, what a start there costs more than the least from then on; the path goes on after it, so
        # that its price falls out.
        self._dearer = []
        for (_, prompt, output), charges in zip(terms.kinds, self._charges, strict=True):
            prices = chain(paths.completion_prices[prompt + output][output:], repeat(0))
            columns = zip(range(paths.last), charges, prices, strict=False)
            self._dearer.append([terms.scale * k + price - charge for k, charge, price in columns])
        terms.work += paths.work // _PATH_WORK_PER_ENTRY + paths.last * len(terms.kinds)

    def bound(self, total: int, waiting: Waiting, first: Sequence[int], cut: int, running: Running) -> int:
        """Return ``scale`` times the bound on the sum of all starts; arguments are those of ``MemoryPrices.bound``."""
        self._terms.work += len(self._terms.kinds)
        value, held, number = self._running(cut, running)
        return value + self._waiting(total, waiting, first) + self._least_cost(cut, held, number)

    def _waiting(self, total: int, waiting: Waiting, first: Sequence[int]) -> int:
        """Return the charges of all starts (scaled), without prices of completions that are certain."""
        scale, last, charges = self._terms.scale, self._paths.last, self._charges
        value = scale * total
        for kind, count, at in zip(waiting.kinds, waiting.counts, first, strict=True):
            value += count * (charges[kind][at] if at < last else scale * at)
        return value

    def _running(self, moment: int, running: Running) -> tuple[int, int, int]:
        """Return, if nothing starts before ``moment``, the prices of completions after it, and H and c there."""
        last, prices = self._paths.last, self._paths.completion_prices
        value = held = number = 0
        for completion, peak in running:
            if completion > moment:
                held += peak - completion
                number += 1
                if completion < last:
                    value += prices[peak][completion]
        return value, held + number * moment, number

    def idle(
        self, begin: int, stop: int, total: int, waiting: Waiting, first: Sequence[int], running: Running, most: int
    ) -> list[tuple[int, int, int]]:
        """Return, by moment ``begin`` .. ``stop`` - 1, if nothing starts before, the charges of all starts, H and c.

        Nothing that waits starts before ``begin`` in any case. The list ends where the bound passes ``most`` (scaled).
        """
        scale, last = self._terms.scale, self._paths.last
        value = self._waiting(total, waiting, first)
        columns = zip(waiting.kinds, waiting.counts, first, strict=True)
        present = [(count, at, self._charges[kind]) for kind, count, at in columns]
        found = []
        for moment in range(begin, stop):
            self._terms.work += len(self._terms.kinds)
            paid, held, number = self._running(moment, running)
            if value + paid + self._least_cost(moment, held, number) > most:
                break
            found.append((value + paid, held, number))
            for count, at, charges in present:
                if at <= moment:
                    value += count * (charges[moment + 1] - charges[moment] if moment < last else scale)
        return found

    def start_bound(self, kind: int, moment: int, idle: tuple[int, int, int]) -> int:
        """Return the bound (scaled) if the next start is one of ``kind`` at ``moment``, until when nothing starts."""
        value, held, number = idle
        if moment >= self._paths.last:
            return value
        _, prompt, _ = self._terms.kinds[kind]
        return value + self._dearer[kind][moment] + self._least_cost(moment, held + prompt, number + 1)

    def _least_cost(self, moment: int, held: int, number: int) -> int:
        cost = self._paths.least_cost(moment, held, number)
        self._terms.work += self._lookup
        # What runs can always complete, so there is a path.
        assert cost is not None
        return cost

"""Lower bounds on the optimum, recomputed exactly; a bound stated may be weaker, or rounded up: costs are integers."""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from itertools import accumulate
from math import ceil, lcm
from typing import Any

from cr_toolkit.checker.branching import prove_by_branching
from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError, prove_no_better
from cr_toolkit.checker.instance import Instance
from cr_toolkit.checker.nested import solve_nested
from cr_toolkit.checker.reading import MAX_INTEGER, Rejected, integer, items, record
from cr_toolkit.checker.state_space import PathLimitError, state_space_bound

_WHERE = "the lower bound's certificate"

MAX_PRICE_WORK = 50_000_000
"""Most (distinct size) x (priced step) pairs that a check takes on."""
MAX_NODES = 5_000_000
"""Most nodes of an enumeration that a check repeats: about two minutes."""
MAX_BRANCHING = 200_000_000
"""Most starts that a check of a proof by branching looks at: about two minutes."""
MAX_NESTED = 10_000_000
"""Most nodes with which a check solves a burst from its parts: about a minute."""
MAX_RANGE = 10_000_000
"""Longest range of starts that an enumeration leaves out at once."""


def check_lower_bound(instance: Instance, value: int, method: str, certificate: Any) -> None:
    """Raise Rejected unless the method and its certificate prove that no schedule costs less than ``value``."""
    where = _WHERE
    if method == "enumeration":
        fields = record(certificate, where, ("scale", "width", "pool", "choices", "nodes"), ("events",))
        _check_enumeration(instance, value, fields)
        return
    if method == "branching":
        _check_branching(instance, value, record(certificate, where, ("scale", "pool", "tree")))
        return
    if method == "nested":
        _check_nested(instance, value, record(certificate, where, ("nodes",)))
        return
    if method == "prices":
        bound = priced_bound(instance, *_read_prices(record(certificate, where, ("scale", "prices"))))
    elif method == "state-space":
        bound = _path_bound(instance, record(certificate, where, ("scale", "starts", "completions")))
    elif method == "split":
        threshold = record(certificate, where, ("threshold",))["threshold"]
        bound = split_bound(instance, integer(threshold, f"{where}.threshold"))
    elif method in _PLAIN:
        record(certificate, where, ())
        bound = _PLAIN[method](instance)
    else:
        raise Rejected(f"the lower bound's method {method[:60]!r} is unknown")
    if value > ceil(bound):
        raise Rejected(f"the lower bound {value} exceeds {ceil(bound)}, all that the method {method!r} gives")


def outputs_bound(instance: Instance) -> Fraction:
    """Return the sum of the outputs: no request completes sooner than its output after its arrival."""
    return Fraction(sum(request.output for request in instance.requests))


def volume_bound(instance: Instance) -> Fraction:
    """Return the least total latency if memory were one divisible resource (arXiv 2606.22327, Prop 3.1).

    That relaxation is one machine, ``memory`` token-steps fast per step, with preemption: shortest remaining
    volume first minimises the completion times.
    """
    done = sum(end for _, _, end, last in _service(instance, shortest_remaining=True) if last)
    return Fraction(done, instance.memory) - sum(request.arrival for request in instance.requests)


def mean_busy_time_bound(instance: Instance) -> Fraction:
    """Return a bound from the memory-weighted mean time B of each request.

    A request completes d = [6so + (o+1)(2o+1)] / [12s + 6(o+1)] after its B. The preemptive machine that always
    serves the least original volume minimises the sum of all B (Goemans' relaxation in mean busy times).
    """
    memory = instance.memory
    moments: Counter[int] = Counter()
    for index, begin, end, _ in _service(instance, shortest_remaining=False):
        moments[index] += (end - begin) * (end + begin)
    doubled_busy = 0
    remainders: Counter[int] = Counter()
    offsets: Counter[int] = Counter()
    for index, request in enumerate(instance.requests):
        # B is moment / (2 memory volume); only requests that were interrupted leave a remainder.
        quotient, remainder = divmod(moments[index], request.volume)
        doubled_busy += quotient
        if remainder:
            remainders[2 * memory * request.volume] += remainder
        _, s, o = request
        offsets[12 * s + 6 * (o + 1)] += 6 * s * o + (o + 1) * (2 * o + 1)
    busy = Fraction(doubled_busy, 2 * memory) + _sum_fractions(remainders)
    return _sum_fractions(offsets) + busy - sum(request.arrival for request in instance.requests)


def split_bound(instance: Instance, threshold: int) -> Fraction:
    """Return the mean-busy-time bound of the outputs up to ``threshold`` plus the outputs of the others."""
    short = [request for request in instance.requests if request.output <= threshold]
    rest = sum(request.output for request in instance.requests if request.output > threshold)
    return mean_busy_time_bound(Instance(instance.memory, short)) + rest


def priced_bound(instance: Instance, scale: int, prices: list[tuple[int, int]]) -> Fraction:
    """Return the Lagrangian bound for memory prices y / ``scale`` >= 0, given as ascending pairs (step, y).

    Each request pays for the memory it holds and picks its best start on its own; the price of all memory comes off.
    """
    sizes: dict[tuple[int, int], Counter[int]] = {}
    for arrival, prompt, output in instance.requests:
        sizes.setdefault((prompt, output), Counter())[arrival] += 1
    if len(sizes) * len(prices) > MAX_PRICE_WORK:
        raise Rejected("the lower bound has too many prices to check")
    steps = [step for step, _ in prices]
    price_before = list(accumulate((y for _, y in prices), initial=0))
    moment_before = list(accumulate((step * y for step, y in prices), initial=0))
    total = -instance.memory * price_before[-1]
    for (prompt, output), arrivals in sizes.items():
        # Between two starts at which a priced step enters or leaves the run, the cost is linear in the start.
        changes = {start for step in steps for start in (step - output - 1, step - output, step - 1, step)}
        first = min(arrivals)
        best: int | None = None
        for start in sorted({start for start in changes if start >= first} | set(arrivals), reverse=True):
            low, high = bisect_right(steps, start), bisect_right(steps, start + output)
            price = price_before[high] - price_before[low]
            moment = moment_before[high] - moment_before[low]
            cost = scale * (start + output) + (prompt - start) * price + moment
            best = cost if best is None else min(best, cost)
            total += arrivals[start] * (best - scale * start)
    return Fraction(total, scale)


def _read_prices(fields: dict[str, Any]) -> tuple[int, list[tuple[int, int]]]:
    scale = integer(fields["scale"], "the prices' scale", 1)
    prices: list[tuple[int, int]] = []
    for entry in items(fields["prices"], "the list of prices"):
        if len(items(entry, "an entry of the prices")) != 2:
            raise Rejected("an entry of the prices must be a pair [step, price]")
        step = integer(entry[0], "a priced step", 1)
        if prices and step <= prices[-1][0]:
            raise Rejected("the priced steps must ascend")
        prices.append((step, integer(entry[1], "a price")))
    return scale, prices


def _path_bound(instance: Instance, fields: dict[str, Any]) -> Fraction:
    scale = integer(fields["scale"], "the prices' scale", 1)
    try:
        return state_space_bound(instance.memory, _triples(instance), scale, *_read_events(fields))
    except PathLimitError as error:
        raise Rejected(f"the lower bound takes too much work: {error}") from None
    except ValueError as error:
        raise Rejected(f"the lower bound's certificate is unusable: {error}") from None


def _read_events(fields: dict[str, Any]) -> tuple[list[list[int]], list[list[int]]]:
    """Return the prices of starts and completions; those may be negative."""
    starts, completions = (
        [
            [integer(price, f"a price of {name}", -MAX_INTEGER) for price in items(row, f"a row of {name}")]
            for row in items(fields[name], f"the prices of {name}")
        ]
        for name in ("starts", "completions")
    )
    return starts, completions


def _check_enumeration(instance: Instance, value: int, fields: dict[str, Any]) -> None:
    scale = integer(fields["scale"], "the prices' scale", 1)
    width = integer(fields["width"], "the width of the prices", 1)
    pool = _read_pool(fields)
    choices = [_read_choice(entry) for entry in items(fields["choices"], "the choices")]
    events = None
    if "events" in fields:
        sets = items(fields["events"], "the sets of prices of events")
        events = [_read_events(record(rows, f"{_WHERE}.events", ("starts", "completions"))) for rows in sets]
    stated = integer(fields["nodes"], "the number of nodes")
    limit = min(stated, MAX_NODES)
    requests = _triples(instance)
    try:
        nodes = prove_no_better(
            instance.memory, requests, value, scale, pool, limit, width=width, events=events, choices=choices
        )
    except BetterScheduleError:
        raise Rejected(f"the lower bound {value} is wrong: a cheaper schedule exists") from None
    except NodeLimitError:
        raise Rejected(f"the lower bound {value} is not proved within {limit} nodes") from None
    except ValueError as error:
        raise Rejected(f"the lower bound's certificate is unusable: {error}") from None
    if nodes != stated:
        raise Rejected(f"the enumeration takes {nodes} nodes, and the certificate says {stated}")


def _check_branching(instance: Instance, value: int, fields: dict[str, Any]) -> None:
    scale = integer(fields["scale"], "the prices' scale", 1)
    tree = [_read_entry(entry) for entry in items(fields["tree"], "the tree")]
    try:
        prove_by_branching(
            instance.memory, _triples(instance), value, scale, _read_pool(fields), tree, MAX_BRANCHING
        )  # fmt: skip
    except NodeLimitError as error:
        raise Rejected(f"the lower bound {value} takes {error}") from None
    except ValueError as error:
        raise Rejected(f"the lower bound's certificate is unusable: {error}") from None


def _check_nested(instance: Instance, value: int, fields: dict[str, Any]) -> None:
    stated = integer(fields["nodes"], "the number of nodes")
    limit = min(stated, MAX_NESTED)
    try:
        found = solve_nested(instance.memory, _triples(instance), limit)
    except NodeLimitError as error:
        raise Rejected(f"the lower bound {value} is not proved: it takes {error}") from None
    except ValueError as error:
        raise Rejected(f"the method 'nested' does not apply: {error}") from None
    if value > found.total:
        raise Rejected(f"the lower bound {value} is wrong: the optimum is {found.total}")
    if found.nodes != stated:
        raise Rejected(f"the search takes {found.nodes} nodes, and the certificate says {stated}")


def _triples(instance: Instance) -> list[tuple[int, int, int]]:
    return [(request.arrival, request.prompt, request.output) for request in instance.requests]


def _read_pool(fields: dict[str, Any]) -> list[list[int]]:
    return [_read_vector(entry) for entry in items(fields["pool"], "the pool of prices")]


def _read_entry(entry: Any) -> int | tuple[int, int]:
    if not isinstance(entry, list):
        return integer(entry, "an entry of the tree", -MAX_RANGE)
    if len(entry) != 2:
        raise Rejected("a split of the tree must be a pair [request, step]")
    return integer(entry[0], "the request of a split"), integer(entry[1], "the step of a split")


def _read_vector(entry: Any) -> list[int]:
    if not items(entry, "a price vector of the pool"):
        raise Rejected("a price vector of the pool must begin with the number of steps it skips")
    return [integer(number, "an entry of the pool") for number in entry]


def _read_choice(entry: Any) -> int:
    return integer(entry, "a choice of prices", -MAX_RANGE)


def _service(instance: Instance, *, shortest_remaining: bool) -> Iterator[tuple[int, int, int, bool]]:
    """Serve the volumes on one preemptive machine, time scaled so that it serves one token-step per unit.

    Yields (request index, begin, end, whether that completes it). Served first is the least remaining volume or
    the least original volume, ties by index.
    """
    requests, memory = instance.requests, instance.memory
    coming = sorted(((request.arrival * memory, index) for index, request in enumerate(requests)), reverse=True)
    waiting: list[tuple[int, int, int]] = []
    now = 0
    while coming or waiting:
        if not waiting:
            now = max(now, coming[-1][0])
        while coming and coming[-1][0] <= now:
            index = coming.pop()[1]
            volume = requests[index].volume
            heapq.heappush(waiting, (volume, index, volume))
        priority, index, left = heapq.heappop(waiting)
        end = now + left
        if coming:
            end = min(end, coming[-1][0])
        left -= end - now
        if left:
            heapq.heappush(waiting, (left if shortest_remaining else priority, index, left))
        yield index, now, end, not left
        now = end


def _sum_fractions(parts: Counter[int]) -> Fraction:
    """Return the sum of numerator / denominator over ``parts`` (denominator -> numerator), or slightly less.

    The sum of very many fractions would have a denominator of millions of digits, so each is then rounded down.
    """
    if len(parts) > 1_000:
        return Fraction(sum(n * 2**40 // d for d, n in parts.items()), 2**40)
    common = lcm(*parts)
    return Fraction(sum(n * (common // d) for d, n in parts.items()), common)


_PLAIN = {"outputs": outputs_bound, "volume": volume_bound, "mean-busy-time": mean_busy_time_bound}

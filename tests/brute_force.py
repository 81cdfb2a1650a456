"""The optimum by trying every start vector: slow, short, and independent of the product's own code.

Only the numbers of an instance are read; feasibility, volumes and costs are recomputed here from the definition.
"""

from __future__ import annotations

from cr_toolkit.model import Instance


def brute_force_optimum(instance: Instance) -> tuple[int, tuple[int, ...]]:
    """Return the least total latency (steps) and starts that reach it, in request order.

    Every start vector with start_i <= last arrival + sum of the other outputs is considered (some optimum lies
    there: from the last arrival on, a step without any running request can be removed). Vectors are cut off only
    where the requests already placed prove that nothing better can follow, and identical requests start in order.
    Meant for n <= 6 and M <= 14.
    """
    requests = [(r.arrival, r.prompt, r.output) for r in instance.requests]
    n = len(requests)
    last_arrival = max(arrival for arrival, _, _ in requests)
    total = sum(output for _, _, output in requests)
    horizon = last_arrival + total
    load = [0] * (horizon + 1)
    place = sorted(range(n), key=lambda i: (-requests[i][2], requests[i], i))
    start = [0] * n
    best_delay, best_start = horizon * n + 1, tuple(start)

    def fits(i: int, at: int) -> bool:
        _, prompt, output = requests[i]
        return all(load[at + k] + prompt + k <= instance.memory for k in range(1, output + 1))

    def earliest(i: int, at: int) -> int:
        while at <= last_arrival + total - requests[i][2] and not fits(i, at):
            at += 1
        return at

    def descend(depth: int, delay: int, least: dict[int, int]) -> None:
        nonlocal best_delay, best_start
        if depth == n:
            if delay < best_delay:
                best_delay, best_start = delay, tuple(start)
            return
        # Placing more requests only removes room, so each later one starts no earlier than it could start now.
        least = {i: earliest(i, at) for i, at in least.items()}
        delays = {i: at - requests[i][0] for i, at in least.items()}
        i = place[depth]
        arrival, prompt, output = requests[i]
        others = sum(delays.values()) - delays[i]
        first = least[i]
        if depth and requests[place[depth - 1]] == requests[i]:
            first = max(first, start[place[depth - 1]])
        remaining = {other: at for other, at in least.items() if other != i}
        for at in range(first, last_arrival + total - output + 1):
            if delay + at - arrival + others >= best_delay:
                return
            if fits(i, at):
                start[i] = at
                for k in range(1, output + 1):
                    load[at + k] += prompt + k
                descend(depth + 1, delay + at - arrival, remaining)
                for k in range(1, output + 1):
                    load[at + k] -= prompt + k

    descend(0, 0, {i: requests[i][0] for i in range(n)})
    return best_delay + sum(output for _, _, output in requests), best_start


def is_feasible(instance: Instance, starts: tuple[int, ...]) -> bool:
    """Return whether no request starts before its arrival and no step holds more than the memory."""
    load: dict[int, int] = {}
    for at, request in zip(starts, instance.requests, strict=True):
        if at < request.arrival:
            return False
        for k in range(1, request.output + 1):
            load[at + k] = load.get(at + k, 0) + request.prompt + k
    return max(load.values()) <= instance.memory

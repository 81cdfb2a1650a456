"""How late a request can start in a schedule worth finding."""

from __future__ import annotations

from cr_toolkit.model import Instance


def latest_starts(instance: Instance, upper: int) -> tuple[int, ...]:
    """Return, per request, a step that bounds its start in some optimal schedule cheaper than ``upper``, if any.

    From the last arrival on, an optimal schedule never leaves a step without a running request (it could be cut out),
    so k_i <= last arrival + sum of the other outputs. And if the total latency is at most ``upper`` - 1 while every
    other request takes its output at least, then k_i - a_i <= upper - 1 - sum of all outputs. The arrival is returned
    when no start is left; the caller finds its programme infeasible or its search empty.
    """
    last_arrival = max(request.arrival for request in instance.requests)
    total = sum(request.output for request in instance.requests)
    slack = upper - 1 - total
    return tuple(max(r.arrival, min(last_arrival + total - r.output, r.arrival + slack)) for r in instance.requests)

"""A lower bound on the optimum of a pattern, block by block: whatever cannot beat the best is turned away unpacked.

It is the split bound of ``lp_models.bounds`` (mean-busy-time of the requests with short outputs, plus the outputs of
the others) with whole blocks in place of requests and each centroid offset rounded down, in integers throughout.
"""

from __future__ import annotations

from adversaries.pattern import Pattern

_ONE = 1 << 20
"""Centroid offsets are rounded down to multiples of 1/_ONE steps."""

_MOST_THRESHOLDS = 8
"""Up to so many kinds of requests every threshold is tried, beyond that as many quantiles."""


def optimum_at_least(pattern: Pattern) -> int:
    """Return a lower bound on the total latency (steps) of every feasible schedule of ``pattern``.

    Arrivals are relaxed: everything may start at 0, which makes completions earlier, and latencies are then counted
    from the arrivals.
    """
    counts: dict[tuple[int, int], int] = {}
    arrivals = 0
    for block in pattern.blocks:
        kind = (block.prompt, block.output)
        counts[kind] = counts.get(kind, 0) + block.count * pattern.repeat
        arrivals += block.arrival * block.count * pattern.repeat
    rows = sorted(
        (s * o + o * (o + 1) // 2, o, count, _ONE * (6 * s * o + (o + 1) * (2 * o + 1)) // (12 * s + 6 * (o + 1)))
        for (s, o), count in counts.items()
    )
    outputs = sum(o * count for _, o, count, _ in rows)
    best = outputs
    for threshold in _thresholds(sorted({o for _, o, _, _ in rows})):
        busy = before = offsets = 0
        long = outputs
        for volume, o, count, offset in rows:
            if o <= threshold:
                # Twice the mean busy times, in 1/M steps: each volume counts half for itself, once for all behind it.
                busy += count * (2 * before + count * volume)
                before += count * volume
                offsets += count * offset
                long -= count * o
        value = busy * _ONE + 2 * pattern.memory * offsets
        best = max(best, long - (-value // (2 * pattern.memory * _ONE)))
    return max(best - arrivals, outputs)


def _thresholds(outputs: list[int]) -> list[int]:
    if len(outputs) <= _MOST_THRESHOLDS:
        return outputs
    return [outputs[(i + 1) * len(outputs) // _MOST_THRESHOLDS - 1] for i in range(_MOST_THRESHOLDS)]

"""The split bound: requests with short outputs share the memory, the others at least take their time."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from cr_toolkit.model import Instance
from cr_toolkit.model.instance import RequestArrays
from lp_models.bounds.catalogue import LOWER_BOUNDS, LowerBound
from lp_models.bounds.exact import exact_columns, exact_sum, volumes
from lp_models.bounds.mean_busy_time import mean_busy_time, offset_ratios

_PLAIN = 60
"""Up to this many requests every threshold is evaluated exactly, without compiled code."""

_EXACT = 2000
"""Up to this many requests the threshold is the exact best one (with arrivals: while ``_WORK`` allows)."""

_WORK = 5_000_000
"""With arrivals: most (thresholds tried) x (requests): a second or two."""

_QUANTILES = 48
"""With arrivals, beyond that: how many thresholds are tried."""

_FLOAT_SLACK = 1e-11
"""More than the relative rounding error of a sum of 2000 positive floats."""


@LOWER_BOUNDS.register("split")
def split_bound(instance: Instance) -> LowerBound:
    """Return the maximum over tau of mean-busy-time of {output <= tau}, plus the outputs of the rest.

    Every tau gives a valid bound; the certificate names the one used. It is the best one in bursts and small
    instances; large instances compare thresholds with floats and large ones with arrivals try quantiles only, on a
    sample of the requests. The value at the threshold is exact always.
    """
    columns = exact_columns(instance)
    best: tuple[Fraction, int] | None = None
    for threshold in _candidates(columns, instance.memory):
        value = split_value(columns, instance.memory, threshold)
        if best is None or value > best[0]:
            best = value, threshold
    assert best is not None
    return LowerBound(best[0], "split", {"threshold": best[1]})


def split_value(columns: RequestArrays, memory: int, threshold: int) -> Fraction:
    """Return mean-busy-time of the requests with output <= ``threshold`` plus the outputs of the others (steps)."""
    short = columns.output <= threshold
    kept = RequestArrays(*(column[short] for column in columns))
    return mean_busy_time(kept, memory) + exact_sum(columns.output[~short])


def _candidates(columns: RequestArrays, memory: int) -> Iterable[int]:
    """Return thresholds among which the best one is to be found by exact evaluation."""
    thresholds = np.concatenate(([0], np.unique(columns.output)))
    n = len(columns.output)
    if n <= _PLAIN:
        return [int(threshold) for threshold in thresholds]
    if columns.arrival.any():
        if n * len(thresholds) > _WORK:
            levels = np.linspace(0, 1, _QUANTILES)
            thresholds = np.unique(np.quantile(columns.output.astype(np.int64), levels, method="nearest"))
            thresholds = np.concatenate(([0], thresholds))
        # A sample of the requests on a machine as much slower has queues of about the same length; only the service
        # of a request itself takes longer there, by what is subtracted.
        stride = max(1, n * len(thresholds) // _WORK)
        by_arrival = np.argsort(columns.arrival, kind="stable")[::stride]
        sample = RequestArrays(*(column[by_arrival] for column in columns))
        hints = _hints_with_arrivals(sample, memory, stride, thresholds)
    else:
        hints = _burst_hints(columns, memory, thresholds)
    best = hints.max()
    if n > _EXACT:
        return [int(thresholds[int(hints.argmax())])]
    return [int(threshold) for threshold in thresholds[hints >= best - _FLOAT_SLACK * abs(best)]]


def _offsets(columns: RequestArrays) -> NDArray[np.float64]:
    top, bottom = offset_ratios(columns)
    return top.astype(np.float64) / bottom.astype(np.float64)


def _burst_hints(columns: RequestArrays, memory: int, thresholds: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the bound at each threshold, approximately; O(n log n)."""
    from lp_models.bounds.split_kernel import pair_minimum_sums

    volume = volumes(columns).astype(np.float64)
    output = columns.output.astype(np.int64)
    by_output = np.argsort(output, kind="stable")
    rank = np.empty(len(output), np.int64)
    rank[np.argsort(volume, kind="stable")] = np.arange(len(output))
    # Entry k: the k requests of least output are the kept ones.
    busy = np.concatenate(([0.0], pair_minimum_sums(volume[by_output], rank[by_output]))) / memory
    gain = np.concatenate(([0.0], np.cumsum((_offsets(columns) - output)[by_output])))
    kept = np.searchsorted(output[by_output], thresholds, side="right")
    hints: NDArray[np.float64] = (busy + gain)[kept] + float(output.sum(dtype=np.float64))
    return hints


def _hints_with_arrivals(
    columns: RequestArrays, memory: int, stride: int, thresholds: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the bound at each threshold, approximately: one run for each of a machine that is ``stride`` times slower.

    Arrivals must ascend.
    """
    from lp_models.bounds.split_kernel import busy_times_by_threshold

    output = columns.output.astype(np.int64)
    volume = volumes(columns).astype(np.float64) * (stride / memory)
    arrival = columns.arrival.astype(np.float64)
    busy = busy_times_by_threshold(arrival, volume, output, thresholds.astype(np.int64))
    fixed = _offsets(columns) - arrival - output - volume * ((stride - 1) / (2 * stride))
    hints = np.empty(len(thresholds))
    for i, threshold in enumerate(thresholds):
        hints[i] = busy[i] + fixed[output <= threshold].sum() + output.sum(dtype=np.float64)
    return hints

"""Confidence intervals by batch means.

A long run is cut into batches of consecutive requests. Averages of long batches are nearly independent and nearly
normal, so that (mean of the averages - expectation) / (their standard error) follows Student's law with one degree of
freedom less than there are batches. That is an approximation: an interval is evidence, never a certificate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import atan, cos, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.99
"""Probability with which an interval holds what it estimates, if its assumptions do."""


@dataclass(frozen=True)
class Interval:
    """An estimate of an expectation.

    Attributes:
        mean: the estimate.
        low: lower end.
        high: upper end.
    """

    mean: float
    low: float
    high: float

    def shifted(self, by: float) -> Interval:
        """Return the interval of the expectation plus a known number."""
        return Interval(self.mean + by, self.low + by, self.high + by)

    def scaled(self, by: float) -> Interval:
        """Return the interval of the expectation times a known number >= 0."""
        return Interval(self.mean * by, self.low * by, self.high * by)


def batch_means(averages: NDArray[np.float64]) -> Interval:
    """Return the interval that the averages of at least two batches give for their common expectation."""
    mean = float(averages.mean())
    error = float(averages.std(ddof=1)) / sqrt(len(averages))
    reach = student_quantile(len(averages) - 1) * error
    return Interval(mean, mean - reach, mean + reach)


def trend(averages: NDArray[np.float64]) -> Interval:
    """Return the interval of the growth from the first batch to the last, by least squares over at least three."""
    place = np.arange(len(averages)) - (len(averages) - 1) / 2
    spread = float(place @ place)
    slope = float(place @ averages) / spread
    rest = averages - averages.mean() - slope * place
    error = sqrt(float(rest @ rest) / (len(averages) - 2) / spread)
    span = len(averages) - 1
    reach = student_quantile(len(averages) - 2) * error * span
    return Interval(slope * span, slope * span - reach, slope * span + reach)


@cache
def student_quantile(freedom: int, confidence: float = CONFIDENCE) -> float:
    """Return t with P(|T| <= t) >= ``confidence`` for Student's T, by bisection, rounded up.

    Args:
        freedom: degrees of freedom (>= 1).
        confidence: below 1.
    """
    low, high = 0.0, 1.0
    while student_probability(high, freedom) < confidence:
        high *= 2
    while high - low > 1e-9 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if student_probability(middle, freedom) < confidence else (low, middle)
    return high


def student_probability(t: float, freedom: int) -> float:
    """Return P(|T| <= t) for Student's T, by the finite sums that integer degrees of freedom have.

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4.
    """
    angle = atan(t / sqrt(freedom))
    square = cos(angle) ** 2
    odd = freedom % 2
    term = cos(angle) if odd else 1.0
    total = 0.0
    for k in range(2 + odd, freedom + 1, 2):
        total += term
        term *= square * (k - 1) / k
    total *= sin(angle)
    return 2 / pi * (angle + total) if odd else total

"""Maximising a smooth concave function by L-BFGS (Liu and Nocedal, 1989).

Unlike library versions it takes a new diagonal of the second derivative at every point: where coordinates matter to
very different degrees, three times as many rounds were needed without one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Float64s = NDArray[np.float64]

_MEMORY = 20
"""Pairs of steps and changes of the gradient that are kept."""

_FIRST_STEP = 0.3
"""Length of the first step, as a share of that which the curvature alone suggests."""

_ENOUGH_RISE, _SHORTER, _SHORTEST = 1e-4, 0.4, 1e-4
"""A step must gain such a share of what the slope promises; otherwise it is shortened by a factor, down to a least
length."""

_WINDOW = 10
"""Rounds over which the gain is looked at."""


class Point(NamedTuple):
    """A point and what is known there.

    Attributes:
        place: the coordinates.
        value: of the function; not finite where it cannot be evaluated.
        gradient: its derivative by each coordinate.
        curvature: positive numbers near the diagonal of the negative second derivative.
    """

    place: Float64s
    value: float
    gradient: Float64s
    curvature: Float64s


def ascend(evaluate: Callable[[Float64s], Point], start: Float64s, rounds: int, gain: float, deadline: float) -> Point:
    """Return the highest point found.

    Args:
        evaluate: the function.
        start: where to begin.
        rounds: most rounds.
        gain: stop when ten rounds gain less than this.
        deadline: no further round is begun after this (``time.monotonic``, seconds).
    """
    here = evaluate(start)
    steps = _Steps(len(start))
    values = [here.value]
    while np.isfinite(here.value) and len(values) <= rounds and time.monotonic() < deadline:
        then = _step(evaluate, here, steps.direction(here))
        if then is None:
            break
        steps.add(here, then)
        here = then
        values.append(here.value)
        if len(values) > _WINDOW and values[-1] - values[-1 - _WINDOW] < gain:
            break
    return here


class _Steps:
    """The latest steps, with what they say of how the function bends."""

    def __init__(self, size: int) -> None:
        self._moved, self._bent = np.empty((_MEMORY, size)), np.empty((_MEMORY, size))
        self._products = np.empty(_MEMORY)
        self._number = 0

    def add(self, here: Point, then: Point) -> None:
        """Take the step from ``here`` to ``then``."""
        moved, bent = then.place - here.place, here.gradient - then.gradient
        # Rounding may hide how the function bends where it is almost flat.
        if (product := float(moved @ bent)) > 0.0:
            row = self._number % _MEMORY
            self._moved[row], self._bent[row], self._products[row] = moved, bent, product
            self._number += 1

    def direction(self, here: Point) -> Float64s:
        """Return the gradient times an approximation of the inverse of the negative second derivative."""
        if self._number == 0:
            return _FIRST_STEP * here.gradient / here.curvature
        from lp_models.kernels.quasi_newton import turn

        direction = np.empty_like(here.gradient)
        newest, number = (self._number - 1) % _MEMORY, min(self._number, _MEMORY)
        turn(here.gradient, here.curvature, self._moved, self._bent, self._products, newest, number, direction)
        return direction


def _step(evaluate: Callable[[Float64s], Point], here: Point, direction: Float64s) -> Point | None:
    """Return a point that is high enough in that direction, or None."""
    slope = float(here.gradient @ direction)
    length = 1.0
    while length >= _SHORTEST:
        then = evaluate(here.place + length * direction)
        if np.isfinite(then.value) and then.value >= here.value + _ENOUGH_RISE * length * slope:
            return then
        length *= _SHORTER
    return None

"""The direction of a step of L-BFGS, compiled: arrays are short, calls one by one would take most of the time."""

from __future__ import annotations

import numpy as np
from numba import njit

from lp_models.kernels.paths import Float64s


@njit(cache=True, nogil=True, fastmath=True)
def _dot(left: Float64s, right: Float64s) -> float:
    total = 0.0
    for x in range(left.shape[0]):
        total += left[x] * right[x]
    return total


@njit(cache=True, nogil=True, fastmath=True)
def _add(sums: Float64s, share: float, other: Float64s) -> None:
    for x in range(sums.shape[0]):
        sums[x] += share * other[x]


@njit(cache=True, nogil=True, error_model="numpy")
def turn(
    gradient: Float64s, curvature: Float64s, moved: Float64s, bent: Float64s, products: Float64s, newest: int,
    number: int, direction: Float64s,
) -> None:  # fmt: skip
    """Write the gradient times an approximation of the inverse of the negative second derivative.

    Args:
        gradient: of the function.
        curvature: positive numbers near the diagonal of the negative second derivative.
        moved: steps made of late, in a ring of rows.
        bent: by how much the gradient fell over each.
        products: of each step and its change of the gradient, positive.
        newest: the row of the latest step.
        number: how many rows are in use, at least one.
        direction: what is written.
    """
    rows = moved.shape[0]
    shares = np.empty(number)
    direction[:] = gradient
    for back in range(number):
        row = (newest - back) % rows
        shares[back] = _dot(moved[row], direction) / products[row]
        _add(direction, -shares[back], bent[row])
    length = 0.0
    for x in range(direction.shape[0]):
        length += bent[newest, x] * bent[newest, x] / curvature[x]
    scale = products[newest] / length
    for x in range(direction.shape[0]):
        direction[x] *= scale / curvature[x]
    for back in range(number - 1, -1, -1):
        row = (newest - back) % rows
        _add(direction, shares[back] - _dot(bent[row], direction) / products[row], moved[row])

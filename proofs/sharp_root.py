"""A rational at or above the root rho* of ``svf-burst-sharp``, proved to be so by integer arithmetic alone.

rho* is the root rho >= 2 of rho/2 = 1/gamma + gamma kappa(rho)^2 / 4 with kappa(rho) = rho - (3/2) (rho - 1) y,
y^3 = 2 rho / (3 (rho - 1)), for rho < 3, and kappa = 0 from 3 on. The theorem's proof uses only that rho >= 2 and that
the left side is at least the right side, so every rational that passes ``suffices`` is itself a valid bound.
"""

from __future__ import annotations

from fractions import Fraction

GRID = 10**6
"""Bounds are multiples of 1/GRID, hence less than 1/GRID above the root (up to the cube root's last digit)."""

_CUBE_ROOT_SHIFT = 40


def integer_cube_root(value: int) -> int:
    """Return the largest r with r^3 <= value, for value >= 1."""
    root = 1 << -(-value.bit_length() // 3)
    while True:
        # Newton's iteration from above decreases until it meets the floor.
        closer = (2 * root + value // (root * root)) // 3
        if closer >= root:
            return root
        root = closer


def kappa_above(rho: Fraction) -> Fraction:
    """Return a rational kappa_up with kappa(rho) <= kappa_up < kappa(rho) + 2^-39, for rho >= 2."""
    if rho >= 3:
        return Fraction(0)
    p, q = rho.numerator, rho.denominator
    # (rho - 1) y is the cube root of 2 rho (rho - 1)^2 / 3 = 18 p (p - q)^2 / (3 q)^3.
    root = integer_cube_root(18 * p * (p - q) ** 2 << 3 * _CUBE_ROOT_SHIFT)
    return rho - Fraction(root, 2 * q << _CUBE_ROOT_SHIFT)


def suffices(rho: Fraction, gamma: Fraction) -> bool:
    """Return whether the proof of ``svf-burst-sharp`` goes through with ``rho``: if so, rho >= rho*."""
    if rho < 2:
        return False
    return rho / 2 >= 1 / gamma + gamma * kappa_above(rho) ** 2 / 4


def sharp_bound(gamma: Fraction) -> Fraction:
    """Return a proved bound on the competitive ratio for gamma = (M - P + 1)/M in (0, 1].

    It is 2/gamma, exactly, when that is at least 3; otherwise a multiple of 1/GRID just above rho*.
    """
    if 2 / gamma >= 3:
        return 2 / gamma
    low, high = 2 * GRID - 1, 3 * GRID
    while high - low > 1:
        middle = (low + high) // 2
        if suffices(Fraction(middle, GRID), gamma):
            high = middle
        else:
            low = middle
    return Fraction(high, GRID)

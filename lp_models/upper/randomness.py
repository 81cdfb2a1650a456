"""A small generator of random numbers for compiled loops (splitmix64).

Compiled code shares one NumPy generator per thread; a state of one's own keeps a result a function of its seed even
when the caller draws random numbers too.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

RandomState = NDArray[np.uint64]
"""One uint64."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


@njit(cache=True, nogil=True)
def random_state(seed: int) -> RandomState:
    """Return the state that belongs to ``seed`` (any integer of 64 bits)."""
    state = np.empty(1, np.uint64)
    state[0] = np.uint64(seed)
    return state


@njit(cache=True, nogil=True, inline="always")
def _advance(state: RandomState) -> np.uint64:
    state[0] += _GOLDEN
    z: np.uint64 = state[0]
    z = (z ^ (z >> np.uint64(30))) * _FIRST
    z = (z ^ (z >> np.uint64(27))) * _SECOND
    return z ^ (z >> np.uint64(31))


@njit(cache=True, nogil=True)
def random_below(state: RandomState, bound: int) -> int:
    """Return an integer in [0, bound), for 1 <= bound < 2^31."""
    high: int = np.int64(_advance(state) >> np.uint64(33))  # type: ignore[assignment]
    return (high * bound) >> 31


@njit(cache=True, nogil=True)
def random_unit(state: RandomState) -> float:
    """Return a float in (0, 1]."""
    return (np.float64(_advance(state) >> np.uint64(11)) + 1.0) * (1.0 / 9007199254740992.0)

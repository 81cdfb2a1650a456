"""Random numbers keyed by what they are for: drawing more of one thing never changes another."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def stream(seed: int, purpose: str) -> np.random.Generator:
    """Return the stream of random numbers of ``purpose`` under ``seed`` (an integer >= 0)."""
    key = np.random.SeedSequence(seed, spawn_key=(crc32(purpose.encode()),))
    return np.random.Generator(np.random.PCG64(key))

"""Staggered starts of requests of equal length, so that some are small while others are large (arXiv 2601.22996)."""

from __future__ import annotations

from bisect import bisect_right
from math import gcd


def stagger_width(memory: int, prompt: int, length: int) -> int:
    """Return the most requests K that can run at a time when one starts every length/K steps.

    That is the largest K with K prompt + sum over k = 1..K of ceil(k length / K) <= memory, the sum being
    (K length + length + K - gcd(length, K)) / 2.

    Args:
        memory: the budget (tokens), at least prompt + length.
        prompt: common prompt (tokens).
        length: common length (tokens, >= 1).
    """

    def held(width: int) -> int:
        return width * prompt + (width * length + length + width - gcd(length, width)) // 2

    return bisect_right(range(1, memory // (prompt + 1) + 1), memory, key=held)


def staggered(count: int, begin: int, memory: int, prompt: int, length: int) -> list[int]:
    """Return the starts (steps) of ``count`` requests from ``begin`` on: request j after floor(j length / K) steps."""
    width = stagger_width(memory, prompt, length)
    return [begin + j * length // width for j in range(count)]

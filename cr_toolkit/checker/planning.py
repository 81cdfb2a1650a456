"""Planning again the starts of policies that stagger equal lengths (common prompt, burst)."""

from __future__ import annotations

from fractions import Fraction
from math import gcd

from cr_toolkit.checker.instance import Instance


def staggered(count: int, begin: int, memory: int, prompt: int, length: int) -> list[int]:
    """Return the starts of ``count`` requests of equal length: the j-th at begin + floor(j length / K), j = 0, 1, ...

    K is the most that can run at a time so: the largest with K prompt + sum over k = 1..K of ceil(k length / K) at most
    ``memory``. The sum has K - gcd(K, length) terms that are rounded up, on average by half a token.
    """
    low, high = 1, memory // (prompt + 1)
    while low < high:
        wide = (low + high + 1) // 2
        tokens = Fraction(length * (wide + 1), 2) + Fraction(wide - gcd(wide, length), 2)
        if wide * prompt + tokens <= memory:
            low = wide
        else:
            high = wide - 1
    return [begin + j * length // low for j in range(count)]


def sps_starts(instance: Instance) -> list[int]:
    """Return the starts of ``sps``: all requests alike, in request order."""
    first = instance.requests[0]
    return staggered(len(instance.requests), 0, instance.memory, first.prompt, first.output)


def gba_starts(instance: Instance, growth: Fraction) -> list[int]:
    """Return the starts of ``gba``: classes of outputs up to 1, growth, growth^2, ..., one after the other.

    Inside a class by output, then index, staggered for the longest output present.
    """
    classes: dict[int, list[int]] = {}
    number, limit = 0, Fraction(1)
    for index in sorted(range(len(instance.requests)), key=lambda index: instance.requests[index].output):
        while instance.requests[index].output > limit:
            number, limit = number + 1, limit * growth
        classes.setdefault(number, []).append(index)
    starts = [0] * len(instance.requests)
    begin = 0
    for members in classes.values():
        last = instance.requests[members[-1]]
        plan = staggered(len(members), begin, instance.memory, last.prompt, last.output)
        for index, start in zip(members, plan, strict=True):
            starts[index] = start
            begin = max(begin, start + instance.requests[index].output)
    return starts

"""Random sizes: what bad instances are made of is spread over orders of magnitude and gathers at the extremes."""

from __future__ import annotations

from math import exp, log
from random import Random

from adversaries.pattern import Block
from adversaries.space import Space


def log_uniform(random: Random, least: int, most: int) -> int:
    """Return an integer in [least, most], every order of magnitude equally likely; least >= 1."""
    if most <= least:
        return least
    return min(most, int(exp(random.uniform(log(least), log(most + 1)))))


def type_within(random: Random, cap: int) -> tuple[int, int]:
    """Return a (prompt, output) with a peak of at most ``cap`` tokens, often an extreme one; cap >= 1."""
    draw = random.random()
    if draw < 0.2:
        return 0, log_uniform(random, 1, cap)
    if draw < 0.35:
        output = log_uniform(random, 1, cap)
        return cap - output, output
    if draw < 0.5:
        return random.randint(0, cap - 1), 1
    output = log_uniform(random, 1, cap) if draw < 0.8 else random.randint(1, cap)
    return random.randint(0, cap - output), output


def nudge(random: Random, value: int, least: int, most: int) -> int:
    """Return ``value`` moved a little or by a factor, kept within [least, most]."""
    draw = random.random()
    if draw < 0.5:
        moved = value + random.choice((-1, 1)) * random.choice((1, 1, 1, 2, 3))
    elif draw < 0.8:
        moved = round(value * random.choice((0.5, 0.75, 0.9, 1.1, 1.33, 2)))
    else:
        moved = random.randint(least, max(least, most))
    return max(least, min(most, moved))


def block_within(random: Random, space: Space, memory: int, most: int) -> Block:
    """Return a random block of at most ``most`` requests for a pattern of ``memory`` tokens."""
    prompt, output = type_within(random, max(1, space.cap(memory)))
    arrival = 0 if space.burst or random.random() < 0.5 else random.randint(0, 2 * memory)
    return Block(prompt, output, log_uniform(random, 1, max(1, most)), arrival)

"""One-bit SVF's worst-case threshold and proxies, and what they guarantee of its order."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cr_toolkit.simulation import Run


class Choice(NamedTuple):
    """Threshold and proxy outputs for outputs up to T: T^(1/2), T^(1/4), T^(3/4), each rounded down (tokens)."""

    threshold: int
    short: int
    long: int


def worst_case_choice(longest: int) -> Choice:
    """Return the choice for outputs of at most ``longest`` tokens (T >= 1)."""
    root = isqrt(longest)
    return Choice(root, isqrt(root), isqrt(isqrt(longest**3)))


def is_worst_case_run(run: Run) -> bool:
    """Return whether this is a run of one-bit SVF with the worst-case choice for its longest output."""
    return run.policy == "svf-1bit" and run.parameters == worst_case_choice(run.instance.longest_output)._asdict()


def domination_factor(longest: int) -> int:
    """Return K such that v_i <= K v_j whenever i precedes j: T, but 3 when T = 2.

    At T = 2 the rounded proxies are equal, so that (0, 2) may precede (0, 1): volumes 3 and 1.
    """
    return 3 if longest == 2 else longest


def dominates(longest: int) -> bool:
    """Return whether v_i <= K v_j for all requests i, j with proxy volumes in order, by exhaustion.

    For each pair of classes the worst outputs are the longest of i's class and the shortest of j's. For each prompt of
    i the worst prompt of j is the smallest in order. Both sides grow linearly in i's prompt: beyond the prompt from
    which the linear relaxation holds, nothing can fail.
    """
    choice, factor = worst_case_choice(longest), domination_factor(longest)
    classes = [(1, choice.threshold, choice.short)]
    if choice.threshold < longest:
        classes.append((choice.threshold + 1, longest, choice.long))
    return all(_pair_dominates(factor, i, j) for i in classes for j in classes)


def _pair_dominates(factor: int, i: tuple[int, int, int], j: tuple[int, int, int]) -> bool:
    (_, most, proxy_i), (least, _, proxy_j) = i, j
    shift = _triangle(proxy_i) - _triangle(proxy_j)
    # In order means s_j >= (s_i proxy_i + shift)/proxy_j.
    slope = Fraction(factor * least * proxy_i, proxy_j) - most
    constant = Fraction(factor * least * shift, proxy_j) + factor * _triangle(least) - _triangle(most)
    if slope < 0 or (slope == 0 and constant < 0):
        return False
    enough = 0 if constant >= 0 else -(constant // slope)
    for prompt in range(int(enough) + 1):
        other = max(0, -(-(prompt * proxy_i + shift) // proxy_j))
        if prompt * most + _triangle(most) > factor * (other * least + _triangle(least)):
            return False
    return True


def _triangle(output: int) -> int:
    return output * (output + 1) // 2

"""Hypothesis as a search: it draws patterns, climbs towards a target, and shrinks what exceeds a threshold."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from hypothesis import HealthCheck, Phase, Verbosity, assume, given, seed, settings, target
from hypothesis import strategies as st

from adversaries.pattern import Block, Pattern
from adversaries.space import Space
from adversaries.subject import Subject

_MOST_BLOCKS = 6
_MOST_COUNT = 8
_MOST_REPEATS = 20
_HIGHEST_MEMORY = 60

Evaluate = Callable[[Pattern], Fraction | None]
"""What a pattern is worth; None if it is not to be considered."""


class _AboveError(Exception):
    """What a failing example fails with."""


@st.composite
def patterns(draw: st.DrawFn, space: Space) -> Pattern:
    """Draw patterns of ``space``; the simplest is one request of one token."""
    least = space.least_memory(1)
    memory = draw(st.integers(least, max(_HIGHEST_MEMORY, space.least_memory(4))))
    cap = space.cap(memory)
    blocks = []
    for _ in range(draw(st.integers(1, _MOST_BLOCKS))):
        output = draw(st.integers(1, cap))
        prompt = draw(st.integers(0, cap - output))
        arrival = 0 if space.burst else draw(st.integers(0, 2 * memory))
        blocks.append(Block(prompt, output, draw(st.integers(1, _MOST_COUNT)), arrival))
    room = space.max_requests // sum(block.count for block in blocks)
    assume(room >= 1)
    return Pattern(memory, tuple(blocks), draw(st.integers(1, min(room, _MOST_REPEATS))))


def play_round(evaluate: Evaluate, space: Space, threshold: Fraction, key: int, examples: int) -> Pattern | None:
    """Look for a pattern whose ratio exceeds ``threshold``, and shrink it.

    The result depends on ``key`` alone: nothing is read from or kept in Hypothesis's database.

    Args:
        evaluate: the worth of a pattern; must be a function of the pattern.
        space: what may be drawn.
        threshold: the ratio to exceed.
        key: seed of the round.
        examples: patterns to draw; shrinking comes on top.

    Returns:
        The smallest pattern met that exceeds the threshold, in Hypothesis's order of simplicity, or None.
    """
    last: list[Pattern] = []

    @seed(key)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.generate, Phase.target, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    @given(patterns(space))
    def is_at_most(pattern: Pattern) -> None:
        ratio = evaluate(pattern)
        assume(ratio is not None)
        assert ratio is not None
        target(float(ratio))
        if ratio > threshold:
            last.append(pattern)
            raise _AboveError

    try:
        is_at_most()
    except _AboveError:
        # Hypothesis runs the smallest failing example last.
        return last[-1]
    return None


def smallest_above(
    subject: Subject, space: Space, threshold: Fraction, *, seed_number: int = 0, examples: int = 2_000
) -> Pattern | None:
    """Return the smallest pattern that Hypothesis finds above ``threshold``, or None if it finds none.

    Args:
        subject: the run under attack.
        space: what may be drawn.
        threshold: the certified ratio to exceed.
        seed_number: equal seeds give equal results.
        examples: patterns to draw before giving up.
    """
    evaluator = subject.evaluator()

    def evaluate(pattern: Pattern) -> Fraction | None:
        fitted = space.fitted(pattern)
        return evaluator.evaluate(fitted).ratio if space.admits(fitted) else None

    return play_round(evaluate, space, threshold, seed_number, examples)

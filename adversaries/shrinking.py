"""Shrinking: the same evil in fewer requests and smaller numbers.

The size of a pattern is its number of requests, then the sum of all its numbers. A shrink takes ever smaller patterns
as long as the certified ratio stays at the threshold, boldest cuts first, until no single cut is left: the result is
*1-minimal*. It is seldom the smallest of all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from adversaries.folding import pattern_of
from adversaries.mutations import Arrive, Drop, Mutation, Recount, Remember, Repeat, Retype, apply_all
from adversaries.pattern import Block, Pattern
from adversaries.subject import Subject
from cr_toolkit.errors import InputError
from lp_models.upper import upper_bound

MOST_EVALUATIONS = 20_000
"""Default budget of a shrink."""

_UNROLLED = 64
"""Up to so many requests, every request of a repeated pattern is tried on its own in the end."""

_ANNEALED_REQUESTS, _ANNEALED, _NEAR = 64, 2_000, Fraction(9, 10)
"""Small candidates that come so near the threshold get a longer look for a cheaper schedule."""


@dataclass(frozen=True)
class Shrunk:
    """What is left.

    Attributes:
        pattern: the smallest pattern found.
        ratio: its certified ratio as evaluated.
        evaluations: candidates evaluated.
        is_minimal: whether every single cut was tried; False if the budget ran out or Ctrl-C came first.
    """

    pattern: Pattern
    ratio: Fraction
    evaluations: int
    is_minimal: bool


def size_of(pattern: Pattern) -> tuple[int, int]:
    """Return requests, and the sum of memory, arrivals, prompts and outputs over all of them."""
    once = sum(block.count * (block.arrival + block.prompt + block.output) for block in pattern.blocks)
    return pattern.size, pattern.memory + pattern.repeat * once


def shrink(
    subject: Subject,
    pattern: Pattern,
    threshold: Fraction,
    *,
    alpha: Fraction | None = None,
    evaluations: int = MOST_EVALUATIONS,
    regular: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Shrunk:
    """Return a 1-minimal pattern whose certified ratio is at least ``threshold``.

    Cuts: fewer repeats, a block dropped or with fewer requests, a smaller number in one block or everywhere it stands,
    everything halved, a block made equal to another, less memory. Up to 64 requests, no
    request can be dropped and no number of a block reduced by one in the result.

    Args:
        subject: the run.
        pattern: where to start; its ratio may be certified by a schedule that evaluation does not find.
        threshold: the ratio to keep.
        alpha: no peak may exceed this share of the memory; that of ``pattern`` if not given.
        evaluations: most candidates to evaluate.
        regular: keep what makes a pattern regular, as lifting needs it: repeats stay whole, equal volumes stay equal.
        progress: called after each with their number.

    Raises:
        InputError: if the budget is not positive.
    """
    if evaluations < 1:
        raise InputError(f"must be at least 1, got {evaluations}", field="evaluations")
    share = Fraction(pattern.max_peak, pattern.memory) if alpha is None else alpha
    work = _Shrinking(subject, pattern, threshold, share, evaluations, regular, progress)
    is_minimal = False
    with suppress(KeyboardInterrupt):
        is_minimal = work.run()
    return Shrunk(work.pattern, work.ratio, work.evaluations, is_minimal)


class _Shrinking:
    def __init__(
        self,
        subject: Subject,
        pattern: Pattern,
        threshold: Fraction,
        alpha: Fraction,
        most: int,
        regular: bool,
        progress: Callable[[int], None] | None,
    ) -> None:
        self.pattern = pattern
        self.evaluations = 0
        self._evaluator = subject.evaluator()
        self._threshold = threshold
        self._most = most
        self._progress = progress
        self._regular = regular
        self._tied = regular and _has_one_volume(pattern)
        burst = not any(block.arrival for block in pattern.blocks)
        self._space = subject.space(alpha, burst, pattern.size)
        self._rejected: set[Pattern] = set()
        self.ratio = max(threshold, self._evaluator.evaluate(pattern).ratio)

    def run(self) -> bool:
        """Cut until nothing can be cut; return False if the budget ended first."""
        while self._pass(self.pattern):
            pass
        if self.pattern.repeat > 1 and self.pattern.size <= _UNROLLED and not self._regular and self._left():
            self.pattern = Pattern(self.pattern.memory, self.pattern.blocks * self.pattern.repeat)
            while self._pass(self.pattern):
                pass
        if self.pattern.size <= _UNROLLED or self.pattern.repeat == 1:
            self.pattern = pattern_of(self.pattern.instance())
        return self._left()

    def _left(self) -> bool:
        return self.evaluations < self._most

    def _pass(self, start: Pattern) -> bool:
        """Go once through the cuts of ``start``; return whether anything was cut."""
        for cut in _cuts(start):
            if not self._left():
                return False
            candidate = apply_all(start, cut)
            if size_of(candidate) < size_of(start) and self._accept(candidate):
                self.pattern = candidate
                # The positions that the remaining cuts speak of may have moved.
                return True
        return False

    def _accept(self, candidate: Pattern) -> bool:
        if candidate in self._rejected or not self._space.suits(candidate):
            return False
        if self._tied and not _has_one_volume(candidate):
            return False
        self.evaluations += 1
        if self._progress is not None:
            self._progress(self.evaluations)
        ratio = self._ratio(candidate)
        if ratio < self._threshold:
            self._rejected.add(candidate)
            return False
        self.ratio = ratio
        return True

    def _ratio(self, candidate: Pattern) -> Fraction:
        evaluation = self._evaluator.evaluate(candidate)
        near = evaluation.ratio >= _NEAR * self._threshold
        if evaluation.ratio >= self._threshold or not near or candidate.size > _ANNEALED_REQUESTS:
            return evaluation.ratio
        instance = candidate.instance()
        found = upper_bound(instance, evaluations=_ANNEALED)[0].total_latency(instance)
        return Fraction(evaluation.cost, min(found, evaluation.upper))


def _smaller(value: int, least: int) -> list[int]:
    """Return values to try in place of ``value``: the least, ever smaller steps down to one less."""
    tries, step = [least], (value - least) // 2
    while step > 1:
        tries.append(value - step)
        step //= 2
    return list(dict.fromkeys(one for one in (*tries, value - 1) if least <= one < value))


def _cuts(pattern: Pattern) -> Iterator[Sequence[Mutation]]:
    """Yield cuts of ``pattern``, boldest first; ends with every cut of one."""
    blocks = pattern.blocks
    yield from ([Repeat(repeat)] for repeat in _smaller(pattern.repeat, 1))
    if len(blocks) > 1:
        yield from ([Drop(at)] for at in range(len(blocks)))
    yield _halved(pattern, counts=True)
    yield _halved(pattern, counts=False)
    for at, block in enumerate(blocks):
        yield from ([Recount(at, count)] for count in _smaller(block.count, 1))
    yield from _rounded(blocks)
    yield from _everywhere(pattern)
    if _has_one_volume(pattern):
        yield from _lowered(pattern)
    for at, block in enumerate(blocks):
        yield from ([Arrive(at, arrival)] for arrival in _smaller(block.arrival, 0))
        yield from ([Retype(at, prompt, block.output)] for prompt in _smaller(block.prompt, 0))
        yield from ([Retype(at, block.prompt, output)] for output in _smaller(block.output, 1))
    yield from ([Remember(memory)] for memory in _smaller(pattern.memory, pattern.max_peak))


def _halved(pattern: Pattern, *, counts: bool) -> list[Mutation]:
    """Return the cut of everything in half: lengths and memory, or counts."""
    cut: list[Mutation] = [] if counts else [Remember(-(-pattern.memory // 2))]
    for at, block in enumerate(pattern.blocks):
        if counts:
            cut.append(Recount(at, max(1, block.count // 2)))
        else:
            cut += [Retype(at, block.prompt // 2, max(1, block.output // 2)), Arrive(at, block.arrival // 2)]
    return cut


def _rounded(blocks: Sequence[Block]) -> Iterator[Sequence[Mutation]]:
    """Yield cuts that make a block equal to another kind of block: fewer kinds are easier to understand."""
    kinds = dict.fromkeys((block.prompt, block.output) for block in blocks)
    for at in range(len(blocks)):
        yield from ([Retype(at, *kind)] for kind in kinds)


def _has_one_volume(pattern: Pattern) -> bool:
    return len({block.volume for block in pattern.blocks}) == 1


def _lowered(pattern: Pattern) -> Iterator[Sequence[Mutation]]:
    """Yield cuts of the one volume that all blocks have, prompts following; the memory keeps its slack."""
    height = max((block.output for block in pattern.blocks if block.prompt == 0), default=1)
    for lower in _smaller(height, 1):
        cut: list[Mutation] = []
        for at, block in enumerate(pattern.blocks):
            output = lower if block.prompt == 0 else min(block.output, lower)
            cut.append(Retype(at, (lower * (lower + 1) - output * (output + 1)) // (2 * output), output))
        peak = apply_all(pattern, cut).max_peak
        yield [*cut, Remember(-(-pattern.memory * peak // pattern.max_peak))]


def _everywhere(pattern: Pattern) -> Iterator[Sequence[Mutation]]:
    """Yield cuts of a number wherever it stands, since numbers of one origin belong together."""
    sizes = {number for block in pattern.blocks for number in (block.prompt, block.output)}
    for number in sorted(sizes - {0}, reverse=True):
        for less in _smaller(number, 1):
            cut: list[Mutation] = []
            for at, block in enumerate(pattern.blocks):
                if number in (block.prompt, block.output):
                    prompt = less if block.prompt == number else block.prompt
                    cut.append(Retype(at, prompt, less if block.output == number else block.output))
            yield cut
            # A budget that is a small multiple of the number shrinks with it.
            if pattern.memory % number == 0:
                yield [*cut, Remember(pattern.memory // number * less)]

"""A family from one witness: scale its numbers by powers of k, and keep the powers whose ratio grows most.

k = 1 is the witness itself. Memory scales by k^a, outputs and counts by powers of their own. What a request holds
scales with the memory if it is a fair share of it. Where all volumes are equal they stay equal, since that makes the
tie-breaks: prompts then follow from the outputs, and the memory from the largest peak.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import product
from math import log, prod
from typing import NamedTuple

from adversaries.evaluation import Evaluator
from adversaries.folding import pattern_of
from adversaries.lifting.growth import Growth, follow
from adversaries.lifting.polynomial import Polynomial
from adversaries.lifting.series import Lifted, LiftedBlock
from adversaries.pattern import Block, Pattern
from adversaries.subject import Subject

_MOST_POWER = 2

_FAIR_SHARE = 4
"""A peak of at least a quarter of the memory keeps its share."""

_ENUMERATED = 700
"""Up to so many choices of powers all are tried; beyond, one power is changed at a time."""

_STAGES = (2, 4)
"""The k at which choices are compared; the later one decides where it is within reach."""

_FOLLOWED = 24
"""How many of the choices that grow fastest there are followed as far as they reach."""


class _Powers(NamedTuple):
    """Exponents of k: of the memory, of the repeat count, and of peak, output and count of each block."""

    memory: int
    repeat: int
    blocks: tuple[tuple[int, int, int], ...]

    @property
    def total(self) -> int:
        return self.memory + self.repeat + sum(map(sum, self.blocks))


def scaled(
    pattern: Pattern, subject: Subject, max_requests: int, progress: Callable[[int], None] | None = None
) -> Lifted | None:
    """Return the family that grows fastest out of ``pattern``, or None if no scaling raises the certified ratio.

    The choice compares ratios by growth per growth of requests and memory; what is then claimed of the family is
    evaluated anew by ``follow``.

    Args:
        pattern: the witness's pattern, best shrunk first.
        subject: the run.
        max_requests: most requests of a member.
        progress: called now and then with the number of members evaluated.
    """
    pattern = pattern_of(pattern.instance())
    judge = _Judge(pattern, subject, max_requests, progress)
    options = _options(pattern)
    choices: Iterable[_Powers] = (_assemble(flat) for flat in product(*options))
    if prod(map(len, options)) > _ENUMERATED:
        choices = _ascent(options, judge)
    ranked = sorted({powers: judge.score(powers) for powers in choices}.items(), key=lambda one: -one[1])
    families = [judge.family(powers) for powers, score in ranked[:_FOLLOWED] if score > 0]
    followed = [(family, follow(family, subject, max_requests)) for family in families if family is not None]
    best = max(followed, key=lambda one: _promise(*one), default=None)
    return None if best is None else best[0]


def _promise(family: Lifted, growth: Growth) -> tuple[bool, float, int]:
    """Rank families: those without a limit in sight by growth per size, the others by the ratio they reach."""
    if growth.trend != "unbounded" or growth.per_doubling is None:
        return False, float(growth.members[-1].ratio) if growth.members else 0.0, -family.weight
    even = [member.k for member in growth.members if member.k % 2 == 0]
    now, half = family.at(even[-1]), family.at(even[-1] // 2)
    size = max(now.size / half.size, now.memory / half.memory)
    # Nearly equal growth is told by the simpler formula.
    return True, round(log(growth.per_doubling) / log(size), 1), -family.weight


def _options(pattern: Pattern) -> list[tuple[int, ...]]:
    """Return the exponents to try: memory, repeat, then peak, output and count of each block."""
    powers = tuple(range(_MOST_POWER + 1))
    options: list[tuple[int, ...]] = [powers, (0, 1)]
    for block in pattern.blocks:
        # -1: the peak scales as the memory does. A request without a prompt has one length only.
        peak = (-1,) if _FAIR_SHARE * block.peak >= pattern.memory else powers
        options += [peak, (0,) if block.prompt == 0 else powers, powers]
    return options


def _assemble(flat: tuple[int, ...]) -> _Powers:
    memory, repeat, *rest = flat
    blocks = []
    for at in range(0, len(rest), 3):
        peak, output, count = rest[at : at + 3]
        blocks.append((memory if peak < 0 else peak, output, count))
    return _Powers(memory, repeat, tuple(blocks))


def _ascent(options: list[tuple[int, ...]], judge: _Judge) -> Iterator[_Powers]:
    """Yield the choices met when one exponent is changed at a time, from three plain beginnings."""
    for memory, repeat, count in ((0, 1, 0), (1, 0, 0), (2, 1, 1)):
        wanted = [memory, repeat, *(e for _ in options[2::3] for e in (memory, memory, count))]
        flat = [w if w in option else option[-1] for w, option in zip(wanted, options, strict=True)]
        best, improved = judge.score(_assemble(tuple(flat))), True
        yield _assemble(tuple(flat))
        while improved:
            improved = False
            for at, option in enumerate(options):
                for exponent in option:
                    changed = (*flat[:at], exponent, *flat[at + 1 :])
                    score = judge.score(_assemble(changed))
                    if score > best:
                        flat, best, improved = list(changed), score, True
                        yield _assemble(changed)


class _Judge:
    def __init__(
        self, pattern: Pattern, subject: Subject, max_requests: int, progress: Callable[[int], None] | None
    ) -> None:
        self._pattern = pattern
        self._evaluator: Evaluator = subject.evaluator()
        self._space = subject.space(Fraction(pattern.max_peak, pattern.memory), False, max_requests)
        self._progress = progress
        self._ratio = self._evaluator.evaluate(pattern).ratio
        self._scores: dict[_Powers, float] = {}
        self._evaluations = 0
        volumes = {block.volume for block in pattern.blocks}
        self._tied = len(volumes) == 1 and len(pattern.blocks) > 1

    def score(self, powers: _Powers) -> float:
        """Return how fast the ratio grows with the size of the instance; not above 0 if it does not."""
        if powers not in self._scores:
            self._scores[powers] = self._grown(powers)
        return self._scores[powers]

    def _grown(self, powers: _Powers) -> float:
        family = self.family(powers)
        if family is None:
            return 0.0
        grown = 0.0
        before = self._ratio
        for k in _STAGES:
            member = family.at(k)
            if not self._space.suits(member):
                break
            self._evaluations += 1
            if self._progress is not None:
                self._progress(self._evaluations)
            ratio = self._evaluator.evaluate(member).ratio
            if ratio <= before:
                return 0.0
            before = ratio
            first = self._pattern
            size = log(max(member.size / first.size, member.memory / first.memory))
            # A little less for more powers: equal growth is told by the simpler formula.
            grown = log(ratio / self._ratio) / size - 1e-6 * powers.total
        return grown

    def family(self, powers: _Powers) -> Lifted | None:
        """Return the family of these exponents; None if they contradict one another."""
        if self._tied:
            return _tied(self._pattern, powers)
        return _free(self._pattern, powers)


def _free(pattern: Pattern, powers: _Powers) -> Lifted | None:
    blocks = []
    for block, (peak, output, count) in zip(pattern.blocks, powers.blocks, strict=True):
        if block.prompt == 0:
            output = peak
        if not output <= peak <= powers.memory:
            return None
        length = Polynomial.power(block.output, output)
        prompt = Polynomial.power(block.peak, peak) - length
        blocks.append(_lifted(block, prompt, length, count))
    memory = Polynomial.power(pattern.memory, powers.memory)
    return Lifted(memory, tuple(blocks), Polynomial.power(pattern.repeat, powers.repeat), (1,))


def _tied(pattern: Pattern, powers: _Powers) -> Lifted | None:
    """Return the family whose volumes stay equal: that of a block without a prompt is followed by the others."""
    heights = {(b.output, o[0]) for b, o in zip(pattern.blocks, powers.blocks, strict=True) if b.prompt == 0}
    if len(heights) != 1:
        return None
    [(height, power)] = heights
    volume = _triangle(Polynomial.power(height, power))
    blocks = []
    for block, (_, output, count) in zip(pattern.blocks, powers.blocks, strict=True):
        exponent = power if block.prompt == 0 else output
        length = Polynomial.power(block.output, exponent)
        prompt = (volume - _triangle(length)).over(block.output, exponent)
        if prompt is None or not prompt.is_integral:
            return None
        blocks.append(_lifted(block, prompt, length, count))
    largest = max(range(len(blocks)), key=lambda at: pattern.blocks[at].peak)
    share = Polynomial.of(Fraction(pattern.memory, pattern.max_peak))
    memory = share * (blocks[largest].prompt + blocks[largest].output)
    if not memory.is_integral:
        return None
    return Lifted(memory, tuple(blocks), Polynomial.power(pattern.repeat, powers.repeat), (1,))


def _triangle(length: Polynomial) -> Polynomial:
    return length * (length + Polynomial.of(1)) * Polynomial.of(Fraction(1, 2))


def _lifted(block: Block, prompt: Polynomial, output: Polynomial, count: int) -> LiftedBlock:
    return LiftedBlock(prompt, output, Polynomial.power(block.count, count), Polynomial.of(block.arrival))

"""A family through a series of witnesses: every number of their patterns as a polynomial of one parameter.

The parameter is not known. Each number that grows along the series is tried as the parameter, and so is the position in
the series; the reading that is shortest to write down wins. A fit counts only if it has points to spare: a polynomial
of degree d needs d + 2 of them. One member that does not fit may be left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from adversaries.folding import pattern_of
from adversaries.lifting.polynomial import Polynomial, interpolate
from adversaries.pattern import Block, Pattern
from cr_toolkit.errors import InputError

_MOST_DEGREE = 3

_MOST_STEP = 24
"""Largest step by which the parameter may be thinned out so that all numbers are integers."""


@dataclass(frozen=True)
class LiftedBlock:
    """A block whose numbers are polynomials in k."""

    prompt: Polynomial
    output: Polynomial
    count: Polynomial
    arrival: Polynomial

    def __iter__(self) -> Iterator[Polynomial]:
        """Iterate over prompt, output, count and arrival."""
        yield from (self.prompt, self.output, self.count, self.arrival)


@dataclass(frozen=True)
class Lifted:
    """A pattern whose numbers are polynomials in k, integers at every integer k.

    Attributes:
        memory: the budget.
        blocks: the blocks.
        repeat: how often they stand.
        members: the k of each pattern it was lifted from.
        left_out: how many patterns do not belong to it.
    """

    memory: Polynomial
    blocks: tuple[LiftedBlock, ...]
    repeat: Polynomial
    members: tuple[int, ...] = ()
    left_out: int = 0

    def at(self, k: int) -> Pattern:
        """Return the pattern at ``k``; it need not be well formed."""
        blocks = tuple(Block(*(int(number(k)) for number in block)) for block in self.blocks)
        return Pattern(int(self.memory(k)), blocks, int(self.repeat(k)))

    @property
    def polynomials(self) -> tuple[Polynomial, ...]:
        """All numbers: memory, repeat, then prompt, output, count and arrival of each block."""
        return (self.memory, self.repeat, *(number for block in self.blocks for number in block))

    @property
    def weight(self) -> int:
        """How much there is to read."""
        return sum(polynomial.weight for polynomial in self.polynomials)

    def integral(self, start: int) -> Lifted | None:
        """Return the same family over a thinned-out k at which every number is an integer; ``start`` stays a member."""
        for step in range(1, _MOST_STEP + 1):
            thin = self._rewritten([one.after(step, start % step) for one in self.polynomials])
            if all(one.is_integral for one in thin.polynomials):
                members = tuple((k - start % step) // step for k in self.members if (k - start) % step == 0)
                return Lifted(thin.memory, thin.blocks, thin.repeat, members, self.left_out)
        return None

    def _rewritten(self, numbers: Sequence[Polynomial]) -> Lifted:
        return _from_numbers(numbers, self.members, self.left_out)


def lift_series(patterns: Sequence[Pattern]) -> Lifted:
    """Return the family through ``patterns``.

    Args:
        patterns: members in any order; at least three, all but one of one shape.

    Raises:
        InputError: if there are too few, or no family of low degree passes through them.
    """
    folded = list(dict.fromkeys(pattern_of(pattern.instance()) for pattern in patterns))
    shapes = Counter(len(pattern.blocks) for pattern in folded)
    shape = max(shapes, key=lambda blocks: (shapes[blocks], -blocks), default=0)
    members = sorted((p for p in folded if len(p.blocks) == shape), key=lambda p: (p.size, p.memory, p.steps))
    strangers = len(folded) - len(members)
    if len(members) < 3:
        raise InputError(
            f"need at least three different ones with equally many blocks, got {len(members)}", field="witnesses"
        )
    for chosen in _subsets(members, strangers):
        fits = list(_fits(chosen, len(folded) - len(chosen)))
        if fits:
            return min(fits, key=lambda lifted: lifted.weight)
    raise InputError(
        "no family passes through them: some number is no polynomial of degree "
        f"{min(_MOST_DEGREE, len(members) - 2)} or less in any parameter",
        field="witnesses",
    )


def _subsets(members: Sequence[Pattern], strangers: int) -> Iterator[Sequence[Pattern]]:
    """Yield all members, then all but one: three must remain, and four if one of them could be noise."""
    yield members
    if strangers == 0 and len(members) >= 4:
        for at in range(len(members)):
            yield [*members[:at], *members[at + 1 :]]


def _fits(members: Sequence[Pattern], left_out: int) -> Iterator[Lifted]:
    columns = list(zip(*map(_numbers, members), strict=True))
    most = min(_MOST_DEGREE, len(members) - 2)
    parameters = dict.fromkeys(column for column in columns if all(a < b for a, b in pairwise(column)))
    for parameter in (*parameters, tuple(range(1, len(members) + 1))):
        found = [interpolate(parameter, column, most) for column in columns]
        numbers = [one for one in found if one is not None]
        if len(numbers) == len(columns):
            lifted = _from_numbers(numbers, parameter, left_out).integral(parameter[0])
            if lifted is not None and lifted.members:
                yield lifted


def _numbers(pattern: Pattern) -> tuple[int, ...]:
    rows = ((block.prompt, block.output, block.count, block.arrival) for block in pattern.blocks)
    return (pattern.memory, pattern.repeat, *(number for row in rows for number in row))


def _from_numbers(numbers: Sequence[Polynomial], members: tuple[int, ...], left_out: int) -> Lifted:
    memory, repeat, *rest = numbers
    blocks = tuple(LiftedBlock(*rest[at : at + 4]) for at in range(0, len(rest), 4))
    return Lifted(memory, blocks, repeat, members, left_out)

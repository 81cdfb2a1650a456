"""The archive: every niche keeps its own best, and what is found at a share counts at every larger one."""

from fractions import Fraction

import pytest

from adversaries.archive import Archive, Niche
from adversaries.pattern import Block, Pattern
from adversaries.searchers import Scored

HALF, WHOLE = Fraction(1, 2), Fraction(1)
LEVEL = Pattern(20, (Block(0, 4), Block(9, 1)))
STEEP = Pattern(20, (Block(0, 1), Block(0, 8)))
WIDE = Pattern(20, (Block(15, 1), Block(0, 1)))
MANY = Pattern(20, (Block(0, 4), Block(9, 1)), 30)


def scored(pattern: Pattern, ratio: str) -> Scored:
    return Scored(pattern, Fraction(ratio))


def test_niches() -> None:
    archive = Archive((HALF, WHOLE), (10, 100))
    assert archive.niche(LEVEL) == Niche(0, 0, 0)
    assert archive.niche(STEEP) == Niche(0, 0, 2)
    assert archive.niche(WIDE) == Niche(1, 0, 2)
    assert archive.niche(MANY) == Niche(0, 1, 0)
    assert Archive((HALF,), (100,)).niche(WIDE) is None
    assert Archive((HALF,), (10,)).niche(MANY) is None


def test_a_candidate_counts_at_every_larger_limit() -> None:
    archive = Archive((HALF, WHOLE), (10, 100))
    assert archive.best(WHOLE) is None
    archive.take_in([scored(LEVEL, "3/2"), scored(WIDE, "5/4"), scored(MANY, "2")])
    assert archive.best(HALF) == archive.best(WHOLE) == scored(MANY, "2")
    assert archive.elites(HALF, 10) == [scored(LEVEL, "3/2")]
    assert archive.elites(WHOLE, 10) == [scored(LEVEL, "3/2"), scored(WIDE, "5/4")]


def test_a_niche_keeps_the_best_two_of_different_shapes() -> None:
    archive = Archive((HALF,), (10,))
    same_shape = Pattern(21, LEVEL.blocks, 2)
    third = Pattern(40, (Block(0, 4), Block(9, 1), Block(0, 4, 2)))
    reversed_ = Pattern(20, LEVEL.blocks[::-1])
    archive.take_in([scored(LEVEL, "3/2"), scored(same_shape, "8/5"), scored(third, "4/3"), scored(reversed_, "7/5")])
    assert archive.elites(HALF, 10) == [scored(same_shape, "8/5"), scored(reversed_, "7/5")]


def test_gain_is_progress_on_the_records() -> None:
    archive = Archive((HALF, WHOLE), (10,))
    assert archive.take_in([scored(LEVEL, "2")]) == 2.0
    assert archive.take_in([scored(STEEP, "19/10")]) == 0.0
    assert archive.take_in([scored(WIDE, "101/50")]) == pytest.approx(0.2)
    assert archive.take_in([]) == 0.0

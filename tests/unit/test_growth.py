"""Growth: the right law carries a family from one size to the next."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adversaries.families import FAMILIES
from adversaries.mutations import apply_all
from adversaries.pattern import Block, Pattern
from adversaries.searchers.growth import Law, Rates, changed_law, grow, random_law
from adversaries.space import Space

HALF = Space(Fraction(1, 2), True, 100_000)


@pytest.mark.parametrize(
    ("name", "law", "alpha"),
    [
        ("F6", Law((Rates(1, 0, 0.5), Rates(1, 1, 0)), 0), "51/100"),
        ("F7", Law((Rates(1, 0, 0.5), Rates(1, 0, 1)), 0), "1/2"),
        ("F8", Law((Rates(1, 1, 0), Rates(1, 0, 1)), 0), "1/2"),
    ],
)
def test_families_follow_a_law(name: str, law: Law, alpha: str) -> None:
    family = FAMILIES[name]()
    small, large = (
        family.pattern(memory=memory, **({} if name == "F6" else {"peak": memory // 2})) for memory in (1600, 6400)
    )
    space = Space(Fraction(alpha), True, 100_000)
    grown = apply_all(small, grow(small, space, 4.0, law))
    assert len(grown.blocks) == len(large.blocks)
    for ours, theirs in zip(grown.blocks, large.blocks, strict=True):
        assert abs(ours.prompt - theirs.prompt) <= 8
        assert abs(ours.output - theirs.output) <= 8
        assert abs(ours.count - theirs.count) <= 4


def test_equal_volumes_stay_equal() -> None:
    small = FAMILIES["F2"]().pattern(height=8, rounds=4)
    grown = apply_all(small, grow(small, HALF, 2.0, Law((Rates(1, 1, 0), Rates(1, 0, 1)), 1)))
    assert grown == FAMILIES["F2"]().pattern(height=16, rounds=8)


@given(st.integers(0, 2**32), st.floats(1.01, 4), st.booleans())
def test_what_grows_stays_in_its_share(seed: int, factor: float, tight: bool) -> None:
    random = Random(seed)
    blocks = tuple(
        Block(random.randint(0, 30), random.randint(1, 20), random.randint(1, 9)) for _ in range(random.randint(1, 4))
    )
    peak = max(block.peak for block in blocks)
    pattern = Pattern(2 * peak + (0 if tight else random.randint(1, 50)), blocks)
    law = changed_law(random, random_law(random, pattern), pattern)
    grown = apply_all(pattern, grow(pattern, HALF, factor, law))
    assert HALF.admits(grown)
    assert not tight or grown.memory == 2 * grown.max_peak
    assert grown.size >= pattern.size

"""Mutations do what they say, and survive being written down."""

from typing import get_args

import msgspec
import pytest

from adversaries.mutations import (
    Arrive,
    Drop,
    Insert,
    Mutation,
    Recount,
    Remember,
    Repeat,
    Reprompt,
    Retype,
    Swap,
    apply_all,
)
from adversaries.pattern import Block, Pattern, pattern_of, types_of_volume
from cr_toolkit.model import Request

PATTERN = Pattern(20, (Block(0, 4, 2), Block(9, 1, 3)), 2)

CASES = [
    (Retype(0, 3, 2), Pattern(20, (Block(3, 2, 2), Block(9, 1, 3)), 2)),
    (Recount(1, 7), Pattern(20, (Block(0, 4, 2), Block(9, 1, 7)), 2)),
    (Arrive(1, 5), Pattern(20, (Block(0, 4, 2), Block(9, 1, 3, 5)), 2)),
    (Insert(1, Block(2, 2)), Pattern(20, (Block(0, 4, 2), Block(2, 2), Block(9, 1, 3)), 2)),
    (Insert(2, Block(2, 2)), Pattern(20, (Block(0, 4, 2), Block(9, 1, 3), Block(2, 2)), 2)),
    (Drop(0), Pattern(20, (Block(9, 1, 3),), 2)),
    (Swap(0, 1), Pattern(20, (Block(9, 1, 3), Block(0, 4, 2)), 2)),
    (Repeat(5), Pattern(20, PATTERN.blocks, 5)),
    (Reprompt(3), Pattern(20, (Block(3, 4, 2), Block(3, 1, 3)), 2)),
    (Remember(30), Pattern(30, PATTERN.blocks, 2)),
]


@pytest.mark.parametrize(("mutation", "expected"), CASES, ids=lambda case: type(case).__name__)
def test_mutation(mutation: Mutation, expected: Pattern) -> None:
    assert mutation.apply(PATTERN) == expected


def test_every_kind_is_covered() -> None:
    assert {type(mutation) for mutation, _ in CASES} == set(get_args(Mutation))


def test_record_round_trip() -> None:
    mutations = [mutation for mutation, _ in CASES]
    text = msgspec.json.encode(mutations)
    assert msgspec.json.decode(text, type=list[Mutation]) == mutations


def test_the_last_block_stays() -> None:
    alone = Pattern(4, (Block(0, 1),))
    assert Drop(0).apply(alone) == alone


def test_mutations_apply_in_order() -> None:
    changed = apply_all(PATTERN, [Drop(0), Recount(0, 1), Repeat(1)])
    assert changed == Pattern(20, (Block(9, 1, 1),), 1)


def test_phenotype() -> None:
    pattern = Pattern(20, (Block(0, 4, 2, 1), Block(9, 1)), 2)
    row = [Request(1, 0, 4)] * 2 + [Request(0, 9, 1)]
    instance = pattern.instance()
    assert instance.memory == 20
    assert list(instance.requests) == row * 2
    assert (pattern.size, pattern.max_peak, pattern.steps) == (6, 10, 18)
    for column, expected in zip(pattern.columns(), instance.arrays, strict=True):
        assert column.tolist() == expected.tolist()


def test_a_pattern_is_found_in_its_requests() -> None:
    assert pattern_of(20, PATTERN.columns()) == PATTERN
    longer = Pattern(20, (Block(0, 4, 2), Block(9, 1, 3), Block(0, 4, 1, 2)))
    assert pattern_of(20, longer.columns()) == longer


@pytest.mark.parametrize(("largest", "spread"), [(1, 0), (8, 1), (9, 2), (128, 2), (129, 3)])
def test_spread_of_volumes(largest: int, spread: int) -> None:
    assert Pattern(200, (Block(0, 1), Block(largest - 1, 1))).spread == spread


def test_types_of_one_volume_are_all_of_them() -> None:
    for volume in range(1, 60):
        every = [(s, o) for o in range(1, 60) for s in range(60) if s * o + o * (o + 1) // 2 == volume]
        assert list(types_of_volume(volume)) == every

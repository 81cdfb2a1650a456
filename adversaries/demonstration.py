"""Demonstrating a lower bound: a family evaluated at growing sizes, every ratio certified by the checker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import msgspec

from adversaries.evaluation import Evaluator
from adversaries.families import FAMILIES, Family
from adversaries.pattern import Pattern
from adversaries.witness import UnsoundWitnessError, build_witness
from cr_toolkit.checker import check_data
from cr_toolkit.model import Schedule
from cr_toolkit.model.formats import LowerBoundRecord, WitnessRecord, to_json
from cr_toolkit.policies import make_policy
from cr_toolkit.simulation import simulate
from lp_models.bounds import best_lower_bound

SIZES = (1, 2, 3)
"""The sizes at which a family is evaluated unless told otherwise."""

MOST_REQUESTS = 20_000
MOST_STEPS = 1 << 20
"""Larger instances take too long to be shown."""

LEAST_GROWTH = 2
"""A ratio without a limit at least doubles from the first to the last of ``SIZES``."""

LEAST_SHARE = Fraction(2, 3)
"""A ratio with a limit reaches at least this share of it."""


@dataclass(frozen=True)
class Member:
    """One instance of a family, with the ratio the checker certified.

    Attributes:
        parameter: the value of the parameter along which the family grows.
        ratio: policy cost over the cost of a feasible schedule.
        witness: what the checker accepted.
    """

    parameter: int
    ratio: Fraction
    witness: WitnessRecord


def members(name: str, alpha: Fraction, sizes: Sequence[int] = SIZES) -> tuple[Member, ...]:
    """Return the instances of a family at memory share ``alpha``, certified.

    There are none where the family has none, or where one has more than ``MOST_REQUESTS`` requests or ``MOST_STEPS``
    steps of output.

    Raises:
        InputError: if there is no such family, or its policy is not registered.
        UnsoundWitnessError: if the checker rejects what was found.
    """
    family = FAMILIES[name]()
    chosen = [parameters for size in sizes if (parameters := family.parameters(alpha, size)) is not None]
    patterns = [family.pattern(**parameters) for parameters in chosen]
    if any(pattern.size > MOST_REQUESTS or pattern.steps > MOST_STEPS for pattern in patterns):
        return ()
    return tuple(
        Member(parameters[family.growing], *_certified(name, family, pattern))
        for parameters, pattern in zip(chosen, patterns, strict=True)
    )


def grows(points: Sequence[Member]) -> bool:
    """Return whether the certified ratios rise from each size to the next and at least double from first to last."""
    return _rising(points) and points[-1].ratio >= LEAST_GROWTH * points[0].ratio


def approaches(points: Sequence[Member], limit: Fraction) -> bool:
    """Return whether the certified ratios rise from each size to the next, come close to ``limit`` and stay below."""
    return _rising(points) and LEAST_SHARE * limit <= points[-1].ratio <= limit


def _rising(points: Sequence[Member]) -> bool:
    return len(points) > 1 and all(low.ratio < high.ratio for low, high in pairwise(points))


def _certified(name: str, family: Family, pattern: Pattern) -> tuple[Fraction, WitnessRecord]:
    policy, admission = make_policy(family.policy), min(family.admissions)
    instance = pattern.instance()
    evaluation = Evaluator(policy, admission, family.queue).evaluate(pattern)
    run = simulate(instance, policy, admission=admission, queue=family.queue)
    bound = best_lower_bound(instance)
    witness = build_witness(
        instance,
        run,
        Schedule(tuple(evaluation.starts.tolist())),
        LowerBoundRecord(bound.integer, bound.method, bound.certificate),
        {"family": name, "pattern": msgspec.to_builtins(pattern)},
    )
    verdict = check_data(to_json(witness).encode())
    if not verdict.accepted:
        raise UnsoundWitnessError(f"the checker rejected the witness of family {name}: {verdict.reason}")
    return Fraction(witness.ratio.lower), witness

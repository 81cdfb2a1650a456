"""Holding a measured ratio to a bound: exact, and trusting only what was certified."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance
from proofs.theorem import THEOREMS, Kind, Setting, Theorem


class Verdict(StrEnum):
    """What a run says about a bound."""

    HOLDS = "holds"
    """cost / lower <= bound, so cost / OPT is."""

    VIOLATED = "violated"
    """cost / upper > bound, so cost / OPT is."""

    UNDECIDED = "undecided"
    """The bracket of OPT contains both answers."""

    OUT_OF_SCOPE = "out-of-scope"
    """A premise of the theorem fails, or it gives no constant."""


@dataclass(frozen=True)
class Judgement:
    """A theorem's bound held against one run.

    Attributes:
        theorem: the theorem's id, or "" for a plain number.
        bound: the bound on cost / OPT, or None when the theorem gives none here.
        verdict: what the run says about it.
        reason: a clause saying why.
    """

    theorem: str
    bound: Fraction | None
    verdict: Verdict
    reason: str


def judge(
    theorem: Theorem,
    instance: Instance,
    setting: Setting,
    cost: int,
    lower: Fraction | int | None,
    upper: int | None,
) -> Judgement:
    """Hold one run to a theorem.

    Args:
        theorem: the theorem.
        instance: what was scheduled.
        setting: policy, parameters, admission rule and queue of the run.
        cost: the policy's total latency (steps).
        lower: a certified lower bound on OPT (steps), or None.
        upper: the cost of a feasible schedule (steps), or None.

    Raises:
        InputError: if ``cost`` or ``upper`` is not positive, or ``lower`` exceeds ``upper``.
    """
    failure = theorem.failed_hypothesis(instance, setting)
    if failure is not None:
        return Judgement(theorem.id, None, Verdict.OUT_OF_SCOPE, failure)
    bound = theorem.bound(instance)
    if theorem.kind is Kind.LOWER or bound is None:
        reason = "it bounds the ratio from below" if theorem.kind is Kind.LOWER else "it gives no constant"
        return Judgement(theorem.id, None, Verdict.OUT_OF_SCOPE, reason)
    judged = judge_bound(bound, cost, lower, upper)
    return Judgement(theorem.id, bound, judged.verdict, judged.reason)


def judge_bound(bound: Fraction, cost: int, lower: Fraction | int | None, upper: int | None) -> Judgement:
    """Hold one run to a plain number; arguments and errors as for ``judge``."""
    if cost <= 0 or (upper is not None and upper <= 0):
        raise InputError(f"must be positive, got cost {cost} and upper bound {upper}", field="total latency")
    if lower is not None and upper is not None and lower > upper:
        raise InputError(f"must not exceed the upper bound {upper}, got {lower}", field="lower bound")
    if upper is not None and cost * bound.denominator > bound.numerator * upper:
        reason = f"a feasible schedule costs {upper}, and {cost}/{upper} > {bound}"
        return Judgement("", bound, Verdict.VIOLATED, reason)
    if lower is not None and cost * bound.denominator <= bound.numerator * lower:
        return Judgement("", bound, Verdict.HOLDS, f"OPT is at least {lower}, and {cost} <= {bound} * {lower}")
    known = f"[{'0' if lower is None else lower}, {'unknown' if upper is None else upper}]"
    return Judgement("", bound, Verdict.UNDECIDED, f"OPT is only known to lie in {known}")


def applicable(setting: Setting, instance: Instance | None = None) -> tuple[Theorem, ...]:
    """Return the theorems that bound a run's ratio from above by a constant, sorted by id.

    Without an instance, those whose policy, admission rule and queue match; with one, those whose every premise holds.
    """
    found = []
    for _, theorem in THEOREMS.items():
        if theorem.kind is Kind.LOWER or theorem.instance_bound is None:
            continue
        failure = theorem.failed_setting(setting)
        if failure is None and instance is not None:
            failure = theorem.failed_hypothesis(instance, setting)
        if failure is None:
            found.append(theorem)
    return tuple(found)

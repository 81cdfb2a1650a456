"""Shrunk witnesses and lifted families in words and as results."""

from __future__ import annotations

from fractions import Fraction

from adversaries.lifting import Growth, Lifted
from adversaries.lifting.formula import construction, formula
from cr_toolkit.model.formats import WitnessRecord
from cr_toolkit.report.results.searching import LiftedBlockResult, LiftMember, LiftResult
from cr_toolkit.report.wording import bracket, decimal

_SHOWN = 8


def witness_facts(witness: WitnessRecord, path: str) -> list[tuple[str, str]]:
    """Return a witness in a few lines, its requests in short."""
    low, high = Fraction(witness.ratio.lower), Fraction(witness.ratio.upper)
    records = witness.instance.requests
    kinds = ", ".join(
        f"({record.prompt}, {record.output})"
        + (f" x {record.count}" if record.count > 1 else "")
        + (f" at {record.arrival}" if record.arrival else "")
        for record in records[:_SHOWN]
    )
    more = f", and {len(records) - _SHOWN} more" if len(records) > _SHOWN else ""
    upper, lower = witness.optimum.upper.cost, witness.optimum.lower.value
    known = f"{upper:,}" if upper == lower else f"between {lower:,} and {upper:,}"
    return [
        ("ratio", bracket(low, high)),
        ("instance", f"M = {witness.instance.memory:,}, alpha = {witness.alpha}: {kinds}{more}"),
        ("total latency", f"{witness.policy_schedule.cost:,}, optimum {known}"),
        ("witness", f"{path} (accepted by the checker)"),
    ]


def lift_facts(lifted: Lifted, growth: Growth, family: str | None) -> list[tuple[str, str]]:
    """Return a lifted family as (name, value) pairs."""
    facts = [("family", construction(lifted))]
    if lifted.members not in ((), (1,)):
        out = f"; {lifted.left_out} left out" if lifted.left_out else ""
        facts.append(("members", f"k = {', '.join(map(str, lifted.members))}{out}"))
    shown = growth.members[-_SHOWN:]
    facts.append(("certified", ", ".join(f"{decimal(one.ratio, 3, towards='down')} at k = {one.k}" for one in shown)))
    facts.append(("trend", _trend(growth)))
    if family is not None:
        facts.append(("file", family))
    return facts


def _trend(growth: Growth) -> str:
    if growth.trend == "unbounded" and growth.per_doubling is not None:
        return f"keeps growing, by a factor of {decimal(growth.per_doubling, 2)} when k doubles; no limit in sight"
    if growth.trend == "growing" and growth.limit is not None:
        return f"grows towards about {decimal(growth.limit, 3)} (extrapolated as a + b/k, no proof)"
    return "does not grow"


def lift_result(policy: str, lifted: Lifted, growth: Growth, family: str | None) -> LiftResult:
    """Return a lifted family as the document of ``--format json``."""
    return LiftResult(
        policy=policy,
        memory=formula(lifted.memory),
        blocks=tuple(LiftedBlockResult(*map(formula, block)) for block in lifted.blocks),
        repeat=formula(lifted.repeat),
        members=lifted.members,
        left_out=lifted.left_out,
        ratios=tuple(
            LiftMember(k=one.k, ratio=str(one.ratio), alpha=str(one.alpha), requests=one.requests)
            for one in growth.members
        ),
        trend=growth.trend,
        limit=None if growth.limit is None else str(growth.limit),
        family=family,
    )

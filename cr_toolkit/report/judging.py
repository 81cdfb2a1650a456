"""Holding a witness to theorems and bounds, once the checker has accepted it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from cr_toolkit.checker import check_data
from cr_toolkit.errors import CrtoolError
from cr_toolkit.model.formats import WitnessRecord, to_json
from cr_toolkit.policies import Admission, Queue
from cr_toolkit.report.results.base import TheoremVerdict
from cr_toolkit.report.wording import ratio
from proofs.theorem import Setting, Theorem
from proofs.verdict import Judgement, Verdict, applicable, judge, judge_bound

USER_BOUND = "bound"
"""The id, in results, of a bound given by the user."""


class RejectedWitnessError(CrtoolError):
    """A witness that the checker does not accept, so that nothing may be claimed from it."""


class Bounds(NamedTuple):
    """What a policy is held to.

    Attributes:
        theorems: these theorems; None for all that apply.
        numbers: these bounds on the ratio.
    """

    theorems: tuple[Theorem, ...] | None = None
    numbers: tuple[Fraction, ...] = ()


def setting_of(witness: WitnessRecord) -> Setting:
    """Return how the policy of a witness was run."""
    parameters = dict(witness.policy.parameters)
    admission, queue = Admission(str(parameters.pop("admission"))), Queue(str(parameters.pop("queue")))
    return Setting(witness.policy.name, parameters, admission, queue)


def judge_witness(witness: WitnessRecord, bounds: Bounds) -> tuple[Judgement, ...]:
    """Hold a witness to ``bounds``; the user's numbers come first.

    Raises:
        RejectedWitnessError: if the checker does not accept the witness.
    """
    verdict = check_data(to_json(witness).encode())
    if not verdict.accepted:
        raise RejectedWitnessError(f"the checker rejected the witness: {verdict.reason}")
    instance, setting = witness.instance.to_instance(), setting_of(witness)
    cost, upper, lower = witness.policy_schedule.cost, witness.optimum.upper.cost, witness.optimum.lower.value
    theorems = applicable(setting, instance) if bounds.theorems is None else bounds.theorems
    return (
        *(judge_bound(number, cost, lower, upper) for number in bounds.numbers),
        *(judge(theorem, instance, setting, cost, lower, upper) for theorem in theorems),
    )


def as_results(judgements: Iterable[Judgement]) -> tuple[TheoremVerdict, ...]:
    """Return judgements as they are printed."""
    return tuple(
        TheoremVerdict(
            id=judgement.theorem or USER_BOUND,
            bound=None if judgement.bound is None else str(judgement.bound),
            verdict=judgement.verdict.value,
        )
        for judgement in judgements
    )


_WORST_FIRST = (Verdict.VIOLATED, Verdict.UNDECIDED, Verdict.HOLDS, Verdict.OUT_OF_SCOPE)


def worst(judgements: Sequence[Judgement]) -> Verdict:
    """Return the gravest verdict; out-of-scope if there is none."""
    return min((judgement.verdict for judgement in judgements), key=_WORST_FIRST.index, default=Verdict.OUT_OF_SCOPE)


def name_of(judgement: Judgement) -> str:
    """Return the theorem's id, or what to call a bound the user gave."""
    return judgement.theorem or "your bound"


def words(judgement: Judgement) -> str:
    """Return the verdict, the bound and, unless it holds, why."""
    bound = "" if judgement.bound is None else f", bound {ratio(judgement.bound)}"
    why = "" if judgement.verdict is Verdict.HOLDS else f": {judgement.reason}"
    return f"{judgement.verdict.value}{bound}{why}"

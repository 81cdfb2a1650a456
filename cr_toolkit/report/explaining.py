"""Explaining a witness: its run put through the proofs of the theorems that apply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import floor

from cr_toolkit.checker import check_data
from cr_toolkit.errors import CrtoolError, InputError
from cr_toolkit.model import Instance, Schedule
from cr_toolkit.model.formats import WitnessRecord, to_json
from cr_toolkit.report.judging import RejectedWitnessError, setting_of
from cr_toolkit.report.results.proving import EvaluatedLemma, ExplainedTheorem, ExplainResult, LemmaRow, ProofStep
from cr_toolkit.simulation import simulate
from proofs.explanation import Explanation, LemmaOnRun, explain
from proofs.lemma import Number, Row
from proofs.theorem import THEOREMS, Theorem
from proofs.verdict import Judgement, applicable, judge

_LONGEST = 40
_GRID = 10**6


def explain_witness(
    witness: WitnessRecord, names: Sequence[str] = ()
) -> tuple[tuple[Explanation, ...], tuple[Judgement, ...]]:
    """Return the explanation and the verdict of each theorem: those named, or all that apply, the best bound first.

    Raises:
        RejectedWitnessError: if the checker does not accept the witness.
        InputError: if no theorem applies, or one that is named does not.
    """
    accepted = check_data(to_json(witness).encode())
    if not accepted.accepted:
        raise RejectedWitnessError(f"the checker rejected the witness: {accepted.reason}")
    instance, setting = witness.instance.to_instance(), setting_of(witness)
    found = applicable(setting, instance)
    theorems = tuple(_named(name, found) for name in names) if names else _best_first(found, instance)
    for theorem in theorems:
        if theorem not in found:
            reason = theorem.failed_hypothesis(instance, setting) or "it does not bound the ratio by a constant"
            raise InputError(f"does not apply: {reason}", field=f"theorem {theorem.id}")
    if not theorems:
        rule = "is bounded by no theorem under these rules on this instance"
        raise InputError(rule, field=f"policy {setting.policy}")
    run = simulate(
        instance,
        setting.policy,
        parameters=setting.parameters,
        admission=setting.admission,
        queue=setting.queue,
    )
    if run.cost != witness.policy_schedule.cost:
        raise CrtoolError(f"the policy costs {run.cost} here and {witness.policy_schedule.cost} in the witness")
    upper, lower = witness.optimum.upper, witness.optimum.lower.value
    judgements = tuple(judge(theorem, instance, setting, run.cost, lower, upper.cost) for theorem in theorems)
    return explain(run, Schedule(upper.start), theorems), judgements


def _best_first(theorems: Iterable[Theorem], instance: Instance) -> tuple[Theorem, ...]:
    """Return theorems that apply to ``instance``, the smallest bound first."""
    bounded = [(theorem.bound(instance), theorem.id, theorem) for theorem in theorems]
    return tuple(theorem for bound, _, theorem in sorted((b, i, t) for b, i, t in bounded if b is not None))


def _named(name: str, found: Iterable[Theorem]) -> Theorem:
    return next((theorem for theorem in found if theorem.id == name), None) or THEOREMS[name]


def as_result(
    path: str, witness: WitnessRecord, explained: Sequence[Explanation], judgements: Sequence[Judgement]
) -> ExplainResult:
    """Return explanations as they are printed."""
    return ExplainResult(
        witness=path,
        policy=witness.policy.name,
        cost=witness.policy_schedule.cost,
        upper=witness.optimum.upper.cost,
        lower=witness.optimum.lower.value,
        theorems=tuple(
            ExplainedTheorem(
                id=one.theorem,
                bound=str(one.bound),
                verdict=judgement.verdict.value,
                steps=tuple(
                    ProofStep(lemma=x.lemma, formula=x.formula, value=number_text(x.value), lost=number_text(x.lost))
                    for x in one.steps
                ),
                loses_most=one.losses[0][0],
                proof=tuple(lemma.lemma for lemma in one.lemmas),
                note=one.note,
            )
            for one, judgement in zip(explained, judgements, strict=True)
        ),
        lemmas=tuple(_lemma(lemma) for lemma in all_lemmas(explained)),
    )


def all_lemmas(explained: Iterable[Explanation]) -> tuple[LemmaOnRun, ...]:
    """Return the lemmas of all proofs once each, premises before conclusions."""
    return tuple({lemma.lemma: lemma for one in explained for lemma in one.lemmas}.values())


def _lemma(lemma: LemmaOnRun) -> EvaluatedLemma:
    return EvaluatedLemma(
        id=lemma.lemma,
        statement=lemma.statement,
        rows=lemma.rows,
        broken=lemma.broken,
        slack=None if lemma.slack is None else str(lemma.slack),
        tightest=_row(lemma.tightest),
        loosest=_row(lemma.loosest),
        skipped=lemma.skipped,
    )


def _row(row: Row | None) -> LemmaRow | None:
    return None if row is None else LemmaRow(label=row.label, lhs=number_text(row.lhs), rhs=number_text(row.rhs))


def number_text(value: Number) -> str:
    """Return a number exactly or, beyond 40 characters, rounded down to a multiple of 1/10^6."""
    rounded = str(Fraction(floor(value * _GRID), _GRID))
    # Four bits are more than a digit; Python refuses to write out numbers of thousands of digits.
    if max(value.numerator.bit_length(), value.denominator.bit_length()) > 4 * _LONGEST:
        return rounded
    exact = str(value)
    return exact if len(exact) <= _LONGEST else rounded

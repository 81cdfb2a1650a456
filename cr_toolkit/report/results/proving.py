"""Results of `theorem list|show|check|attack` and of `explain`."""

from __future__ import annotations

from cr_toolkit.model.formats import InstanceRecord, NonNegative, RationalText
from cr_toolkit.report.results.base import Record, Steps, Verdict


class ShareBound(Record, frozen=True):
    """A theorem's bound for all instances of memory share at most ``alpha``; null outside its range."""

    alpha: RationalText
    bound: RationalText | None


class ProofLemma(Record, frozen=True):
    """A lemma of a proof and the lemmas it rests on."""

    id: str
    statement: str
    uses: tuple[str, ...]


class TheoremResult(Record, frozen=True):
    """A theorem with its premises, its source and its bound at a few memory shares.

    ``lemmas`` is the proof, premises before conclusions; only ``theorem show`` gives it.
    """

    id: str
    statement: str
    policy: str
    information: str
    traffic: str
    admission: tuple[str, ...]
    queue: tuple[str, ...]
    hypotheses: tuple[str, ...]
    formula: str
    kind: str
    status: str
    source: str
    version: str
    proof: str | None
    values: tuple[ShareBound, ...]
    lemmas: tuple[ProofLemma, ...] = ()


class TheoremList(Record, frozen=True, tag_field="format", tag="crtool/theorems/1"):
    """``theorem list`` and ``theorem show``."""

    theorems: tuple[TheoremResult, ...]


class CheckedLemma(Record, frozen=True):
    """What was checked of a lemma: algebraic steps, inequalities on runs, and the largest lhs/rhs met."""

    id: str
    steps: NonNegative
    rows: NonNegative
    tightest: RationalText | None


class ProofProblem(Record, frozen=True):
    """Why a proof is rejected; ``instance`` breaks the lemma."""

    lemma: str
    reason: str
    instance: InstanceRecord | None


class TheoremCheck(Record, frozen=True, tag_field="format", tag="crtool/theorem-check/1"):
    """``theorem check``; ``unproved`` lists theorems that have no proof here and claim none."""

    passed: bool
    theorems: tuple[str, ...]
    instances: NonNegative
    seed: int
    lemmas: tuple[CheckedLemma, ...]
    problems: tuple[ProofProblem, ...]
    unproved: tuple[str, ...]


class AttackedLemma(Record, frozen=True):
    """The tightest row found for a lemma: lhs/rhs, above 1 only if it is broken, and the run it was met on."""

    id: str
    rows: NonNegative
    ratio: RationalText | None
    row: str | None
    broken: bool
    instance: InstanceRecord | None
    policy: str | None
    admission: str | None
    queue: str | None


class TheoremAttack(Record, frozen=True, tag_field="format", tag="crtool/theorem-attack/1"):
    """``theorem attack``: hill climbing for each lemma."""

    evaluations: NonNegative
    seed: int
    lemmas: tuple[AttackedLemma, ...]


class ProofStep(Record, frozen=True):
    """One step of a proof on a run: the expression after it, its value and how much was lost (steps)."""

    lemma: str
    formula: str
    value: RationalText
    lost: RationalText


class LemmaRow(Record, frozen=True):
    """One inequality ``lhs <= rhs`` of a lemma."""

    label: str
    lhs: RationalText
    rhs: RationalText


class EvaluatedLemma(Record, frozen=True):
    """A lemma's inequalities on a run; ``slack`` is the mean of (rhs - lhs)/max(|lhs|, |rhs|)."""

    id: str
    statement: str
    rows: NonNegative
    broken: NonNegative
    slack: RationalText | None
    tightest: LemmaRow | None
    loosest: LemmaRow | None
    skipped: str | None


class ExplainedTheorem(Record, frozen=True):
    """A theorem's proof on a witness, from the policy's cost up to bound x upper; ``proof`` lists its lemmas."""

    id: str
    bound: RationalText
    verdict: Verdict
    steps: tuple[ProofStep, ...]
    loses_most: str
    proof: tuple[str, ...]
    note: str | None


class ExplainResult(Record, frozen=True, tag_field="format", tag="crtool/explain/1"):
    """``explain``; numbers of more than 40 characters are rounded down to a multiple of 1/10^6."""

    witness: str
    policy: str
    cost: Steps
    upper: Steps
    lower: Steps
    theorems: tuple[ExplainedTheorem, ...]
    lemmas: tuple[EvaluatedLemma, ...]

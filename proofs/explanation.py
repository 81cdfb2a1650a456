"""Where a proof is loose: a theorem's proof evaluated on one run, lemma by lemma."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from cr_toolkit.model import Schedule
from cr_toolkit.simulation import Run
from proofs.check import proof_lemmas
from proofs.ladder import Rung
from proofs.lemma import EVERY_PREFIX, PREFIX_LIMIT, Lemma, Row
from proofs.theorem import Setting, Theorem
from proofs.trial import Trial
from proofs.verdict import applicable

_GRID = 10**6


@dataclass(frozen=True)
class Loss:
    """One step of a proof on one run.

    Attributes:
        lemma: the lemma that allows the step.
        formula: the expression after the step.
        value: what it is on this run (steps).
        lost: how much larger it is than the expression before (steps).
    """

    lemma: str
    formula: str
    value: Fraction
    lost: Fraction


@dataclass(frozen=True)
class LemmaOnRun:
    """A lemma's inequalities on one run.

    Attributes:
        lemma: its id.
        statement: what it says.
        rows: inequalities evaluated; 0 where the lemma says nothing or was skipped.
        broken: how many of them fail.
        slack: mean of (rhs - lhs)/max(|lhs|, |rhs|), at most 1 each, rounded down to 1/10^6; None without rows.
        tightest: the row of least such slack.
        loosest: the row of most such slack.
        skipped: why no row was evaluated although there are some, or None.
    """

    lemma: str
    statement: str
    rows: int
    broken: int
    slack: Fraction | None
    tightest: Row | None
    loosest: Row | None
    skipped: str | None


@dataclass(frozen=True)
class Explanation:
    """A theorem's proof on one run.

    Attributes:
        theorem: its id.
        bound: the bound on cost / OPT for the instance.
        cost: the policy's total latency (steps).
        other: the total latency of the schedule in the place of OPT (steps).
        steps: from ``cost`` up to ``bound * other``; a single one if the proof is not read on the run.
        lemmas: the lemmas of the proof, premises before conclusions.
        note: why there is a single step, or None.
    """

    theorem: str
    bound: Fraction
    cost: int
    other: int
    steps: tuple[Loss, ...]
    lemmas: tuple[LemmaOnRun, ...]
    note: str | None

    @property
    def losses(self) -> tuple[tuple[str, Fraction], ...]:
        """Return (lemma, what its steps lose together), the largest loss first."""
        total: dict[str, Fraction] = {}
        for step in self.steps:
            total[step.lemma] = total.get(step.lemma, Fraction(0)) + step.lost
        return tuple(sorted(total.items(), key=lambda item: (-item[1], item[0])))


def explain(run: Run, schedule: Schedule, theorems: Iterable[Theorem] | None = None) -> tuple[Explanation, ...]:
    """Evaluate the proofs of theorems on a run, with a feasible schedule in the place of OPT.

    Args:
        run: the policy's run.
        schedule: a feasible schedule of the same instance; what is claimed of OPT is claimed of it.
        theorems: theorems whose every premise holds on the run, or None for all of them.
    """
    chosen = applicable(Setting.of(run), run.instance) if theorems is None else tuple(theorems)
    trial = Trial(run, (schedule,))
    seen: dict[str, LemmaOnRun] = {}
    return tuple(_explain(theorem, trial, schedule, seen) for theorem in chosen)


def _explain(theorem: Theorem, trial: Trial, schedule: Schedule, seen: dict[str, LemmaOnRun]) -> Explanation:
    bound = theorem.bound(trial.run.instance)
    if bound is None:
        raise ValueError(f"{theorem.id} gives no constant")
    cost, other = trial.run.cost, schedule.total_latency(trial.run.instance)
    rungs = None if theorem.ladder is None else theorem.ladder(trial, schedule)
    note = None
    if rungs is None:
        rungs = (Rung(theorem.id, "bound x TEL'", bound * other),)
        note = "its proof is not here" if theorem.ladder is None else "the run is too long for its proof to be read on"
    steps, before = [], Fraction(cost)
    for rung in rungs:
        steps.append(Loss(rung.lemma, rung.formula, Fraction(rung.value), rung.value - before))
        before = Fraction(rung.value)
    return Explanation(theorem.id, bound, cost, other, tuple(steps), _lemmas(theorem, trial, seen), note)


def _lemmas(theorem: Theorem, trial: Trial, seen: dict[str, LemmaOnRun]) -> tuple[LemmaOnRun, ...]:
    order = proof_lemmas([theorem.id])
    for lemma in order:
        if lemma.id not in seen:
            seen[lemma.id] = _evaluate(lemma, trial)
    return tuple(seen[lemma.id] for lemma in order)


def _evaluate(lemma: Lemma, trial: Trial) -> LemmaOnRun:
    requests = len(trial.run.order)
    if lemma.id in EVERY_PREFIX and requests > PREFIX_LIMIT:
        reason = f"looking at every prefix anew is too much beyond {PREFIX_LIMIT} requests"
        return LemmaOnRun(lemma.id, lemma.statement, 0, 0, None, None, None, reason)
    rows = broken = total = 0
    tightest: tuple[Fraction, Row] | None = None
    loosest: tuple[Fraction, Row] | None = None
    for row in lemma.rows(trial):
        slack = relative_slack(row)
        rows += 1
        broken += row.lhs > row.rhs
        total += floor(slack * _GRID)
        if tightest is None or slack < tightest[0]:
            tightest = (slack, row)
        if loosest is None or slack > loosest[0]:
            loosest = (slack, row)
    skipped = None
    if rows == 0 and not trial.stepwise and lemma.id.startswith("chain-") and trial.share is not None:
        skipped = "looking at every step is too much for a run this long"
    return LemmaOnRun(
        lemma.id,
        lemma.statement,
        rows,
        broken,
        Fraction(total // rows, _GRID) if rows else None,
        tightest[1] if tightest else None,
        loosest[1] if loosest else None,
        skipped,
    )


def relative_slack(row: Row) -> Fraction:
    """Return (rhs - lhs)/max(|lhs|, |rhs|), at most 1; 0 when both are 0."""
    scale = max(abs(Fraction(row.lhs)), abs(Fraction(row.rhs)))
    return min(Fraction(1), row.slack / scale) if scale else Fraction(0)

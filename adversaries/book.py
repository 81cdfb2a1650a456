"""The book of a search: the witness of its best candidate, saved whenever it improves."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import msgspec

from adversaries.evaluation import Evaluator
from adversaries.pattern import Block, Pattern
from adversaries.searchers import Scored
from adversaries.tasks import Setting
from adversaries.witness import build_witness
from cr_toolkit import __version__
from cr_toolkit.model import Schedule
from cr_toolkit.model.formats import LowerBoundRecord, WitnessRecord, write_witness
from cr_toolkit.simulation import simulate
from lp_models.bounds import best_lower_bound
from lp_models.upper import upper_bound

_POLISHED = 200
_POLISHED_STEPS = 10_000
_POLISH = 50_000
"""Up to so many requests and steps, the best candidate gets this many evaluations of annealing at the end."""


class Improvement(NamedTuple):
    """A new best: after how many evaluations, its certified ratio and its number of requests."""

    evaluations: int
    ratio: Fraction
    requests: int


class Book:
    """Keeps the witness of the best candidate.

    Args:
        setting: what is attacked.
        searcher: the searcher's name, for the witness's provenance.
        paths: files that receive the witness.
        earlier: what an earlier sitting of the search left in them; it stays as long as nothing is as bad.
    """

    def __init__(
        self, setting: Setting, searcher: str, paths: Sequence[Path] = (), earlier: WitnessRecord | None = None
    ) -> None:
        self._setting = setting
        self._searcher = searcher
        self._evaluator = setting.evaluator()
        self._paths = paths
        self._earlier = earlier
        self._witness: WitnessRecord | None = None
        self.history: list[Improvement] = []

    @property
    def path(self) -> Path | None:
        """The first of its files."""
        return self._paths[0] if self._paths else None

    @property
    def witness(self) -> WitnessRecord:
        """The best witness; of the smallest candidate there is if nothing was found in time."""
        if self._witness is None:
            space = self._setting.space
            output = space.outputs[0] or 1
            self.enter(Scored(Pattern(space.least_memory(output), (Block(0, output),)), Fraction(1)), 0)
        assert self._witness is not None
        if self._earlier is not None and _ratio(self._earlier) > _ratio(self._witness):
            return self._earlier
        return self._witness

    def polish(self, best: Scored) -> None:
        """Look once more, and longer, for a cheaper schedule of the best candidate."""
        if self.history and best.pattern.size <= _POLISHED and best.pattern.steps <= _POLISHED_STEPS:
            self.enter(best, self.history[-1].evaluations, polish=True)

    def enter(self, scored: Scored, evaluations: int, *, polish: bool = False) -> None:
        """Take in a new best, found after so many evaluations."""
        annealing = _POLISH if polish else 0
        witness = witness_of(self._setting, self._evaluator, self._searcher, scored, evaluations, annealing=annealing)
        improvement = Improvement(evaluations, _ratio(witness), len(witness.policy_schedule.start))
        if self.history and improvement.ratio <= self.history[-1].ratio:
            return
        self._witness = witness
        self.history.append(improvement)
        self.save()

    def save(self) -> None:
        """Write the best witness to its files."""
        for path in self._paths:
            write_witness(path, self.witness)


def witness_of(
    setting: Setting, evaluator: Evaluator, searcher: str, scored: Scored, evaluations: int, *, annealing: int = 0
) -> WitnessRecord:
    """Return the witness of a candidate.

    Args:
        setting: what was attacked.
        evaluator: of that setting.
        searcher: the name of what found it.
        scored: the candidate.
        evaluations: how many were made by then.
        annealing: how many steps of annealing to spend on a cheaper schedule.
    """
    instance = scored.pattern.instance()
    run = simulate(
        instance, setting.policy, parameters=setting.parameters, admission=setting.admission, queue=setting.queue
    )
    upper = Schedule(tuple(evaluator.evaluate(scored.pattern, scored.known).starts.tolist()))
    if annealing:
        upper = min(upper, upper_bound(instance, evaluations=annealing)[0], key=lambda s: s.total_latency(instance))
    bound = best_lower_bound(instance)
    lower = LowerBoundRecord(bound.integer, bound.method, bound.certificate)
    provenance = {
        "searcher": searcher,
        "seed": setting.seed,
        "evaluations": evaluations,
        "version": __version__,
        "pattern": msgspec.to_builtins(scored.pattern),
    }
    return build_witness(instance, run, upper, lower, provenance)


def _ratio(witness: WitnessRecord) -> Fraction:
    return Fraction(witness.ratio.lower)

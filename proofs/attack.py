"""Aiming at one lemma: hill climbing over instances for the row whose left side comes closest to the right one.

A row with lhs > rhs refutes the lemma. What is found otherwise says how tight the lemma is known to be; it proves
nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from cr_toolkit.model import Instance
from proofs.check import proof_graph
from proofs.lemma import LEMMAS, Lemma, Row
from proofs.sample import sample_instances, trials
from proofs.theorem import THEOREMS, Setting, Theorem
from proofs.trial import Trial

MOST_REQUESTS = 14
MOST_MEMORY = 240

_PATIENCE = 60
"""After so many candidates without progress the climb starts anew."""

Sizes = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Attack:
    """The tightest row found.

    Attributes:
        lemma: the lemma's id.
        evaluations: instances evaluated.
        rows: rows evaluated.
        ratio: largest lhs/rhs with 0 < lhs, or None if there was no such row; above 1 the lemma is refuted.
        row: that row, or None.
        trial: the run it was met on, or None.
    """

    lemma: str
    evaluations: int
    rows: int
    ratio: Fraction | None
    row: Row | None
    trial: Trial | None

    @property
    def broken(self) -> bool:
        """Whether the lemma is refuted."""
        return self.row is not None and self.row.lhs > self.row.rhs


def attack(lemma: str, evaluations: int = 2000, seed: int = 0) -> Attack:
    """Climb towards the tightest row of a lemma; a function of the arguments.

    Args:
        lemma: the lemma's id.
        evaluations: instances to evaluate (>= 1).
        seed: of the instances.

    Raises:
        InputError: if there is no such lemma.
    """
    climber = _Climber(LEMMAS[lemma])
    generator = random.Random(f"{seed} {lemma}")
    fresh = sample_instances(evaluations, seed=generator.randrange(2**32))
    current: Instance | None = None
    height, stale = Fraction(-1), 0
    for _ in range(evaluations):
        if current is None or stale > _PATIENCE:
            candidate, height, stale = next(fresh), Fraction(-1), 0
        else:
            candidate = _moved(current, generator)
        reached = climber.evaluate(candidate)
        stale += 1
        if climber.broken:
            break
        if reached is not None and reached >= height:
            stale = 0 if reached > height else stale
            current, height = candidate, reached
        elif current is None or height < 0:
            current = None
    return climber.result


class _Climber:
    """Evaluates a lemma on the runs of the theorems that rest on it, and keeps the tightest row."""

    def __init__(self, lemma: Lemma) -> None:
        self._lemma = lemma
        self._theorems = tuple(_resting_on(lemma.id))
        self.result = Attack(lemma.id, 0, 0, None, None, None)

    @property
    def broken(self) -> bool:
        """Whether the lemma is refuted."""
        return self.result.broken

    def evaluate(self, instance: Instance) -> Fraction | None:
        """Return the largest lhs/rhs on the instance; None without a row whose left side is positive."""
        best, rows = self.result, 0
        highest: Fraction | None = None
        for trial in self._trials(instance):
            for row in self._lemma.rows(trial):
                rows += 1
                if row.lhs > row.rhs:
                    ratio = Fraction(row.lhs) / row.rhs if row.rhs > 0 else Fraction(2)
                    self.result = Attack(self._lemma.id, best.evaluations + 1, best.rows + rows, ratio, row, trial)
                    return ratio
                if row.lhs <= 0:
                    continue
                ratio = Fraction(row.lhs) / row.rhs
                highest = ratio if highest is None else max(highest, ratio)
                if best.ratio is None or ratio > best.ratio:
                    best = Attack(self._lemma.id, 0, 0, ratio, row, trial)
        evaluations, seen = self.result.evaluations + 1, self.result.rows + rows
        self.result = Attack(self._lemma.id, evaluations, seen, best.ratio, best.row, best.trial)
        return highest

    def _trials(self, instance: Instance) -> Iterator[Trial]:
        if not self._theorems:
            yield from trials(instance, "svf", THEOREMS["svf-burst"].admission)
            return
        for policy in sorted({theorem.policy for theorem in self._theorems}):
            theorems = [theorem for theorem in self._theorems if theorem.policy == policy]
            rules = tuple(dict.fromkeys(rule for theorem in theorems for rule in theorem.admission))
            queues = tuple(dict.fromkeys(queue for theorem in theorems for queue in theorem.queue))
            for trial in trials(instance, policy, rules, queues=queues):
                setting = Setting.of(trial.run)
                if any(theorem.failed_hypothesis(instance, setting) is None for theorem in theorems):
                    yield trial


def _resting_on(lemma: str) -> Iterator[Theorem]:
    for theorem in THEOREMS:
        if theorem.proof is not None and lemma in proof_graph([theorem.id]):
            yield theorem


def _moved(instance: Instance, generator: random.Random) -> Instance:
    """Return a neighbour: one request changed, repeated, dropped or moved, or another memory."""
    memory = instance.memory
    sizes = [(request.prompt, request.output) for request in instance.requests]
    for _ in range(generator.choice((1, 1, 2, 3))):
        place = generator.randrange(len(sizes))
        prompt, output = sizes[place]
        match generator.randrange(6):
            case 0 | 1:
                sizes[place] = (max(0, prompt + _shift(generator)), max(1, output + _shift(generator)))
            case 2 if len(sizes) < MOST_REQUESTS:
                sizes.insert(generator.randrange(len(sizes) + 1), sizes[place])
            case 3 if len(sizes) > 1:
                del sizes[place]
            case 4:
                # The same change for every copy, so that regular instances stay regular.
                new = (max(0, prompt + _shift(generator)), max(1, output + _shift(generator)))
                sizes = [new if size == (prompt, output) else size for size in sizes]
            case _:
                memory = min(MOST_MEMORY, max(2, memory + _shift(generator)))
    memory = min(MOST_MEMORY, max(memory, max(prompt + 1 for prompt, _ in sizes)))
    return Instance.burst(memory, [(min(p, memory - 1), min(o, memory - min(p, memory - 1))) for p, o in sizes])


def _shift(generator: random.Random) -> int:
    return generator.choice((-8, -3, -2, -1, 0, 1, 2, 3, 8))

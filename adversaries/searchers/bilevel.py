"""Bilevel: in turn, improve the optimum's schedule of a fixed instance, and move the instance under a fixed schedule.

A large ratio needs an instance that the policy serves badly and a schedule that serves it well. With the schedule fixed
and kept feasible, a move costs one run of the policy and no packing, so that many are tried for every evaluation.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adversaries.evaluation import Evaluator
from adversaries.packing import fit, load
from adversaries.pattern import Columns, Pattern, pattern_of, types_of_volume
from adversaries.searchers.base import Scored, Searcher
from adversaries.searchers.blocks import BlockClimber
from adversaries.searchers.catalogue import SEARCHERS
from adversaries.searchers.climbing import Climber
from adversaries.searchers.draws import nudge, type_within
from adversaries.searchers.equal_volume import EqualVolumeClimber
from adversaries.space import Space

Int64s = NDArray[np.int64]

_MOVES = 80
_PATIENCE = 12
_MOST = 200
_TRIES = 20


class _State(NamedTuple):
    """An instance, a feasible schedule of it (starts, total latency) and what the policy pays (steps)."""

    memory: int
    columns: Columns
    starts: Int64s
    upper: int
    cost: int


@SEARCHERS.register("bilevel")
class Bilevel(Searcher):
    """Moves the instance under the best schedule known, then improves the schedule, in turn."""

    def __init__(self, space: Space, random: Random, elites: Sequence[Scored]) -> None:
        super().__init__(space, random, elites)
        self._sources: list[Climber] = [BlockClimber(space, random, ())]
        if not space.common_prompt:
            self._sources.append(EqualVolumeClimber(space, random, ()))
        self._starts = [elite for elite in elites if elite.pattern.size <= _MOST and space.admits(elite.pattern)]
        self._evaluator: Evaluator | None = None
        self._current: Pattern | None = None
        self._known: Int64s | None = None
        self._ratio = Fraction(1)
        self._stale = 0

    def use(self, evaluator: Evaluator) -> None:
        """Remember what runs the policy, if that is fast enough to move instances under a fixed schedule."""
        self._evaluator = evaluator if evaluator.is_compiled else None

    def ask(self) -> Pattern:
        """Return the current instance moved under its schedule, or a new start."""
        if self._current is None or self._stale >= _PATIENCE or self._evaluator is None:
            return self._start()
        self._stale += 1
        evaluation = self._evaluator.evaluate_above(self._current, Fraction(1), self._known)
        assert evaluation is not None
        state = _State(
            self._current.memory, self._current.columns(), evaluation.starts.copy(), evaluation.upper, evaluation.cost
        )
        state = self._move(state, self._evaluator)
        self.schedule = state.starts
        return pattern_of(state.memory, state.columns)

    @property
    def threshold(self) -> Fraction:
        """The current ratio."""
        return self._ratio

    def tell(self, pattern: Pattern, ratio: Fraction) -> None:
        """Go on from the moved instance if it is no better for the policy; a start is one too."""
        if ratio > self._ratio:
            self._stale = 0
        if ratio >= self._ratio:
            self._current, self._known, self._ratio = pattern, self.schedule, ratio

    def _start(self) -> Pattern:
        self._stale, self._ratio, self._current, self.schedule = 0, Fraction(1), None, None
        if self._starts and self.random.random() < 0.7:
            elite = self.random.choice(self._starts)
            self.schedule = None if elite.known is None else np.array(elite.known, np.int64)
            return elite.pattern
        small = self.space.within(60)
        for _ in range(_TRIES):
            pattern = self.random.choice(self._sources).fresh_within()
            if small.admits(pattern):
                break
        return pattern

    def _move(self, state: _State, evaluator: Evaluator) -> _State:
        """Return ``state`` after a number of moves of the instance, those kept that do not lower the ratio."""
        for _ in range(_MOVES):
            moved = self._moved(state)
            if moved is None:
                continue
            cost = evaluator.policy_cost(moved.memory, moved.columns)
            if cost * state.upper >= state.cost * moved.upper and moved.columns.output.sum() <= self.space.most_steps:
                state = moved._replace(cost=cost)
        return state

    def _moved(self, state: _State) -> _State | None:
        """Return ``state`` with one thing about the instance changed, its cost unknown; None if it cannot be."""
        draw = self.random.random()
        if draw < 0.5:
            return self._reordered(state)
        if draw < 0.8:
            return self._retyped(state)
        if draw < 0.87:
            return self._added(state)
        if draw < 0.93:
            return self._dropped(state)
        least = self.space.least_memory(int((state.columns.prompt + state.columns.output).max()))
        memory = nudge(self.random, state.memory, least, state.memory + 8)
        return self._checked(state._replace(memory=memory)) if memory != state.memory else None

    def _reordered(self, state: _State) -> _State | None:
        """Take one or several requests in a row out of the list and insert them elsewhere, starts going along."""
        n = state.starts.shape[0]
        first, width = self.random.randrange(n), self.random.choice((1, 1, 1, 2, 3, 8))
        rest = np.delete(np.arange(n), slice(first, first + width))
        place = self.random.randrange(len(rest) + 1)
        order = np.insert(rest, place, np.arange(first, min(n, first + width)))
        columns = Columns(*(column[order] for column in state.columns))
        return state._replace(columns=columns, starts=state.starts[order])

    def _retyped(self, state: _State) -> _State | None:
        """Give a request, or all that are equal to it, another prompt and output."""
        random, (_, prompt, output) = self.random, state.columns
        at = random.randrange(len(output))
        cap = self.space.cap(state.memory)
        s, o = int(prompt[at]), int(output[at])
        draw = random.random()
        if draw < 0.3:
            types = types_of_volume(s * o + o * (o + 1) // 2)
            new = types[max(0, min(len(types) - 1, types.index((s, o)) + random.choice((-2, -1, 1, 2))))]
        elif draw < 0.6:
            new = nudge(random, s, 0, cap - o), o
        elif draw < 0.9:
            new = s, nudge(random, o, 1, cap - s)
        else:
            new = type_within(random, cap)
        chosen = (prompt == s) & (output == o) if random.random() < 0.5 else np.arange(len(output)) == at
        if self.space.common_prompt:
            prompt = np.full_like(prompt, new[0])
        columns = Columns(state.columns.arrival, np.where(chosen, new[0], prompt), np.where(chosen, new[1], output))
        longer = int(columns.output.sum() - output.sum())
        return self._checked(state._replace(columns=columns, upper=state.upper + longer))

    def _added(self, state: _State) -> _State | None:
        """Insert one more of a kind there is, started as early as it fits."""
        random, n = self.random, state.starts.shape[0]
        if n >= min(_MOST, self.space.max_requests):
            return None
        at, place = random.randrange(n), random.randrange(n + 1)
        arrival, prompt, output = (int(column[at]) for column in state.columns)
        usage = np.zeros(int((state.starts + state.columns.output).max()) + arrival + 2 * output + 2, np.int64)
        load(usage, state.columns.prompt, state.columns.output, state.starts)
        start = fit(usage, prompt, output, arrival, state.memory)
        columns = Columns(*(np.insert(column, place, column[at]) for column in state.columns))
        upper = state.upper + start + output - arrival
        return state._replace(columns=columns, starts=np.insert(state.starts, place, start), upper=upper)

    def _dropped(self, state: _State) -> _State | None:
        n = state.starts.shape[0]
        if n == 1:
            return None
        at = self.random.randrange(n)
        latency = int(state.starts[at] + state.columns.output[at] - state.columns.arrival[at])
        columns = Columns(*(np.delete(column, at) for column in state.columns))
        return state._replace(columns=columns, starts=np.delete(state.starts, at), upper=state.upper - latency)

    def _checked(self, state: _State) -> _State | None:
        """Return ``state`` if it is in the space and its schedule feasible."""
        _, prompt, output = state.columns
        if int((prompt + output).max()) > self.space.cap(state.memory):
            return None
        usage = np.zeros(int((state.starts + output).max()) + 1, np.int64)
        load(usage, prompt, output, state.starts)
        return state if int(usage.max()) <= state.memory else None

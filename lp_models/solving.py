"""How a bracket is found: bounds and a schedule, then memory prices, then parts of a burst, proofs and engines."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial

from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError
from cr_toolkit.checker.state_space import PathLimitError
from cr_toolkit.model import Instance, Schedule
from cr_toolkit.simulation import simulate
from lp_models import nested, repetition
from lp_models.bounds import LowerBound, bounds_until
from lp_models.budget import Budget
from lp_models.closing import Closing
from lp_models.engines import cp_sat
from lp_models.engines.branching import compile_branching
from lp_models.engines.catalogue import Task
from lp_models.incumbent import Incumbent
from lp_models.portfolio import Portfolio
from lp_models.prices import price_bound, raised_prices
from lp_models.proof import Prover, compile_proofs, plain_certificate
from lp_models.race import Race
from lp_models.smoothing import can_smooth, compile_smoothing, smoothed_path_prices, smoothing_seconds
from lp_models.state_space import compile_paths, is_small, path_bound, raised_path_prices
from lp_models.upper import Restarts, upper_bound

AUTO, BOUNDS = "auto", "bounds"

_PRICED_WORK = 20_000_000
"""Prices are sought while (distinct sizes) x (steps) is at most this; the checker takes on 50 million."""

_PRICED_REQUESTS = 20_000
"""Prices are sought up to so many requests."""

_MAX_ROUNDS = 1500

_PRICE_SHARE = 0.5
"""Share of the time left that prices may take; most instances need less."""

_IMPROVED = 2_000, 20_000
"""Beyond the first of these a first schedule is not annealed; up to the second it is improved after prices."""

_FEW = 20
"""The gap of so few requests may well be closed by proofs."""

_RELAX_FEW, _RELAX_SHARE = 0.1, 0.6
"""Share of the time left for the state-space relaxation: of few requests, whose gap proofs may well close, and else."""

_BESIDE = 50, 300_000
"""Up to so many requests, schedules are sought beside the relaxation if there is a second core; how many are decoded in
each annealing."""

_RELAX_GAIN = 2e-3, 1e-4
"""Share of the gap that ten rounds of smoothing must gain: of few requests, whose proofs need little more, and else."""

_NESTED_FIRST, _NESTED = (0.1, 0.25), (0.5, 0.25)
"""Share of the time left for solving a burst of few sizes from its parts: at once, if there are few requests or many;
and after the relaxation, if there is one size or two."""

_RESTARTS = 3, 40_000
"""Annealings of few requests, and schedules decoded in each: together they get stuck less than a long one."""

_IMPROVE_SHARE = 0.4, 0.9
"""Share of the time left for better schedules: where engines follow, and where nothing does."""

_EVALUATIONS = 600_000
"""Decoded schedules for each second of that share, about as many as there is time for."""

_TINY = Instance.burst(3, [(0, 2), (1, 1), (0, 1)])
"""Solved once to have code compiled."""

_PLAIN_REQUESTS, _PLAIN_STEPS, _PLAIN_NODES = 8, 100, 4_000
"""Up to so many requests and steps of output are first enumerated in plain Python, for so many nodes: at most 0.2 s."""

_ENGINE_REQUESTS = 5_000
"""Up to so many requests proofs and engines are tried; each has a level per request."""

_PAIRWISE = 16, 40
"""Up to so many requests, of which one has at least so long an output, CP-SAT is run beside the search."""

_QUICK = 2.0
"""Before anything else, branching goes on while it promises to be done in so many times what the state-space relaxation
would take: where that is quick, the enumeration is mostly sooner after it."""

_SEARCH_SHARE = 0.6
"""Share of the time left that an engine gets; the rest is for the proof of its claim, or for another engine."""


class Solving:
    """One search for the optimum of an instance.

    Attributes:
        best: the best schedule and the best lower bound so far.
    """

    def __init__(self, instance: Instance, seconds: float, engine: str, seed: int, jobs: int, solver: str) -> None:
        self._budget = Budget(seconds)
        self._instance, self._engine, self._seed, self._jobs = instance, engine, seed, jobs
        self._solver = solver
        self._prices: dict[int, int] = {}
        self._last = 1
        self._restarts: Restarts | None = None
        self._closing: Closing | None = None
        self.best = Incumbent(instance)

    @property
    def seconds(self) -> float:
        """Time taken so far."""
        return self._budget.spent

    def run(self) -> None:
        """Work until the bracket is closed or the time is over; an interrupt ends the work and leaves a note."""
        try:
            for phase in self._phases():
                if self.best.is_closed:
                    break
                phase()
        except KeyboardInterrupt:
            self.best.notes.append("interrupted")
            if self._closing is not None:
                self._closing.settle(min(self._budget.overrun, 1.0))
        finally:
            if self._closing is not None:
                self._closing.stop()
            if self._restarts is not None:
                self._restarts.stop()
                self.best.heed_restarts(self._restarts)

    def _phases(self) -> Iterator[Callable[[], None]]:
        """Yield what is done, one after the other, until the bracket is closed."""
        if self._engine == AUTO and _is_tiny(self._instance):
            yield self._enumerate_tiny
        yield self._bound
        yield self._price
        if self._engine == AUTO:
            yield partial(self._nest, _NESTED_FIRST[len(self._instance) > _FEW])
        if self._engine == BOUNDS:
            yield self._relax
        yield self._improve
        if self._engine != BOUNDS:
            yield self._solve

    def _enumerate_tiny(self) -> None:
        """Close the bracket of a tiny instance without compiled code, which takes seconds to load or build."""
        for policy in ("svf", "sjf"):
            self.best.offer(simulate(self._instance, policy).schedule, policy)
        while not self.best.is_closed:
            try:
                certificate = plain_certificate(self._instance, self.best.upper, _PLAIN_NODES)
            except BetterScheduleError as better:
                self.best.offer(Schedule(better.start), "enumeration")
            except NodeLimitError:
                return
            else:
                self.best.raise_lower(LowerBound(Fraction(self.best.upper), "enumeration", certificate))

    def _bound(self) -> None:
        bound, left_out = bounds_until(self._instance, self._budget.deadline)
        self.best.raise_lower(bound)
        if left_out:
            self.best.notes.append(f"no time for the bounds {', '.join(left_out)}")
        self._budget.spare(lambda: upper_bound(_TINY, evaluations=1))
        # A first schedule: instances that proofs close soon need no better one.
        evaluations = None if len(self._instance) <= _IMPROVED[0] else 0
        left = max(0.1, self._budget.left * 0.2)
        if len(self._instance) > _IMPROVED[1]:
            evaluations, left = round(left * _EVALUATIONS), 2.5 * left
        restarts = 1
        if len(self._instance) <= _FEW:
            restarts, evaluations = _RESTARTS
            if self._jobs > 1 and self._engine == AUTO:
                self._restarts = Restarts(self._instance, evaluations, self._seed + 1)
                restarts, evaluations = 1, evaluations // 2
        for seed in range(self._seed, self._seed + restarts):
            schedule, method = upper_bound(self._instance, evaluations=evaluations, seconds=left / restarts, seed=seed)
            self.best.offer(schedule, method)

    def _improve(self) -> None:
        """Spend a share of the time on schedules; little where few requests or a narrow gap promise a proof.

        Where the relaxation follows, that is done beside it if there is a second core.
        """
        n = len(self._instance)
        left = self._budget.left * _IMPROVE_SHARE[self._engine == BOUNDS]
        if left <= 0 or n > _IMPROVED[1] or (n <= _FEW and self._engine != BOUNDS):
            return
        if self._jobs > 1 and self._engine == AUTO and n <= _BESIDE[0] and self._relaxes:
            self._restarts = Restarts(self._instance, _BESIDE[1], self._seed + 1)
            return
        evaluations = None if self.best.is_narrow and self._engine != BOUNDS else round(left * _EVALUATIONS)
        schedule, method = upper_bound(self._instance, evaluations=evaluations, seconds=left, seed=self._seed + 1)
        self.best.offer(schedule, method)

    def _price(self) -> None:
        if len(self._instance) > _PRICED_REQUESTS:
            self.best.notes.append(f"too large for memory prices: {len(self._instance)} requests")
            return
        kinds = len({(request.prompt, request.output) for request in self._instance.requests})
        makespan = max(s + r.output for s, r in zip(self.best.schedule.start, self._instance.requests, strict=True))
        last = makespan + max(2, makespan // 8)
        if kinds * last > _PRICED_WORK:
            self.best.notes.append(f"too large for memory prices: {kinds} sizes of requests over {last} steps")
            return
        self._budget.spare(lambda: raised_prices(_TINY, 4, 4, 1))
        now = time.monotonic()
        limit = now + max(_PRICE_SHARE * (self._budget.deadline - now), 0.1)
        self._prices = raised_prices(self._instance, self.best.upper, last, _MAX_ROUNDS, deadline=limit)
        self._last = last
        self.best.raise_lower(price_bound(self._instance, self._prices))

    def _nest(self, share: float) -> None:
        """Solve a burst of few sizes from its parts, if such a share of the time left is enough for that."""
        if not nested.has_few_parts(self._instance):
            return
        with contextlib.suppress(NodeLimitError):
            schedule, bound = nested.solve(self._instance, share * self._budget.left)
            self.best.offer(schedule, nested.METHOD)
            self.best.raise_lower(bound)

    @property
    def _is_few(self) -> bool:
        return len(self._instance) <= _FEW and self._engine != BOUNDS

    @property
    def _relaxing_seconds(self) -> float:
        return self._budget.left * (_RELAX_FEW if self._is_few else _RELAX_SHARE)

    @property
    def _relaxes(self) -> bool:
        """Whether the state-space relaxation is worth while and small enough for the time left."""
        if not self._prices or (self.best.is_narrow and self._engine != BOUNDS):
            return False
        seconds = self._relaxing_seconds
        return can_smooth(self._instance, self._last, seconds) or is_small(self._instance, self._last, seconds)

    def _relax(self, prover: Prover | None = None) -> None:
        """Raise the lower bound by the state-space relaxation, where it is small enough for that; tell the prover."""
        if not self._relaxes:
            return
        few, seconds = self._is_few, self._relaxing_seconds
        smooth = can_smooth(self._instance, self._last, seconds)
        self._budget.spare(compile_smoothing if smooth else compile_paths)
        known = self._instance, self.best.upper, self._prices, self._last, time.monotonic() + seconds
        gain = _RELAX_GAIN[0 if few else 1]
        prices = smoothed_path_prices(*known, gain) if smooth else raised_path_prices(*known)
        try:
            self.best.raise_lower(path_bound(self._instance, prices))
        except PathLimitError as error:
            self.best.notes.append(f"the state-space relaxation is too large for the checker: {error}")
            return
        if prover is not None:
            prover.use(prices)

    def _solve(self) -> None:
        if len(self._instance) > _ENGINE_REQUESTS:
            self.best.notes.append(f"too large for an exact engine: {len(self._instance)} requests")
            return
        if not self._prices:
            self.best.notes.append("without prices no exact engine is run")
            return
        self._budget.spare(compile_proofs)
        self._budget.spare(compile_branching)
        if self._jobs > 1:
            repetition.prepare()
        race = Race(self._instance, self._prices, self._last)
        closing = Closing(self.best, race, self._budget, jobs=self._jobs, restarts=self._restarts)
        self._closing = closing
        if self._engine != AUTO:
            if not self._run(self._engine, closing):
                closing.climb()
            return
        closing.branch(_QUICK * smoothing_seconds(self._instance, self._last))
        if self.best.is_closed:
            return
        self.best.heed_restarts(self._restarts)
        self._relax(race.prover)
        self.best.heed_restarts(self._restarts)
        sizes = len(set(self._instance.requests))
        if not self.best.is_closed and sizes <= len(_NESTED):
            self._nest(_NESTED[sizes - 1])
        closing.dive()
        if self.best.is_closed:
            return
        few = len(self._instance) <= _PAIRWISE[0] and self._instance.longest_output >= _PAIRWISE[1]
        others = ["cp-sat"] if cp_sat.available() and few else []
        # The first core beyond that of the search is the checker's.
        if self._jobs > 2 and others:
            beside = Portfolio(others, self._task(self._budget.deadline), self._jobs - 2)
            try:
                closing.climb(beside)
            finally:
                beside.stop()
            others = []
        else:
            closing.climb()
        # Where time is left, proofs became too long; another engine may still find a better schedule.
        for name in (*others, "milp"):
            if self.best.is_closed or self._budget.left <= 0 or self._run(name, closing):
                break

    def _run(self, name: str, closing: Closing) -> bool:
        """Run one engine, then prove what it claims; return whether it claims an optimum."""
        task = self._task(time.monotonic() + _SEARCH_SHARE * self._budget.left)
        engines = Portfolio([name], task, 1)
        try:
            for _, answer in engines.wait():
                claim = self.best.heed(name, task.upper, answer)
                if claim is not None:
                    closing.certify(name, claim, answer)
                    return True
        finally:
            engines.stop()
        return False

    def _task(self, deadline: float) -> Task:
        return Task(self._instance, self.best.upper, self._prices, deadline, self._solver)


def _is_tiny(instance: Instance) -> bool:
    return len(instance) <= _PLAIN_REQUESTS and sum(r.output for r in instance.requests) <= _PLAIN_STEPS

"""The offline optimum: a rigorous bracket around OPT, closed where a proof can be re-checked.

Bounds from below and a schedule from above come first; then memory prices; then exact engines. Nothing an engine says
is believed: its schedules are checked, and its proof counts only when the checker's own re-enumeration repeats it.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import msgspec

from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError
from cr_toolkit.errors import CrtoolError, InputError
from cr_toolkit.model import Instance, Schedule
from cr_toolkit.model.formats import instance_record
from cr_toolkit.simulation import simulate
from lp_models.bounds import LowerBound, bounds_until
from lp_models.engines.catalogue import ENGINES, Answer, Task
from lp_models.engines.search import compile_search
from lp_models.portfolio import run_engines
from lp_models.prices import price_bound, raised_prices
from lp_models.proof import compile_guide, prove
from lp_models.upper import upper_bound

CERTIFICATE_FORMAT = "crtool/certificate/1"

AUTO, BOUNDS = "auto", "bounds"

_PORTFOLIO = ("search", "milp")
"""The engines that ``auto`` uses, in order."""

_PRICED_WORK = 20_000_000
"""Prices are sought while (distinct sizes) x (steps) is at most this; the checker takes on 50 million."""

_PRICED_REQUESTS = 20_000
"""Prices are sought up to so many requests."""

_MAX_ROUNDS = 1500

_PRICE_SHARE = 0.5
"""Share of the time left that prices may take; most instances need less."""

_IMPROVED = 2_000, 20_000
"""Beyond the first of these a first schedule is not annealed; up to the second it is improved after prices."""

_FEW, _NARROW = 20, 0.03
"""So few requests, or a gap of at most such a share of the cost, may well be closed by proofs."""

_IMPROVE_SHARE = 0.4, 0.9
"""Share of the time left for better schedules: where engines follow, and where nothing does."""

_EVALUATIONS = 600_000
"""Decoded schedules for each second of that share, about as many as there is time for."""

_TINY = Instance.burst(3, [(0, 2), (1, 1), (0, 1)])
"""Solved once to have code compiled."""

_PLAIN_REQUESTS, _PLAIN_NODES = 8, 4_000
"""Up to so many requests are first enumerated in plain Python, for so many nodes: a fraction of a second."""

_ENGINE_REQUESTS = 5_000
"""Up to so many requests proofs and engines are tried; each has a level per request."""

_NODES = 3_000_000
"""Most nodes of a proof: about half a minute of the checker."""

_OVERRUN = 0.5, 5.0
"""How much longer than asked the proof of an engine's claim may take: a share of the time, at most so many seconds."""

_CLIMB = 0.2, 7.0, 0.1
"""The first proof aims at this share of the gap; the whole of it is taken to cost e^7 times none; the shortest step."""

_SEARCH_SHARE = 0.6
"""Share of the time left that an engine gets; the rest is for the proof of its claim, or for another engine."""


@dataclass(frozen=True)
class OptimumBracket:
    """lower <= OPT <= upper, with what proves both.

    Attributes:
        instance: what was scheduled.
        lower: a lower bound on the total latency of every feasible schedule (steps).
        upper: the total latency of ``schedule`` (steps).
        schedule: the best feasible schedule found.
        lower_method: the method of the lower bound.
        upper_method: where the schedule came from.
        engine: the engine asked for.
        status: ``optimal`` if lower == upper, both re-checkable; else ``bracketed``.
        lower_certificate: what the checker needs to repeat the lower bound.
        notes: what limited the result, one sentence each.
        seconds: time taken.
    """

    instance: Instance
    lower: int
    upper: int
    schedule: Schedule
    lower_method: str
    upper_method: str
    engine: str
    status: Literal["optimal", "bracketed"]
    lower_certificate: dict[str, Any]
    notes: tuple[str, ...]
    seconds: float

    @property
    def is_optimal(self) -> bool:
        """Whether ``upper`` is proved to be the optimum."""
        return self.status == "optimal"

    @property
    def gap(self) -> Fraction:
        """(upper - lower) / upper; 0 when optimal."""
        return Fraction(self.upper - self.lower, self.upper)

    def to_certificate(self) -> dict[str, Any]:
        """Return both sides as the JSON tree that the checker verifies."""
        return {
            "format": CERTIFICATE_FORMAT,
            "instance": msgspec.to_builtins(instance_record(self.instance)),
            "status": self.status,
            "upper": {"start": list(self.schedule.start), "cost": self.upper},
            "lower": {"value": self.lower, "method": self.lower_method, "certificate": self.lower_certificate},
        }


def optimum(
    instance: Instance, *, seconds: float = 10.0, engine: str = AUTO, seed: int = 0, jobs: int = 1
) -> OptimumBracket:
    """Return the best bracket of the optimum found within about ``seconds``.

    An interrupt (Ctrl-C) ends the work; the bracket found so far is returned, with a note.

    Args:
        instance: the requests and the memory budget.
        seconds: time to spend; proving an engine's claim may add half as much again, or five seconds if that is less.
        engine: ``auto``, ``bounds`` (no exact engine), or a registered engine.
        seed: of the random choices of the upper bound.
        jobs: engines run at the same time by ``auto``.

    Raises:
        InputError: if there is no such engine, or ``seconds`` or ``jobs`` is not positive.
    """
    if engine not in (AUTO, BOUNDS) and engine not in ENGINES:
        known = ", ".join((AUTO, BOUNDS, *ENGINES.names()))
        raise InputError(f"{engine!r} is not known; known: {known}", field="engine")
    if not seconds > 0 or jobs < 1:
        raise InputError("must be positive", field="seconds" if not seconds > 0 else "jobs")
    return _Solve(instance, seconds, engine, seed, jobs).run()


class _Solve:
    """The state of one call of ``optimum``: the best bracket so far."""

    def __init__(self, instance: Instance, seconds: float, engine: str, seed: int, jobs: int) -> None:
        self._begin = time.monotonic()
        self._deadline = self._begin + seconds
        self._overrun = min(_OVERRUN[0] * seconds, _OVERRUN[1])
        self._instance, self._engine, self._seed, self._jobs = instance, engine, seed, jobs
        self._notes: list[str] = []
        self._prices: dict[int, int] = {}
        self._last = 1
        self._lower = LowerBound(Fraction(sum(r.output for r in instance.requests)), "outputs")
        self._schedule, self._method = _one_by_one(instance), "one by one"
        self._upper = self._schedule.total_latency(instance)

    def run(self) -> OptimumBracket:
        try:
            if self._engine == AUTO and len(self._instance) <= _PLAIN_REQUESTS:
                self._enumerate_tiny()
            if self._lower.integer < self._upper:
                self._bound()
            if self._lower.integer < self._upper:
                self._price()
            if self._lower.integer < self._upper:
                self._improve()
            if self._lower.integer < self._upper and self._engine != BOUNDS:
                self._solve()
        except KeyboardInterrupt:
            self._notes.append("interrupted")
        optimal = self._lower.integer == self._upper
        return OptimumBracket(
            self._instance, self._lower.integer, self._upper, self._schedule, self._lower.method, self._method,
            self._engine, "optimal" if optimal else "bracketed", self._lower.certificate, tuple(self._notes),
            time.monotonic() - self._begin,
        )  # fmt: skip

    def _enumerate_tiny(self) -> None:
        """Close the bracket of a tiny instance without compiled code, which takes seconds to load or build."""
        for policy in ("svf", "sjf"):
            self._offer(simulate(self._instance, policy).schedule, policy)
        while self._lower.integer < self._upper:
            if not self._prove(self._upper, self._deadline, guided=False):
                return

    def _bound(self) -> None:
        bound, left_out = bounds_until(self._instance, self._deadline)
        self._raise_lower(bound)
        if left_out:
            self._notes.append(f"no time for the bounds {', '.join(left_out)}")
        self._untimed(lambda: upper_bound(_TINY, evaluations=1))
        # A first schedule: instances that proofs close soon need no better one.
        evaluations = None if len(self._instance) <= _IMPROVED[0] else 0
        left = max(0.1, (self._deadline - time.monotonic()) * 0.2)
        if len(self._instance) > _IMPROVED[1]:
            evaluations, left = round(left * _EVALUATIONS), 2.5 * left
        schedule, method = upper_bound(self._instance, evaluations=evaluations, seconds=left, seed=self._seed)
        self._offer(schedule, method)

    def _improve(self) -> None:
        """Spend a share of the time on schedules; little where few requests or a narrow gap promise a proof."""
        n = len(self._instance)
        narrow = self._upper - self._lower.integer <= _NARROW * self._upper
        left = (self._deadline - time.monotonic()) * _IMPROVE_SHARE[self._engine == BOUNDS]
        if left <= 0 or n > _IMPROVED[1] or (n <= _FEW and self._engine != BOUNDS):
            return
        evaluations = None if narrow and self._engine != BOUNDS else round(left * _EVALUATIONS)
        schedule, method = upper_bound(self._instance, evaluations=evaluations, seconds=left, seed=self._seed + 1)
        self._offer(schedule, method)

    def _price(self) -> None:
        if len(self._instance) > _PRICED_REQUESTS:
            self._notes.append(f"too large for memory prices: {len(self._instance)} requests")
            return
        kinds = len({(request.prompt, request.output) for request in self._instance.requests})
        makespan = max(s + r.output for s, r in zip(self._schedule.start, self._instance.requests, strict=True))
        last = makespan + max(2, makespan // 8)
        if kinds * last > _PRICED_WORK:
            self._notes.append(f"too large for memory prices: {kinds} sizes of requests over {last} steps")
            return
        self._untimed(lambda: raised_prices(_TINY, 4, 4, 1))
        now = time.monotonic()
        limit = now + max(_PRICE_SHARE * (self._deadline - now), 0.1)
        self._prices = raised_prices(self._instance, self._upper, last, _MAX_ROUNDS, deadline=limit)
        self._last = last
        self._raise_lower(price_bound(self._instance, self._prices))

    def _solve(self) -> None:
        if len(self._instance) > _ENGINE_REQUESTS:
            self._notes.append(f"too large for an exact engine: {len(self._instance)} requests")
            return
        if not self._prices:
            self._notes.append("without prices no exact engine is run")
            return
        names = _PORTFOLIO if self._engine == AUTO else (self._engine,)
        self._untimed(compile_search)
        self._untimed(compile_guide)
        if self._engine == AUTO:
            self._climb(self._deadline)
        if self._lower.integer == self._upper or time.monotonic() >= self._deadline:
            return
        # Where ``auto`` has time left, its proofs became too long; an engine may still find a better schedule.
        for together in [names] if self._jobs > 1 else [(name,) for name in names]:
            if self._run(together, self._begin_share(_SEARCH_SHARE)):
                break
        self._climb(self._deadline)

    def _run(self, names: tuple[str, ...], deadline: float) -> bool:
        """Run engines until one of them has a proof; return whether one has."""
        for name, task, answer in run_engines(names, self._task(deadline), self._jobs):
            if answer.note:
                self._notes.append(f"{name}: {answer.note}")
            claim = self._claim(name, task, answer)
            if claim is not None and claim <= self._upper and self._certify(name):
                return True
            if self._lower.integer == self._upper or claim is not None:
                return True
        return False

    def _begin_share(self, share: float) -> float:
        """Return the moment at which ``share`` of the time left is over."""
        now = time.monotonic()
        return now + share * max(0.0, self._deadline - now)

    def _task(self, deadline: float) -> Task:
        return Task(self._instance, self._upper, self._prices, deadline)

    def _claim(self, name: str, task: Task, answer: Answer) -> int | None:
        """Take the schedule of ``answer`` if it is good; return the optimum it claims, or None."""
        claim = task.upper
        if answer.schedule is not None:
            try:
                fault = answer.schedule.violation(self._instance)
            except CrtoolError as error:
                self._notes.append(f"{name}: its schedule {error}")
                return None
            if fault is not None:
                self._notes.append(f"{name}: its schedule is infeasible, {fault.reason}")
                return None
            self._offer(answer.schedule, name)
            claim = min(claim, answer.schedule.total_latency(self._instance))
        return claim if answer.proved else None

    def _certify(self, name: str) -> bool:
        """Repeat the proof of engine ``name`` that nothing is cheaper than ``self._upper``."""
        claim = self._upper
        while self._lower.integer < self._upper and self._prove(self._upper, self._deadline + self._overrun):
            pass
        closed = self._lower.integer == self._upper
        if self._upper < claim:
            self._notes.append(f"{name}: claimed that {claim} is optimal, which is false")
        if not closed:
            self._notes.append(f"{name}: claims that {claim} is optimal; the proof is too long to be re-checked")
        return closed

    def _climb(self, deadline: float) -> None:
        """Raise the lower bound by proofs of ever higher targets, up to the cost of the schedule, till ``deadline``.

        The time of a proof grows roughly exponentially with its target; the last one tells how far the next can aim.
        One that fails has cost half of the time that was left.
        """
        first, growth, shortest = _CLIMB
        gap = self._upper - self._lower.integer
        step = round(first * gap)
        while self._lower.integer < self._upper:
            begin = time.monotonic()
            if begin >= deadline:
                return
            step = max(1, min(step, self._upper - self._lower.integer))
            target = self._lower.integer + step
            if self._prove(target, deadline if step == 1 else (begin + deadline) / 2):
                now = time.monotonic()
                reach = math.log(max(1.0, (deadline - now) / (3 * (now - begin) + 1e-3))) / growth
                step = round(gap * max(shortest, reach))
                if target + step + shortest * gap > self._upper:
                    step = self._upper - target
            elif step == 1:
                return
            else:
                step //= 2

    def _prove(self, target: int, deadline: float, *, guided: bool = True) -> bool:
        """Prove that nothing is cheaper than ``target``, or find a better schedule; return whether either succeeded."""
        nodes = _NODES if guided else _PLAIN_NODES
        try:
            certificate = prove(self._instance, target, self._prices, self._last, nodes, deadline, guided=guided)
        except BetterScheduleError as better:
            self._offer(Schedule(better.start), "enumeration")
        except NodeLimitError:
            return False
        else:
            self._lower = LowerBound(Fraction(target), "enumeration", certificate)
        return True

    def _untimed(self, first_use: Callable[[], object]) -> None:
        """Do what compiles code on a machine's first run, without charging it to the budget."""
        begin = time.monotonic()
        first_use()
        self._deadline += time.monotonic() - begin

    def _raise_lower(self, bound: LowerBound) -> None:
        if bound.integer > self._lower.integer:
            self._lower = replace(bound)

    def _offer(self, schedule: Schedule, method: str) -> None:
        cost = schedule.total_latency(self._instance)
        if cost < self._upper and schedule.is_feasible(self._instance):
            self._schedule, self._upper, self._method = schedule, cost, method


def _one_by_one(instance: Instance) -> Schedule:
    """Return the schedule that runs requests one at a time, by arrival: always feasible."""
    starts = [0] * len(instance)
    now = 0
    for index in sorted(range(len(instance)), key=lambda i: instance.requests[i].arrival):
        now = max(now, instance.requests[index].arrival)
        starts[index] = now
        now += instance.requests[index].output
    return Schedule(tuple(starts))

"""How a bracket is found: bounds and a schedule, then memory prices, then proofs of ever higher lower bounds.

Nothing an engine says is believed: its schedules are checked, and its proof counts only when the checker's own
re-enumeration repeats it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from fractions import Fraction

from cr_toolkit.checker.enumeration import BetterScheduleError, NodeLimitError
from cr_toolkit.checker.state_space import PathLimitError
from cr_toolkit.errors import CrtoolError
from cr_toolkit.model import Instance, Schedule
from cr_toolkit.simulation import simulate
from lp_models import nested, repetition
from lp_models.bounds import LowerBound, bounds_until
from lp_models.claims import Claim
from lp_models.engines import cp_sat
from lp_models.engines.branching import compile_branching
from lp_models.engines.catalogue import Answer, Task
from lp_models.pace import Pace
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

_FEW, _NARROW = 20, 0.03
"""So few requests, or a gap of at most such a share of the cost, may well be closed by proofs."""

_RELAX_FEW, _RELAX_SHARE = 0.1, 0.6
"""Share of the time left for the state-space relaxation: of few requests, whose gap proofs may well close, and else."""

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

_ATTEMPT = 0.6
"""Share of that which one attempt gets: should it fail, there is time for a lower target."""

_BESIDE = 0.9
"""Most of that which an attempt gets if the checker works beside the search."""

_FIRST_TARGETS, _FIRST_SHARE = 1, 0.1
"""So many lower targets, each with such a share of the time at most, come first where branching promises the optimum:
what they prove is kept if it breaks its promise."""

_LEAST_SEARCHING = 0.4
"""Least share of the time left that a search gets; the rest is for the checker."""

_OVERRUN = 0.5, 5.0
"""How much longer than asked the checker may take to repeat a proof: a share of the time, at most so many seconds."""

_BEAM, _DIVE_SHARE, _DIVE_RIVAL, _DIVE_LEAST = 60, 0.1, 0.25, 9
"""States of a level that a beam search expands, the share of the time that is left to such searches, at most such a
share of what branching promises to take, and the number of requests from which on they pay."""

_QUICK, _PATIENT = 2.0, 0.4
"""Before anything else, branching goes on while it promises to be done in so many times what the state-space relaxation
would take, at most such a share of the time left: where that is quick, the enumeration is mostly sooner after it."""

_SEARCH_SHARE = 0.6
"""Share of the time left that an engine gets; the rest is for the proof of its claim, or for another engine."""


class Solving:
    """One search for the optimum of ``instance``.

    Attributes:
        lower: the best lower bound that the checker can repeat.
        schedule: the best feasible schedule.
        upper: its total latency (steps).
        method: where it came from.
        notes: what limited the result, one sentence each.
        seconds: time taken by ``run``.
    """

    def __init__(self, instance: Instance, seconds: float, engine: str, seed: int, jobs: int, solver: str) -> None:
        self._begin = time.monotonic()
        self._deadline = self._begin + seconds
        self._overrun = min(_OVERRUN[0] * seconds, _OVERRUN[1])
        self._instance, self._engine, self._seed, self._jobs = instance, engine, seed, jobs
        self._solver = solver
        self._prices: dict[int, int] = {}
        self._last = 1
        self._claims: list[Claim] = []
        self._searching = 0.5
        self._restarts: Restarts | None = None
        self.lower = LowerBound(Fraction(sum(r.output for r in instance.requests)), "outputs")
        self.schedule, self.method = _one_by_one(instance), "one by one"
        self.upper = self.schedule.total_latency(instance)
        self.notes: list[str] = []
        self.seconds = 0.0

    @property
    def _closed(self) -> bool:
        return self.lower.integer >= self.upper

    @property
    def _narrow(self) -> bool:
        return self.upper - self.lower.integer <= _NARROW * self.upper

    def run(self) -> None:
        """Work until the bracket is closed or the time is over; an interrupt ends the work and leaves a note."""
        try:
            if self._engine == AUTO and _is_tiny(self._instance):
                self._enumerate_tiny()
            if not self._closed:
                self._bound()
            if not self._closed:
                self._price()
            if not self._closed and self._engine == AUTO:
                self._nest(_NESTED_FIRST[len(self._instance) > _FEW])
            if not self._closed and self._engine == BOUNDS:
                self._relax()
            if not self._closed:
                self._improve()
            if not self._closed and self._engine != BOUNDS:
                self._solve()
        except KeyboardInterrupt:
            self.notes.append("interrupted")
            self._settle(min(self._overrun, 1.0))
        finally:
            if self._restarts is not None:
                self._restarts.stop()
                self._heed_restarts()
        self.seconds = time.monotonic() - self._begin

    def _heed_restarts(self) -> None:
        """Take the best schedule of the annealings that go on beside."""
        if self._restarts is not None and (best := self._restarts.best) is not None:
            self._offer(*best)

    def _enumerate_tiny(self) -> None:
        """Close the bracket of a tiny instance without compiled code, which takes seconds to load or build."""
        for policy in ("svf", "sjf"):
            self._offer(simulate(self._instance, policy).schedule, policy)
        while not self._closed:
            try:
                certificate = plain_certificate(self._instance, self.upper, _PLAIN_NODES)
            except BetterScheduleError as better:
                self._offer(Schedule(better.start), "enumeration")
            except NodeLimitError:
                return
            else:
                self._raise_lower(LowerBound(Fraction(self.upper), "enumeration", certificate))

    def _bound(self) -> None:
        bound, left_out = bounds_until(self._instance, self._deadline)
        self._raise_lower(bound)
        if left_out:
            self.notes.append(f"no time for the bounds {', '.join(left_out)}")
        self._untimed(lambda: upper_bound(_TINY, evaluations=1))
        # A first schedule: instances that proofs close soon need no better one.
        evaluations = None if len(self._instance) <= _IMPROVED[0] else 0
        left = max(0.1, (self._deadline - time.monotonic()) * 0.2)
        if len(self._instance) > _IMPROVED[1]:
            evaluations, left = round(left * _EVALUATIONS), 2.5 * left
        restarts = 1
        if len(self._instance) <= _FEW:
            restarts, evaluations = _RESTARTS
            if self._jobs > 1 and self._engine == AUTO:
                self._restarts = Restarts(self._instance, evaluations, self._seed + 1)
                restarts = 1
        for seed in range(self._seed, self._seed + restarts):
            schedule, method = upper_bound(self._instance, evaluations=evaluations, seconds=left / restarts, seed=seed)
            self._offer(schedule, method)

    def _improve(self) -> None:
        """Spend a share of the time on schedules; little where few requests or a narrow gap promise a proof."""
        n = len(self._instance)
        left = (self._deadline - time.monotonic()) * _IMPROVE_SHARE[self._engine == BOUNDS]
        if left <= 0 or n > _IMPROVED[1] or (n <= _FEW and self._engine != BOUNDS):
            return
        evaluations = None if self._narrow and self._engine != BOUNDS else round(left * _EVALUATIONS)
        schedule, method = upper_bound(self._instance, evaluations=evaluations, seconds=left, seed=self._seed + 1)
        self._offer(schedule, method)

    def _price(self) -> None:
        if len(self._instance) > _PRICED_REQUESTS:
            self.notes.append(f"too large for memory prices: {len(self._instance)} requests")
            return
        kinds = len({(request.prompt, request.output) for request in self._instance.requests})
        makespan = max(s + r.output for s, r in zip(self.schedule.start, self._instance.requests, strict=True))
        last = makespan + max(2, makespan // 8)
        if kinds * last > _PRICED_WORK:
            self.notes.append(f"too large for memory prices: {kinds} sizes of requests over {last} steps")
            return
        self._untimed(lambda: raised_prices(_TINY, 4, 4, 1))
        now = time.monotonic()
        limit = now + max(_PRICE_SHARE * (self._deadline - now), 0.1)
        self._prices = raised_prices(self._instance, self.upper, last, _MAX_ROUNDS, deadline=limit)
        self._last = last
        self._raise_lower(price_bound(self._instance, self._prices))

    def _nest(self, share: float) -> None:
        """Solve a burst of few sizes from its parts, if such a share of the time left is enough for that."""
        if not nested.has_few_parts(self._instance):
            return
        with contextlib.suppress(NodeLimitError):
            schedule, bound = nested.solve(self._instance, share * (self._deadline - time.monotonic()))
            self._offer(schedule, nested.METHOD)
            self._raise_lower(bound)

    def _relax(self, prover: Prover | None = None) -> None:
        """Raise the lower bound by the state-space relaxation, where it is small enough for that; tell the prover."""
        if not self._prices or (self._narrow and self._engine != BOUNDS):
            return
        few = len(self._instance) <= _FEW and self._engine != BOUNDS
        seconds = (self._deadline - time.monotonic()) * (_RELAX_FEW if few else _RELAX_SHARE)
        smooth = can_smooth(self._instance, self._last, seconds)
        if not smooth and not is_small(self._instance, self._last, seconds):
            return
        self._untimed(compile_smoothing if smooth else compile_paths)
        raise_prices = smoothed_path_prices if smooth else raised_path_prices
        prices = raise_prices(self._instance, self.upper, self._prices, self._last, time.monotonic() + seconds)
        try:
            self._raise_lower(path_bound(self._instance, prices))
        except PathLimitError as error:
            self.notes.append(f"the state-space relaxation is too large for the checker: {error}")
            return
        if prover is not None:
            prover.use(prices)

    def _solve(self) -> None:
        if len(self._instance) > _ENGINE_REQUESTS:
            self.notes.append(f"too large for an exact engine: {len(self._instance)} requests")
            return
        if not self._prices:
            self.notes.append("without prices no exact engine is run")
            return
        self._untimed(compile_proofs)
        self._untimed(compile_branching)
        if self._jobs > 1:
            repetition.prepare()
        race = Race(self._instance, self._prices, self._last)
        now = time.monotonic()
        left = self._deadline - now
        if self._engine != AUTO:
            if not self._run(self._engine, race, now + _SEARCH_SHARE * left):
                self._climb(race, None)
            return
        self._branch(race)
        if self._closed:
            return
        self._relax(race.prover)
        self._heed_restarts()
        sizes = len(set(self._instance.requests))
        if not self._closed and sizes <= len(_NESTED):
            self._nest(_NESTED[sizes - 1])
        now = time.monotonic()
        limit = min(_DIVE_SHARE * (self._deadline - now), _DIVE_RIVAL * race.left(self.upper))
        self._dive(race.prover, now + limit)
        if self._closed:
            return
        few = len(self._instance) <= _PAIRWISE[0] and self._instance.longest_output >= _PAIRWISE[1]
        others = ["cp-sat"] if cp_sat.available() and few else []
        # The first core beyond that of the search is the checker's.
        if self._jobs > 2 and others:
            beside = Portfolio(others, self._task(self._deadline), self._jobs - 2)
            try:
                self._climb(race, beside)
            finally:
                beside.stop()
            others = []
        else:
            self._climb(race, None)
        # Where time is left, proofs became too long; another engine may still find a better schedule.
        for name in (*others, "milp"):
            now = time.monotonic()
            if (
                self._closed
                or now >= self._deadline
                or self._run(name, race, now + _SEARCH_SHARE * (self._deadline - now))
            ):
                break

    def _branch(self, race: Race) -> None:
        """Prove the cost of the schedule by branching, if that soon looks like being quick."""
        left = self._deadline - time.monotonic()
        quick = min(_PATIENT * left, _QUICK * smoothing_seconds(self._instance, self._last))
        while not self._closed:
            attempt = race.branch(self.upper, self._deadline, quick)
            if attempt.claim is not None:
                self._repeat(attempt.claim, self._deadline - time.monotonic() + self._overrun)
            before = self.upper
            if attempt.schedule is not None:
                self._offer(attempt.schedule, "branching")
            if self.upper == before:
                return

    def _dive(self, prover: Prover, deadline: float) -> None:
        """Look for cheaper schedules where the bounds are least."""
        while not self._closed and time.monotonic() < deadline and len(self._instance) >= _DIVE_LEAST:
            outcome = prover.prove(self.upper, deadline, beam=_BEAM)
            if outcome.schedule is None:
                break
            self._offer(outcome.schedule, "beam search")

    def _climb(self, race: Race, beside: Portfolio | None) -> None:
        """Raise the lower bound by proofs of ever higher targets, up to the cost of the schedule.

        The time of a proof grows roughly exponentially with its target, so those before tell how far to aim.
        """
        pace = Pace(self.lower.integer, self.upper)
        tried = 0
        while (proved := self._proved) < self.upper and (begin := time.monotonic()) < self._deadline:
            for name, answer in beside.ready() if beside is not None else ():
                self._heed(name, self.upper, answer)
            self._heed_restarts()
            left, whole = self._searching_seconds(self._deadline - begin)
            sure = race.worth_branching(self.upper, self._deadline - begin)
            if sure and tried >= _FIRST_TARGETS:
                target, seconds = self.upper, self._deadline - begin
            else:
                target = pace.aim(proved, self.upper, left, whole)
                seconds = left if target == proved + 1 else (_ATTEMPT if pace.begun else _FIRST_SHARE) * left
                if target == self.upper:
                    seconds = max(seconds, whole)
                if sure:
                    seconds = min(seconds, _FIRST_SHARE * left)
            tried += 1
            repeated = self._jobs > 1 and target == self.upper
            if repeated and self._restarts is not None:
                # The second core is for the checker now.
                self._restarts.stop()
            attempt = race.prove(target, begin + seconds, repeated=repeated)
            spent = time.monotonic() - begin
            before = self.upper
            if attempt.schedule is not None:
                self._offer(attempt.schedule, "search")
                if self.upper == before:
                    break
            elif attempt.claim is not None:
                self._claims.append(attempt.claim)
                self._searching = max(_LEAST_SEARCHING, spent / (spent + attempt.claim.seconds))
                pace.succeeded(target, spent)
            elif not sure and target == proved + 1:
                break
            elif not sure:
                pace.failed(target, spent)
        self._settle(self._deadline - time.monotonic() + self._overrun)

    def _searching_seconds(self, seconds: float) -> tuple[float, float]:
        """Return how many of ``seconds`` are for searching, and how many an attempt at the whole gap gets.

        Part of the time is for the checker; with a second core it works beside the search where the whole gap is tried.
        """
        left = seconds * self._searching
        if self._jobs == 1:
            return left, _ATTEMPT * left
        return left, seconds * min(_BESIDE, self._searching / (1 - self._searching))

    @property
    def _proved(self) -> int:
        """The highest target proved, whether the checker has repeated the proof or not."""
        return max([self.lower.integer, *(claim.target for claim in self._claims)])

    def _settle(self, seconds: float) -> None:
        """Have the checker repeat the highest claim that ``seconds`` are enough for."""
        until = time.monotonic() + seconds
        for claim in sorted(self._claims, key=lambda claim: -claim.target):
            left = until - time.monotonic()
            if claim.target > self.lower.integer and claim.seconds <= left and self._repeat(claim, left):
                break
        self._claims.clear()

    def _repeat(self, claim: Claim, seconds: float) -> bool:
        """Have the checker's code repeat a proof, and raise the lower bound if it does."""
        try:
            bound = claim.repeat(self._instance, seconds)
        except BetterScheduleError as better:
            self._offer(Schedule(better.start), "enumeration")
            return False
        except (NodeLimitError, ValueError) as error:
            self.notes.append(f"the proof that nothing is cheaper than {claim.target} was not repeated: {error}")
            return False
        self._raise_lower(bound)
        return True

    def _run(self, name: str, race: Race, deadline: float) -> bool:
        """Run one engine, then prove what it claims; return whether it claims an optimum."""
        task = self._task(deadline)
        engines = Portfolio([name], task, 1)
        try:
            for _, answer in engines.wait():
                claim = self._heed(name, task.upper, answer)
                if claim is not None:
                    self._certify(name, race, claim, answer)
                    return True
        finally:
            engines.stop()
        return False

    def _task(self, deadline: float) -> Task:
        return Task(self._instance, self.upper, self._prices, deadline, self._solver)

    def _heed(self, name: str, upper: int, answer: Answer) -> int | None:
        """Take the schedule of ``answer`` if it is good; return the optimum it claims, or None.

        ``upper`` is the cost that the engine was to beat.
        """
        if answer.note:
            self.notes.append(f"{name}: {answer.note}")
        claim = upper
        if answer.schedule is not None:
            try:
                fault = answer.schedule.violation(self._instance)
            except CrtoolError as error:
                self.notes.append(f"{name}: its schedule {error}")
                return None
            if fault is not None:
                self.notes.append(f"{name}: its schedule is infeasible, {fault.reason}")
                return None
            self._offer(answer.schedule, name)
            claim = min(claim, answer.schedule.total_latency(self._instance))
        return claim if answer.proved else None

    def _certify(self, name: str, race: Race, cost: int, answer: Answer) -> None:
        """Prove the claim of engine ``name`` that nothing is cheaper than ``cost``."""
        until = self._deadline + self._overrun
        claim = None
        if answer.certificate is not None:
            claim = Claim(self.upper, answer.method, answer.certificate)
        while not self._closed and time.monotonic() < until:
            if claim is None:
                attempt = race.prove(self.upper, until)
                claim = attempt.claim
                if attempt.schedule is not None:
                    self._offer(attempt.schedule, "search")
                    continue
            before = self.upper
            if claim is None or (not self._repeat(claim, until - time.monotonic()) and self.upper == before):
                break
            claim = None
        if self.upper < cost:
            self.notes.append(f"{name}: claimed that {cost} is optimal, which is false")
        if not self._closed:
            self.notes.append(f"{name}: claims that {cost} is optimal; the proof is too long to be re-checked")

    def _untimed(self, first_use: Callable[[], object]) -> None:
        """Do what compiles code on a machine's first run, without charging it to the budget."""
        begin = time.monotonic()
        first_use()
        self._deadline += time.monotonic() - begin

    def _raise_lower(self, bound: LowerBound) -> None:
        if bound.integer > self.lower.integer:
            self.lower = bound

    def _offer(self, schedule: Schedule, method: str) -> None:
        cost = schedule.total_latency(self._instance)
        if cost < self.upper and schedule.is_feasible(self._instance):
            self.schedule, self.upper, self.method = schedule, cost, method


def _is_tiny(instance: Instance) -> bool:
    return len(instance) <= _PLAIN_REQUESTS and sum(r.output for r in instance.requests) <= _PLAIN_STEPS


def _one_by_one(instance: Instance) -> Schedule:
    """Return the schedule that runs requests one at a time, by arrival: always feasible."""
    starts = [0] * len(instance)
    now = 0
    for index in sorted(range(len(instance)), key=lambda i: instance.requests[i].arrival):
        now = max(now, instance.requests[index].arrival)
        starts[index] = now
        now += instance.requests[index].output
    return Schedule(tuple(starts))

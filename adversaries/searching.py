"""Searching for an instance on which a policy does badly, within a budget, reproducibly."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

from adversaries.evaluation import ranks_by_size
from adversaries.pattern import Block, Pattern
from adversaries.portfolio import Portfolio
from adversaries.runner import Budget, Runner, StopReason
from adversaries.searchers import SEARCHERS, Scored
from adversaries.space import MEMORY_LIMIT, STEP_LIMIT, Space
from adversaries.tasks import Setting
from adversaries.witness import build_witness
from cr_toolkit import __version__
from cr_toolkit.errors import InputError
from cr_toolkit.model import Schedule
from cr_toolkit.model.formats import LowerBoundRecord, WitnessRecord, write_witness
from cr_toolkit.model.rational import parse_rational
from cr_toolkit.policies import Admission, IntervalPolicy, Policy, Premise, Queue, make_policy
from cr_toolkit.simulation import simulate
from lp_models.bounds import best_lower_bound
from lp_models.upper import upper_bound

DEFAULT_SECONDS = 60.0
MOST_REQUESTS = 4000
"""Default limit on the requests of a candidate."""

MOST_INTERPRETED = 200
STEPS_INTERPRETED = 5_000
"""Limits on the requests and steps of a candidate for a policy that no compiled code runs."""

BEST_FILE = "best.json"

_POLISHED = 200
_POLISHED_STEPS = 10_000
_POLISH = 50_000
"""Up to so many requests and steps, the best candidate gets this many evaluations of annealing at the end."""


class Progress(NamedTuple):
    """How far a search is: evaluations made, best certified ratio (None before the first), seconds gone."""

    evaluations: int
    ratio: Fraction | None
    seconds: float


class Improvement(NamedTuple):
    """A new best: after how many evaluations, its certified ratio and its number of requests."""

    evaluations: int
    ratio: Fraction
    requests: int


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    Attributes:
        best: the witness of the worst instance found.
        ratio: its bracket (policy cost over upper bound, policy cost over lower bound); the first is certified.
        evaluations: how many candidates were evaluated.
        stopped_by: which budget ended it.
        seconds: how long it took.
        searcher: the searcher's name.
        seed: its seed.
        alpha: the memory share every candidate respects.
        traffic: ``burst`` or ``arbitrary``.
        history: every improvement of the best.
        path: where the witness was saved, if it was.
    """

    best: WitnessRecord
    ratio: tuple[Fraction, Fraction]
    evaluations: int
    stopped_by: StopReason
    seconds: float
    searcher: str
    seed: int
    alpha: Fraction
    traffic: str
    history: tuple[Improvement, ...]
    path: Path | None


def search(
    policy: str | Policy | type[Policy] = "svf",
    *,
    parameters: Mapping[str, int | str] | None = None,
    alpha: Fraction | str | int = Fraction(1, 2),
    traffic: Literal["burst", "arbitrary"] = "burst",
    admission: Admission | str = Admission.LOOKAHEAD,
    queue: Queue | str = Queue.HEAD_OF_LINE,
    searcher: str = "auto",
    evaluations: int | None = None,
    seconds: float | None = None,
    seed: int = 0,
    jobs: int = 1,
    max_requests: int | None = None,
    families: bool = True,
    starts: Sequence[Pattern] = (),
    out: str | os.PathLike[str] | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> SearchResult:
    """Search for an instance with a large ratio of the policy's cost to that of a feasible schedule.

    Under a counted budget the result depends on the seed alone, not on ``jobs``. Ctrl-C ends the search and keeps
    the best found so far.

    Args:
        policy: a registered name, ``path/to/file.py:ClassName``, a policy class or object.
        parameters: values for the policy's parameters.
        alpha: every peak is at most this share of the memory, in (0, 1].
        traffic: ``burst`` (everything arrives at 0) or ``arbitrary``.
        admission: ``lookahead`` or ``peak``.
        queue: ``head-of-line`` or ``skipping``.
        searcher: a registered searcher, or ``auto``: families first, then whatever pays.
        evaluations: stop after so many candidates.
        seconds: stop after so much time; 60 when no budget is given.
        seed: of the random streams (>= 0).
        jobs: processes to use.
        max_requests: most requests of a candidate; if not given 4000, or 200 for a policy that no compiled code runs.
        families: whether ``auto`` may use the known families; without them it starts from nothing.
        starts: candidates to begin with, not counted; those outside the space are left out.
        out: folder that receives the best witness as ``best.json`` every time it improves.
        progress: called now and then.

    Raises:
        InputError: if an argument breaks a rule.
    """
    began = time.monotonic()
    _check(evaluations, seconds, seed, jobs, max_requests, searcher)
    if searcher == "family" and not families:
        raise InputError("must not be family in a search without families", field="searcher")
    space = _space(make_policy(policy, parameters), _share(alpha), _is_burst(traffic), max_requests)
    if evaluations is None and seconds is None:
        seconds = DEFAULT_SECONDS
    setting = Setting(policy, dict(parameters or {}), Admission(admission), Queue(queue), space, seed)
    setting.evaluator()
    portfolio = Portfolio(searcher, space, seed, families)
    book = _Book(setting, portfolio, None if out is None else Path(out) / BEST_FILE)
    if starts:
        evaluator = setting.evaluator()
        portfolio.take_in(
            [Scored(one, evaluator.evaluate(one).ratio) for one in map(space.fitted, starts) if space.admits(one)]
        )
        book.enter(0)

    def merged(done: int, changed: bool) -> None:
        if changed:
            book.enter(done)
        if progress is not None:
            best = portfolio.best
            progress(Progress(done, None if best is None else best.ratio, time.monotonic() - began))

    budget = Budget(evaluations, None if seconds is None else began + seconds)
    runner = Runner(setting, portfolio, budget, merged)
    reason = runner.run(jobs)
    book.polish()
    witness = book.witness
    return SearchResult(
        witness,
        (Fraction(witness.ratio.lower), Fraction(witness.ratio.upper)),
        runner.evaluations,
        reason,
        time.monotonic() - began,
        searcher,
        seed,
        space.alpha,
        traffic,
        tuple(book.history),
        book.path,
    )


class _Book:
    """Keeps the witness of the best candidate, saved whenever it improves."""

    def __init__(self, setting: Setting, portfolio: Portfolio, path: Path | None) -> None:
        self._setting = setting
        self._portfolio = portfolio
        self._evaluator = setting.evaluator()
        self.path = path
        self.history: list[Improvement] = []
        self._witness: WitnessRecord | None = None

    @property
    def witness(self) -> WitnessRecord:
        """The best witness; of the smallest candidate there is if nothing was found in time."""
        if self._witness is None:
            space = self._setting.space
            output = space.outputs[0] or 1
            self._enter(Scored(Pattern(space.least_memory(output), (Block(0, output),)), Fraction(1)), 0)
        assert self._witness is not None
        return self._witness

    def enter(self, evaluations: int) -> None:
        """Take in the portfolio's new best."""
        best = self._portfolio.best
        if best is not None:
            self._enter(best, evaluations)

    def polish(self) -> None:
        """Look once more, and longer, for a cheaper schedule of the best candidate."""
        best = self._portfolio.best
        if best is None or not self.history:
            return
        if best.pattern.size <= _POLISHED and best.pattern.steps <= _POLISHED_STEPS:
            self._enter(best, self.history[-1].evaluations, polish=True)

    def _enter(self, scored: Scored, evaluations: int, *, polish: bool = False) -> None:
        setting = self._setting
        instance = scored.pattern.instance()
        run = simulate(
            instance,
            setting.policy,
            parameters=setting.parameters,
            admission=setting.admission,
            queue=setting.queue,
        )
        upper = Schedule(tuple(self._evaluator.evaluate(scored.pattern).starts.tolist()))
        if polish:
            upper = min(upper, upper_bound(instance, evaluations=_POLISH)[0], key=lambda s: s.total_latency(instance))
        bound = best_lower_bound(instance)
        lower = LowerBoundRecord(bound.integer, bound.method, bound.certificate)
        provenance = {
            "searcher": self._portfolio.searcher,
            "seed": setting.seed,
            "evaluations": evaluations,
            "version": __version__,
            "pattern": msgspec.to_builtins(scored.pattern),
        }
        witness = build_witness(instance, run, upper, lower, provenance)
        improvement = Improvement(evaluations, Fraction(witness.ratio.lower), len(instance))
        if self.history and improvement.ratio <= self.history[-1].ratio:
            return
        self._witness = witness
        self.history.append(improvement)
        if self.path is not None:
            write_witness(self.path, self._witness)


def _share(alpha: Fraction | str | int) -> Fraction:
    share = parse_rational(alpha, field="alpha") if isinstance(alpha, str) else Fraction(alpha)
    if not 0 < share <= 1:
        raise InputError(f"must be above 0 and at most 1, got {share}", field="alpha")
    if -(-share.denominator // share.numerator) > MEMORY_LIMIT // 16:
        raise InputError(f"must be at least {Fraction(16, MEMORY_LIMIT)}, got {share}", field="alpha")
    return share


def _space(policy: Policy, alpha: Fraction, burst: bool, max_requests: int | None) -> Space:
    """Return the candidates that suit ``policy``."""
    if Premise.BURST in policy.premises and not burst:
        raise InputError("must be burst, which the policy needs", field="traffic")
    most, steps = (MOST_REQUESTS, STEP_LIMIT) if ranks_by_size(policy) else (MOST_INTERPRETED, STEPS_INTERPRETED)
    limit = most if max_requests is None else max_requests
    outputs = (policy.lower, policy.upper) if isinstance(policy, IntervalPolicy) else (None, None)
    return Space(alpha, burst, limit, steps, policy.premises, outputs)


def _is_burst(traffic: str) -> bool:
    if traffic not in ("burst", "arbitrary"):
        raise InputError(f"must be burst or arbitrary, got {traffic!r}", field="traffic")
    return traffic == "burst"


def _check(
    evaluations: int | None, seconds: float | None, seed: int, jobs: int, max_requests: int | None, searcher: str
) -> None:
    for field, value, least in (
        ("evaluations", evaluations, 1),
        ("seed", seed, 0),
        ("jobs", jobs, 1),
        ("max_requests", max_requests, 1),
    ):
        if value is not None and value < least:
            raise InputError(f"must be >= {least}, got {value}", field=field)
    if seconds is not None and not 0 < seconds < float("inf"):
        raise InputError(f"must be a positive number, got {seconds}", field="seconds")
    if searcher != "auto":
        SEARCHERS[searcher]

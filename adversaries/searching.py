"""Searching for an instance on which a policy does badly, within a budget, reproducibly."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from adversaries.book import Book, Improvement
from adversaries.campaigns.campaign import BEST_FILE, Campaign, open_campaign, policy_digest
from adversaries.campaigns.manifest import Arguments
from adversaries.pattern import Pattern
from adversaries.portfolio import Portfolio
from adversaries.runner import Budget, Runner, StopReason
from adversaries.searchers import SEARCHERS, Scored
from adversaries.space import MEMORY_LIMIT
from adversaries.subject import Subject
from adversaries.tasks import Setting
from adversaries.workforce.base import ThisProcess, Workforce
from adversaries.workforce.processes import Processes, can_travel
from cr_toolkit.errors import InputError
from cr_toolkit.model.formats import WitnessRecord
from cr_toolkit.model.rational import format_rational, parse_rational
from cr_toolkit.policies import Admission, Policy, Premise, Queue

if TYPE_CHECKING:
    from adversaries.workforce.cluster import Cluster

DEFAULT_SECONDS = 60.0
INTERRUPTED = "interrupted; what was found is kept, and the same command goes on from there"


class Progress(NamedTuple):
    """How far a search is.

    Attributes:
        evaluations: made so far, by earlier sittings too.
        ratio: best certified ratio; None before the first.
        seconds: gone in this sitting.
        rate: evaluations per second of this sitting.
        left: seconds left, as far as the budget and the rate tell.
    """

    evaluations: int
    ratio: Fraction | None
    seconds: float
    rate: float
    left: float | None


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
        history: every improvement of the best; of a search that goes on, from the one it had before.
        path: where the witness was saved, if it was.
        resumed: how many of the evaluations an earlier sitting made.
        campaign: the folder that keeps the search, if one does.
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
    resumed: int = 0
    campaign: Path | None = None


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
    common_prompt: bool = False,
    starts: Sequence[Pattern] = (),
    out: str | os.PathLike[str] | None = None,
    campaigns: str | os.PathLike[str] | None = None,
    renew: bool = True,
    cluster: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> SearchResult:
    """Search for an instance with a large ratio of the policy's cost to that of a feasible schedule.

    Under a counted budget the result depends on the seed alone, not on ``jobs`` or ``cluster``. Ctrl-C ends the search
    and keeps the best found so far.

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
        common_prompt: whether all requests of a candidate have the same prompt.
        starts: candidates to begin with, not counted; those outside the space are left out.
        out: folder that receives the best witness as ``best.json`` every time it improves.
        campaigns: folder in which the search is kept, so that the same one goes on where it was stopped or killed.
        renew: whether a search that is finished there begins anew; else its result is returned at once.
        cluster: address of a Dask scheduler whose workers run the search, in place of ``jobs``.
        progress: called now and then.

    Raises:
        InputError: if an argument breaks a rule, or a folder or the cluster cannot be used.
        CrtoolError: if the workers fail.
    """
    began = time.monotonic()
    require_counts(evaluations, seconds, seed, jobs, max_requests)
    burst = _is_burst(traffic)
    require_searcher(searcher, burst=burst, families=families)
    subject = Subject(policy, dict(parameters or {}), Admission(admission), Queue(queue))
    space = subject.space(share_of(alpha), burst, max_requests, common_prompt)
    if Premise.BURST in space.premises and not space.burst:
        raise InputError("must be burst, which the policy needs", field="traffic")
    if evaluations is None and seconds is None:
        seconds = DEFAULT_SECONDS
    setting = Setting(subject.policy, subject.parameters, subject.admission, subject.queue, space, seed)
    setting.evaluator()
    portfolio = Portfolio(searcher, space, seed, families)
    budget = Budget(evaluations, None if seconds is None else began + seconds)
    with ExitStack() as stack:
        # First, so that an address where nobody answers costs nothing of what is kept.
        remote = None if cluster is None else stack.enter_context(closing(_cluster(cluster, setting, budget)))
        kept = None
        if campaigns is not None:
            arguments = _arguments(setting, portfolio, evaluations, starts)
            kept = stack.enter_context(open_campaign(Path(campaigns), arguments, renew=renew))
        sitting = _Sitting(setting, portfolio, budget, kept, None if out is None else Path(out), progress)
        sitting.catch_up(starts if kept is None else kept.manifest.arguments.starts)
        if kept is not None:
            kept.begin(jobs, cluster)
        reason = sitting.run(remote or sitting.workforce(jobs))
    witness = sitting.book.witness
    return SearchResult(
        witness,
        (Fraction(witness.ratio.lower), Fraction(witness.ratio.upper)),
        sitting.runner.evaluations,
        reason,
        time.monotonic() - began,
        searcher,
        seed,
        space.alpha,
        traffic,
        tuple(sitting.book.history),
        sitting.book.path,
        sitting.resumed,
        None if kept is None else kept.folder,
    )


class _Sitting:
    """A search at work, from its start or resumption to its end."""

    def __init__(
        self,
        setting: Setting,
        portfolio: Portfolio,
        budget: Budget,
        kept: Campaign | None,
        out: Path | None,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._setting = setting
        self._portfolio = portfolio
        self._budget = budget
        self._kept = kept
        self._progress = progress
        self._began = time.monotonic()
        folders = [folder for folder in (out, None if kept is None else kept.folder) if folder is not None]
        paths = [folder / BEST_FILE for folder in folders]
        self.book = Book(setting, portfolio.searcher, paths, None if kept is None else kept.best)
        self.resumed = 0
        """Evaluations made by earlier sittings."""

    def catch_up(self, starts: Sequence[Pattern]) -> None:
        """Take in the candidates to begin with, then what earlier sittings learned."""
        space, evaluate = self._setting.space, self._setting.evaluator().evaluate
        self._portfolio.take_in(
            [Scored(one, evaluate(one).ratio) for one in map(space.fitted, starts) if space.admits(one)]
        )
        self.runner = Runner(self._portfolio, self._budget, None if self._kept is None else self._kept.journal)
        for scored in self.runner.resume():
            if evaluate(scored.pattern, scored.known).ratio != scored.ratio:
                # What the journal says is then worth nothing.
                raise InputError(
                    "was begun with a policy or a crtool that gave other ratios; remove it to begin anew",
                    source=str(self._kept and self._kept.folder),
                )
        self.resumed = self.runner.evaluations
        if self.runner.best is not None:
            self.book.enter(*self.runner.best)

    def run(self, workforce: Workforce) -> StopReason:
        """Search until something stops it; leave the best witness and the manifest behind."""
        self._began = time.monotonic()
        reason = self.runner.run(workforce, self._merged)
        if self._portfolio.best is not None and reason != "interrupted":
            self.book.polish(self._portfolio.best)
        self.book.save()
        if self._kept is not None:
            ratio = Fraction(self.book.witness.ratio.lower)
            self._kept.end(reason, self.runner.evaluations, self.runner.tasks, ratio)
        return reason

    def workforce(self, jobs: int) -> Workforce:
        """Return who runs the tasks on this machine."""
        journal = None if self._kept is None else self._kept.journal.folder
        return local_workforce(self._setting, jobs, self._budget.deadline, journal)

    def _merged(self, changed: bool) -> None:
        if changed and self.runner.best is not None:
            self.book.enter(*self.runner.best)
        if self._progress is not None:
            self._progress(self._how_far())

    def _how_far(self) -> Progress:
        return how_far(self.runner.evaluations, self.resumed, self._portfolio.best, self._budget, self._began)


def how_far(done: int, resumed: int, best: Scored | None, budget: Budget, began: float) -> Progress:
    """Return how far a search is that began at ``began`` (time.monotonic) with ``resumed`` of ``done`` evaluations."""
    now = time.monotonic()
    seconds = now - began
    rate = (done - resumed) / max(seconds, 1e-3)
    left = [] if budget.deadline is None else [max(0.0, budget.deadline - now)]
    if budget.evaluations is not None and rate:
        left.append((budget.evaluations - done) / rate)
    return Progress(done, None if best is None else best.ratio, seconds, rate, min(left, default=None))


def local_workforce(setting: Setting, jobs: int, deadline: float | None, journal: Path | None = None) -> Workforce:
    """Return who runs the tasks on this machine: several processes if the policy can be sent to them, else this one."""
    if jobs > 1 and can_travel(setting):
        return Processes(setting, jobs, deadline, journal)
    return ThisProcess(setting, deadline, journal)


def _cluster(address: str, setting: Setting, budget: Budget) -> Cluster:
    try:
        from adversaries.workforce.cluster import Cluster
    except ModuleNotFoundError as error:
        raise InputError(
            f"needs the package {error.name}; pip install 'cr-toolkit[cluster]' brings it", source="--cluster"
        ) from None
    return Cluster(address, setting, budget.deadline)


def _arguments(setting: Setting, portfolio: Portfolio, evaluations: int | None, starts: Sequence[Pattern]) -> Arguments:
    """Return what decides the result of a search that is to be kept."""
    if not isinstance(setting.policy, str):
        raise InputError("must be a name or FILE.py:CLASS in a search that is kept", field="policy")
    return Arguments(
        policy=setting.policy,
        policy_digest=policy_digest(setting.policy),
        parameters=dict(setting.parameters),
        alpha=format_rational(setting.space.alpha),
        traffic="burst" if setting.space.burst else "arbitrary",
        admission=setting.admission.value,
        queue=setting.queue.value,
        searcher=portfolio.searcher,
        families=portfolio.families,
        max_requests=setting.space.max_requests,
        common_prompt=setting.space.common_prompt,
        evaluations=evaluations,
        seed=setting.seed,
        starts=tuple(starts),
    )


def share_of(alpha: Fraction | str | int) -> Fraction:
    """Return a memory share given as a number or as text; InputError if it is out of range."""
    share = parse_rational(alpha, field="alpha") if isinstance(alpha, str) else Fraction(alpha)
    if not 0 < share <= 1:
        raise InputError(f"must be above 0 and at most 1, got {share}", field="alpha")
    if -(-share.denominator // share.numerator) > MEMORY_LIMIT // 16:
        raise InputError(f"must be at least {Fraction(16, MEMORY_LIMIT)}, got {share}", field="alpha")
    return share


def _is_burst(traffic: str) -> bool:
    if traffic not in ("burst", "arbitrary"):
        raise InputError(f"must be burst or arbitrary, got {traffic!r}", field="traffic")
    return traffic == "burst"


def require_counts(
    evaluations: int | None, seconds: float | None, seed: int, jobs: int, max_requests: int | None
) -> None:
    """Raise InputError unless the counts are in range."""
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


def require_searcher(searcher: str, *, burst: bool, families: bool) -> None:
    """Raise InputError unless the searcher is known and has something to do."""
    if searcher == "family" and not families:
        raise InputError("must not be family in a search without families", field="searcher")
    if searcher != "auto" and burst and not SEARCHERS[searcher].serves_bursts:
        raise InputError(f"{searcher} needs --traffic arbitrary", field="searcher")

"""A sitting: a search or a sweep at work, from its start or resumption to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from adversaries.campaigns.campaign import Campaign, open_campaign, policy_digest
from adversaries.campaigns.manifest import Arguments
from adversaries.pattern import Pattern
from adversaries.portfolio import Portfolio
from adversaries.runner import Budget, Runner, StopReason
from adversaries.searchers import Scored
from adversaries.tasks import Setting
from adversaries.workforce.base import ThisProcess, Workforce
from adversaries.workforce.processes import Processes, can_travel
from cr_toolkit.errors import InputError
from cr_toolkit.model.rational import format_rational

if TYPE_CHECKING:
    from adversaries.workforce.cluster import Cluster


class Progress(NamedTuple):
    """How far a search is.

    Attributes:
        evaluations: made so far, by earlier sittings too.
        ratio: best certified ratio; None before the first.
        seconds: gone in this sitting.
        rate: evaluations per second of this sitting.
        left: seconds left, as far as the budget and the rate tell.
        shares: the best certified ratio of every memory share that is searched and has one, ascending.
    """

    evaluations: int
    ratio: Fraction | None
    seconds: float
    rate: float
    left: float | None
    shares: tuple[tuple[Fraction, Fraction], ...] = ()


class Keeping(NamedTuple):
    """Where a search is kept, so that it goes on after being stopped or killed.

    Attributes:
        folder: of campaigns; the search gets its own inside.
        renew: whether one that is finished there begins anew; else its result stands.
    """

    folder: Path
    renew: bool


class Sitting:
    """A search or a sweep at work; made by ``open_sitting``.

    Attributes:
        kept: what keeps it, or None.
        resumed: evaluations that earlier sittings made.
    """

    def __init__(
        self,
        portfolio: Portfolio,
        runner: Runner,
        budget: Budget,
        workforce: Workforce,
        kept: Campaign | None,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._portfolio = portfolio
        self._runner = runner
        self._budget = budget
        self._workforce = workforce
        self._progress = progress
        self._began = time.monotonic()
        self.kept = kept
        self.resumed = runner.evaluations

    @property
    def evaluations(self) -> int:
        """Evaluations merged, those of earlier sittings too."""
        return self._runner.evaluations

    def run(self, enter: Callable[[Scored, int], None]) -> StopReason:
        """Search until something stops it.

        Args:
            enter: takes every new best candidate and how many evaluations were made by then; first the one that
                earlier sittings left.
        """

        def merged(changed: bool) -> None:
            if changed and self._runner.best is not None:
                enter(*self._runner.best)
            if self._progress is not None:
                self._progress(self.how_far())

        if self._runner.best is not None:
            enter(*self._runner.best)
        self._began = time.monotonic()
        return self._runner.run(self._workforce, merged)

    def end(self, reason: StopReason, ratio: Fraction) -> None:
        """Note in the manifest what ended the sitting, and the best certified ratio."""
        if self.kept is not None:
            self.kept.end(reason, self.evaluations, self._runner.tasks, ratio)

    def how_far(self) -> Progress:
        """Return how far the search is."""
        now, done, limit = time.monotonic(), self.evaluations, self._budget.evaluations
        seconds = now - self._began
        rate = (done - self.resumed) / max(seconds, 1e-3)
        left = [] if self._budget.deadline is None else [max(0.0, self._budget.deadline - now)]
        if limit is not None and rate:
            left.append((limit - done) / rate)
        best = self._portfolio.best
        worst = ((share, self._portfolio.archive.best(share)) for share in self._portfolio.shares)
        shares = tuple((share, one.ratio) for share, one in worst if one is not None)
        return Progress(done, None if best is None else best.ratio, seconds, rate, min(left, default=None), shares)


@contextmanager
def open_sitting(
    setting: Setting,
    portfolio: Portfolio,
    budget: Budget,
    *,
    starts: Sequence[Pattern],
    jobs: int,
    cluster: str | None,
    keeping: Keeping | None,
    progress: Callable[[Progress], None] | None,
) -> Iterator[Sitting]:
    """Begin a search, or go on with the same one where it was stopped or killed.

    Args:
        setting: what is attacked.
        portfolio: plans the tasks; it takes in the starts, then what earlier sittings learned.
        budget: when to stop.
        starts: candidates to begin with, not counted; those outside the space are left out.
        jobs: processes to use.
        cluster: address of a Dask scheduler whose workers run the tasks, in place of ``jobs``.
        keeping: where the search is kept, or None.
        progress: called now and then.

    Raises:
        InputError: if a folder or the cluster cannot be used, or what was kept no longer holds.
    """
    setting.evaluator()
    with ExitStack() as stack:
        # First, so that an address where nobody answers costs nothing of what is kept.
        remote = None if cluster is None else stack.enter_context(closing(_cluster(cluster, setting, budget)))
        kept = None
        if keeping is not None:
            arguments = _arguments(setting, portfolio, budget.evaluations, starts)
            kept = stack.enter_context(open_campaign(keeping.folder, arguments, renew=keeping.renew))
            starts = kept.manifest.arguments.starts
        runner = _caught_up(setting, portfolio, budget, kept, starts)
        if kept is not None:
            kept.begin(jobs, cluster)
        journal = None if kept is None else kept.journal.folder
        if remote is not None and journal is not None:
            remote.keep(journal)
        workforce = remote or _local(setting, jobs, budget.deadline, journal)
        yield Sitting(portfolio, runner, budget, workforce, kept, progress)


def _caught_up(
    setting: Setting, portfolio: Portfolio, budget: Budget, kept: Campaign | None, starts: Sequence[Pattern]
) -> Runner:
    """Return the runner of a search that has taken in its starts and what earlier sittings learned."""
    space, evaluate = setting.space, setting.evaluator().evaluate
    portfolio.take_in([Scored(one, evaluate(one).ratio) for one in map(space.fitted, starts) if space.admits(one)])
    runner = Runner(portfolio, budget, None if kept is None else kept.journal)
    for scored in runner.resume():
        if evaluate(scored.pattern, scored.known).ratio != scored.ratio:
            # What the journal says is then worth nothing.
            raise InputError(
                "was begun with a policy or a crtool that gave other ratios; remove it to begin anew",
                source=str(kept and kept.folder),
            )
    return runner


def _local(setting: Setting, jobs: int, deadline: float | None, journal: Path | None) -> Workforce:
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
        shares=tuple(map(format_rational, portfolio.shares)),
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

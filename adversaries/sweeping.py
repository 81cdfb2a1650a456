"""A whole frontier from one search: the worst witness of every memory share, out of one archive."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from adversaries.book import witness_of
from adversaries.pattern import Pattern
from adversaries.portfolio import Portfolio
from adversaries.runner import Budget, StopReason
from adversaries.searching import require_counts, require_searcher, share_of
from adversaries.sitting import Keeping, Progress, open_sitting
from adversaries.subject import Subject
from adversaries.tasks import Setting
from cr_toolkit.errors import InputError
from cr_toolkit.model.formats import WitnessRecord
from cr_toolkit.policies import Admission, Policy, Queue


@dataclass(frozen=True)
class SweepResult:
    """What a sweep found.

    Attributes:
        worst: for each share, ascending, the witness of the worst instance whose peaks it allows; shares at which
            nothing above ratio 1 was found are left out.
        evaluations: how many candidates were evaluated.
        stopped_by: which budget ended it.
        seconds: how long it took.
        resumed: how many of the evaluations an earlier sitting made.
    """

    worst: Mapping[Fraction, WitnessRecord]
    evaluations: int
    stopped_by: StopReason
    seconds: float
    resumed: int = 0


def sweep(
    policy: str | Policy | type[Policy] = "svf",
    *,
    shares: Sequence[Fraction | str],
    parameters: Mapping[str, int | str] | None = None,
    admission: Admission | str = Admission.LOOKAHEAD,
    queue: Queue | str = Queue.HEAD_OF_LINE,
    evaluations: int,
    searcher: str = "auto",
    seed: int = 0,
    jobs: int = 1,
    max_requests: int | None = None,
    families: bool = True,
    common_prompt: bool = False,
    starts: Sequence[Pattern] = (),
    campaigns: str | os.PathLike[str] | None = None,
    renew: bool = True,
    cluster: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> SweepResult:
    """Search bursts of all memory shares at once: what is found at one share serves every larger one.

    The budget is shared by all ``shares``. The result depends on the seed alone, not on ``jobs`` or ``cluster``. Ctrl-C
    ends the sweep and returns what was found so far.

    Args:
        policy: the policy under attack.
        shares: the memory shares of the frontier.
        parameters: values for the policy's parameters.
        admission: ``lookahead`` or ``peak``.
        queue: ``head-of-line`` or ``skipping``.
        evaluations: stop after so many candidates.
        searcher: a registered searcher, or ``auto``.
        seed: of the random streams (>= 0).
        jobs: processes to use.
        max_requests: most requests of a candidate; as for ``search`` if not given.
        families: whether ``auto`` may use the known families.
        common_prompt: whether all requests of a candidate have the same prompt.
        starts: candidates to begin with, not counted; those outside the space are left out.
        campaigns: folder in which the sweep is kept, so that the same one goes on where it was stopped or killed.
        renew: whether a sweep that is finished there begins anew; else its result is returned at once.
        cluster: address of a Dask scheduler whose workers run the sweep, in place of ``jobs``.
        progress: called now and then; its ratio is that of the largest share.

    Raises:
        InputError: if an argument breaks a rule, or a folder or the cluster cannot be used.
        CrtoolError: if the workers fail.
    """
    began = time.monotonic()
    require_counts(evaluations, None, seed, jobs, max_requests)
    require_searcher(searcher, burst=True, families=families)
    ascending = tuple(sorted({share_of(share) for share in shares}))
    if not ascending:
        raise InputError("must name at least one share", field="shares")
    subject = Subject(policy, dict(parameters or {}), Admission(admission), Queue(queue))
    space = subject.space(ascending[-1], True, max_requests, common_prompt)
    setting = Setting(subject.policy, subject.parameters, subject.admission, subject.queue, space, seed)
    portfolio = Portfolio(searcher, space, seed, families, ascending)
    keeping = None if campaigns is None else Keeping(Path(campaigns), renew)
    with open_sitting(
        setting,
        portfolio,
        Budget(evaluations, None),
        starts=starts,
        jobs=jobs,
        cluster=cluster,
        keeping=keeping,
        progress=progress,
    ) as sitting:
        reason = sitting.run(lambda scored, evaluations: None)
        sitting.end(reason, Fraction(1) if portfolio.best is None else portfolio.best.ratio)
    # One candidate may be the worst at several shares: its witness is built once.
    best = {share: portfolio.archive.best(share) for share in ascending}
    evaluator = setting.evaluator()
    built = {
        one: witness_of(setting, evaluator, searcher, one, sitting.evaluations) for one in set(best.values()) if one
    }
    worst = {share: built[one] for share, one in best.items() if one is not None and one.ratio > 1}
    return SweepResult(worst, sitting.evaluations, reason, time.monotonic() - began, sitting.resumed)

"""Searching for an instance on which a policy does badly, within a budget, reproducibly."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from adversaries.book import Book, Improvement
from adversaries.campaigns.campaign import BEST_FILE, Campaign
from adversaries.pattern import Pattern
from adversaries.portfolio import Portfolio
from adversaries.runner import Budget, StopReason
from adversaries.searchers import SEARCHERS
from adversaries.sitting import Keeping, Progress, open_sitting
from adversaries.space import MEMORY_LIMIT
from adversaries.subject import Subject
from adversaries.tasks import Setting
from cr_toolkit.errors import InputError
from cr_toolkit.model.formats import WitnessRecord
from cr_toolkit.model.rational import parse_rational
from cr_toolkit.policies import Admission, Policy, Premise, Queue

DEFAULT_SECONDS = 60.0
INTERRUPTED = "interrupted; what was found is kept, and the same command goes on from there"


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
    portfolio = Portfolio(searcher, space, seed, families)
    budget = Budget(evaluations, None if seconds is None else began + seconds)
    keeping = None if campaigns is None else Keeping(Path(campaigns), renew)
    with open_sitting(
        setting, portfolio, budget, starts=starts, jobs=jobs, cluster=cluster, keeping=keeping, progress=progress
    ) as sitting:
        book = _book(setting, searcher, sitting.kept, None if out is None else Path(out))
        reason = sitting.run(book.enter)
        if portfolio.best is not None and reason != "interrupted":
            book.polish(portfolio.best)
        book.save()
        sitting.end(reason, Fraction(book.witness.ratio.lower))
    witness = book.witness
    return SearchResult(
        witness,
        (Fraction(witness.ratio.lower), Fraction(witness.ratio.upper)),
        sitting.evaluations,
        reason,
        time.monotonic() - began,
        searcher,
        seed,
        space.alpha,
        traffic,
        tuple(book.history),
        book.path,
        sitting.resumed,
        None if sitting.kept is None else sitting.kept.folder,
    )


def _book(setting: Setting, searcher: str, kept: Campaign | None, out: Path | None) -> Book:
    """Return the book of a search: its files, and the witness that an earlier sitting left."""
    folders = [folder for folder in (out, None if kept is None else kept.folder) if folder is not None]
    return Book(setting, searcher, [folder / BEST_FILE for folder in folders], None if kept is None else kept.best)


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

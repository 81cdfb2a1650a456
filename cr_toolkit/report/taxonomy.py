"""The table information x traffic: what is proved in each cell, the worst certified ratio, and whether they agree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, cached_property
from itertools import islice
from typing import NamedTuple

from adversaries import search
from adversaries.corpus import Kept
from adversaries.demonstration import Member, approaches, grows, members
from adversaries.families import FAMILIES
from cr_toolkit.errors import CrtoolError, InputError
from cr_toolkit.model.formats import WitnessRecord
from cr_toolkit.policies import POLICIES, Admission, Policy, Premise, Queue
from cr_toolkit.report.judging import Bounds, judge_witness, setting_of
from cr_toolkit.report.results.taxonomy import (
    RowVerdict,
    TaxonomyBound,
    TaxonomyCell,
    TaxonomyDemonstration,
    TaxonomyResult,
    TaxonomyRow,
)
from cr_toolkit.report.wording import decimal
from cr_toolkit.taxonomy.lattice import Cell, cells
from cr_toolkit.taxonomy.regimes import Traffic
from proofs.cells import CellBound, cell_of, contradictions, lower_bounds, upper_bounds
from proofs.description import TABLE_SHARES
from proofs.theorem import ANY_POLICY, THEOREMS, Kind, Status, Theorem
from proofs.verdict import Judgement, Verdict

SEARCHED = (Traffic.BURST, Traffic.ARBITRARY)
"""Traffic regimes in which instances are searched."""

_NEARBY = (Fraction(51, 100), Fraction(9, 10))
"""Memory shares at which a family is demonstrated when it has no instance at the share asked for."""


@dataclass(frozen=True)
class Found:
    """A certified witness and where it comes from."""

    witness: WitnessRecord
    origin: str

    @cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        """The witness, re-checked, held against every theorem in whose scope it lies."""
        return judge_witness(self.witness, Bounds())

    @property
    def ratio(self) -> Fraction:
        """Policy cost over the cost of a feasible schedule."""
        return Fraction(self.witness.ratio.lower)


@dataclass(frozen=True)
class Row:
    """A policy in a cell, under rules of admission of which the same theorems speak.

    Attributes:
        policy: its name.
        admission: the rules.
        queue: the queue discipline.
        bounds: the theorems about it, bounds from above first.
        worst: the witness of largest certified ratio, or None.
        judgements: that and every other witness held against every theorem in whose scope it lies.
        verdict: what follows.
        note: why it was not searched, or "".
    """

    policy: str
    admission: tuple[Admission, ...]
    queue: Queue
    bounds: tuple[CellBound, ...]
    worst: Found | None = None
    judgements: tuple[Judgement, ...] = ()
    verdict: RowVerdict = "open"
    note: str = ""

    @property
    def available(self) -> bool:
        """Whether the policy is registered."""
        return self.policy in POLICIES


@dataclass(frozen=True)
class CellReport:
    """A cell of the taxonomy.

    Attributes:
        cell: information and traffic.
        above: bounds for all instances, from this cell and harder ones, best first.
        classes: bounds for a class of instances, likewise.
        below: what bounds every policy from below.
        rows: the policies of this cell.
    """

    cell: Cell
    above: tuple[CellBound, ...]
    classes: tuple[CellBound, ...]
    below: tuple[CellBound, ...]
    rows: tuple[Row, ...]


Place = tuple[CellReport, Row]


@dataclass(frozen=True)
class Demonstration:
    """A theorem from below and a family that shows it.

    Attributes:
        theorem: the theorem's id.
        family: the family's name.
        alpha: the memory share of its instances.
        points: its instances by growing parameter, certified.
        shown: whether the certified ratios grow, or rise towards the family's limit; None if it cannot be evaluated.
        note: why it cannot, or "".
    """

    theorem: str
    family: str
    alpha: Fraction
    points: tuple[Member, ...]
    shown: bool | None
    note: str


@dataclass(frozen=True)
class Effort:
    """How much to search: evaluations per policy and rule of admission, and the seed."""

    evaluations: int
    seed: int = 0


@dataclass(frozen=True)
class Taxonomy:
    """The whole table.

    Attributes:
        alpha: the memory share.
        cells: its cells, most information and tamest traffic first.
        demonstrations: of the theorems from below; empty when not asked for.
        searches: searches made.
        interrupted: whether the user stopped the searches; what was found by then is there.
    """

    alpha: Fraction
    cells: tuple[CellReport, ...]
    demonstrations: tuple[Demonstration, ...] = ()
    searches: int = 0
    interrupted: bool = False

    @property
    def violated(self) -> tuple[Judgement, ...]:
        """Every violation."""
        rows = (row for report in self.cells for row in report.rows)
        return tuple(j for row in rows for j in row.judgements if j.verdict is Verdict.VIOLATED)

    @property
    def failed(self) -> tuple[Demonstration, ...]:
        """Demonstrations whose certified ratios do not grow."""
        return tuple(one for one in self.demonstrations if one.shown is False)


class InconsistentTheoremsError(CrtoolError):
    """Theorems that cannot all be true."""


def taxonomy(alpha: Fraction, kept: Sequence[Kept]) -> Taxonomy:
    """Return the table at memory share ``alpha`` with the witnesses of a corpus and members of every family.

    Members are those of ``alpha`` and of the smaller shares of the usual tables.

    Raises:
        InconsistentTheoremsError: if two theorems contradict each other at ``alpha`` or at a share of the usual tables.
    """
    disputes = contradictions(sorted({alpha, *TABLE_SHARES}))
    if disputes:
        raise InconsistentTheoremsError("theorems contradict each other: " + "; ".join(disputes))
    found = [Found(one.witness, one.path.name) for one in kept if one.alpha <= alpha]
    # What is bad at a smaller share is as bad at this one: the worst ratio must not fall as the share grows.
    shares = sorted({alpha, *(share for share in TABLE_SHARES if 0 < share < alpha)})
    found += [one for share in shares for one in _family_members(share)]
    return Taxonomy(alpha, tuple(_cell(cell, alpha, found) for cell in cells()))


@cache
def _family_members(alpha: Fraction) -> tuple[Found, ...]:
    return tuple(
        Found(member.witness, f"family {name}")
        for name, family in FAMILIES.items()
        if family.policy in POLICIES
        for member in members(name, alpha)
    )


def verify(
    table: Taxonomy, effort: Effort, watch: Callable[[Iterable[Place]], Iterable[Place]] = lambda places: places
) -> Taxonomy:
    """Return the table after a counted search for each policy, and with every theorem from below demonstrated.

    Args:
        table: what ``taxonomy`` returned.
        effort: how much to search.
        watch: wraps what is searched, to show progress.
    """
    shown = tuple(demonstrate(table.alpha))
    searches, interrupted = 0, False
    rows: list[Row] = []
    places: list[Place] = [(report, row) for report in table.cells for row in report.rows]
    for report, place in watch(places):
        row = place
        found: list[Found] = []
        if row.available and report.cell.traffic in SEARCHED and not interrupted:
            outcome = _search(report.cell, row, table.alpha, effort)
            searches, interrupted = searches + len(outcome.found), outcome.interrupted
            found = outcome.found
            row = replace(row, note=outcome.note)
        rows.append(_judged(row, report, table.alpha, found))
    remaining = iter(rows)
    reports = tuple(replace(report, rows=tuple(islice(remaining, len(report.rows)))) for report in table.cells)
    return replace(table, cells=reports, demonstrations=shown, searches=searches, interrupted=interrupted)


def demonstrate(alpha: Fraction, theorems: Iterable[Theorem] = THEOREMS) -> Iterator[Demonstration]:
    """Yield a demonstration for every family of every theorem from below; also those that cannot be evaluated yet."""
    for theorem in theorems:
        for name in theorem.families:
            yield _demonstration(theorem, name, alpha)


def _demonstration(theorem: Theorem, name: str, alpha: Fraction) -> Demonstration:
    def missing(note: str) -> Demonstration:
        return Demonstration(theorem.id, name, alpha, (), None, note)

    if name not in FAMILIES:
        return missing("the family is not available")
    family = FAMILIES[name]()
    if family.policy not in POLICIES:
        return missing(f"the policy {family.policy} is not available")
    for share in (alpha, *_NEARBY):
        points = members(name, share)
        if points:
            limit = family.limit(share)
            shown = grows(points) if limit is None else approaches(points, limit)
            return Demonstration(theorem.id, name, share, points, shown, "")
    return missing(f"it has no instance at a share of {alpha}")


def _cell(cell: Cell, alpha: Fraction, found: Sequence[Found]) -> CellReport:
    above, classes = (upper_bounds(cell, alpha, classes=narrow) for narrow in (False, True))
    report = CellReport(cell, above, classes, lower_bounds(cell, alpha), tuple(_rows(cell, alpha)))
    return replace(
        report,
        rows=tuple(
            _judged(row, report, alpha, [one for one in found if _belongs(one, cell, row, alpha)])
            for row in report.rows
        ),
    )


def _rows(cell: Cell, alpha: Fraction) -> Iterator[Row]:
    """Yield the policies that theorems of this cell name, and the registered ones that need just its information."""
    own = [theorem for theorem in THEOREMS if cell_of(theorem) == cell and theorem.policy != ANY_POLICY]
    names = {theorem.policy for theorem in own}
    if cell.traffic in SEARCHED:
        names |= {name for name, policy in POLICIES.items() if _runs_in(policy, cell)}
    for name in sorted(names):
        theorems = [theorem for theorem in own if theorem.policy == name]
        queues = {Queue.HEAD_OF_LINE, *(queue for theorem in theorems for queue in theorem.queue)}
        for queue in sorted(queues):
            by_theorems: dict[tuple[str, ...], list[Admission]] = {}
            for rule in _rules(name):
                speaking = tuple(t.id for t in theorems if rule in t.admission and queue in t.queue)
                by_theorems.setdefault(speaking, []).append(rule)
            if queue is not Queue.HEAD_OF_LINE:
                by_theorems.pop((), None)
            for ids, rules in by_theorems.items():
                yield Row(name, tuple(rules), queue, _bounds([THEOREMS[i] for i in ids], alpha))


def _runs_in(policy: type[Policy], cell: Cell) -> bool:
    """Return whether ``policy`` needs just the cell's information and is defined under its traffic."""
    burst_alone = Premise.BURST in policy.premises and cell.traffic is not Traffic.BURST
    return policy.information is cell.information and not burst_alone


def _rules(name: str) -> tuple[Admission, ...]:
    """Return the admission rules that the policy called ``name`` runs under."""
    decides = name in POLICIES and not POLICIES[name].rules_apply
    return (Admission.LOOKAHEAD,) if decides else tuple(Admission)


def _bounds(theorems: Iterable[Theorem], alpha: Fraction) -> tuple[CellBound, ...]:
    bounds = [CellBound(theorem, theorem.bound_at(alpha), False) for theorem in theorems]
    return tuple(sorted(bounds, key=lambda bound: (bound.theorem.kind is Kind.LOWER, bound.rank)))


def _belongs(found: Found, cell: Cell, row: Row, alpha: Fraction) -> bool:
    """Return whether a witness is a run of the row's policy under its rules, within the cell's traffic and share."""
    witness = found.witness
    setting = setting_of(witness)
    is_burst = not any(request.arrival for request in witness.instance.requests)
    within = is_burst if cell.traffic is Traffic.BURST else cell.traffic is Traffic.ARBITRARY
    rules = setting.admission in row.admission and setting.queue is row.queue
    return within and rules and setting.policy == row.policy and Fraction(witness.alpha) <= alpha


def _judged(row: Row, report: CellReport, alpha: Fraction, found: Sequence[Found]) -> Row:
    """Return the row with further witnesses held against every theorem in whose scope they lie."""
    judgements = [*row.judgements]
    worst = row.worst
    for one in found:
        judgements += one.judgements
        if worst is None or one.ratio > worst.ratio:
            worst = one
    row = replace(row, worst=worst, judgements=tuple(judgements))
    return replace(row, verdict=_verdict(row, report, alpha))


def _verdict(row: Row, report: CellReport, alpha: Fraction) -> RowVerdict:
    verdicts = {judgement.verdict for judgement in row.judgements}
    if Verdict.VIOLATED in verdicts:
        return "violated"
    if not row.available:
        return "not available"
    if report.cell.traffic is Traffic.POISSON:
        return "expectation"
    restarts = row.policy in POLICIES and POLICIES[row.policy].restarts
    for_all = (bound for bound in report.below if bound.theorem.restarts or not restarts)
    if any(bound.theorem.unbounded_at(alpha) for bound in (*row.bounds, *for_all)):
        # Bounds that depend on the longest output may exist as well, and hold.
        return "unbounded"
    if not any(bound.theorem.kind is not Kind.LOWER for bound in row.bounds):
        return "open"
    return "holds" if Verdict.HOLDS in verdicts and Verdict.UNDECIDED not in verdicts else "undecided"


class _Outcome(NamedTuple):
    found: list[Found]
    interrupted: bool
    note: str


def _search(cell: Cell, row: Row, alpha: Fraction, effort: Effort) -> _Outcome:
    """Search under each rule of the row; a policy that searches cannot run leaves a note."""
    found: list[Found] = []
    for rule in row.admission:
        try:
            result = search(
                row.policy,
                alpha=alpha,
                traffic="burst" if cell.traffic is Traffic.BURST else "arbitrary",
                admission=rule,
                queue=row.queue,
                evaluations=effort.evaluations,
                seed=effort.seed,
            )
        except InputError as error:
            return _Outcome(found, False, f"not searched: {error}")
        found.append(Found(result.best, f"search, seed {effort.seed}"))
        if result.stopped_by == "interrupted":
            return _Outcome(found, True, "interrupted")
    return _Outcome(found, False, "")


def as_result(table: Taxonomy) -> TaxonomyResult:
    """Return the table as it is printed."""
    return TaxonomyResult(
        alpha=str(table.alpha),
        cells=tuple(_cell_result(report) for report in table.cells),
        demonstrations=tuple(
            TaxonomyDemonstration(
                theorem=one.theorem,
                family=one.family,
                alpha=str(one.alpha),
                parameters=tuple(point.parameter for point in one.points),
                ratios=tuple(str(point.ratio) for point in one.points),
                shown=one.shown,
                note=one.note,
            )
            for one in table.demonstrations
        ),
        searches=table.searches,
        violated=tuple(sorted({judgement.theorem for judgement in table.violated})),
    )


def _cell_result(report: CellReport) -> TaxonomyCell:
    return TaxonomyCell(
        information=report.cell.information.value,
        traffic=report.cell.traffic.value,
        above=tuple(map(_bound_result, report.above)),
        classes=tuple(map(_bound_result, report.classes)),
        below=tuple(map(_bound_result, report.below)),
        rows=tuple(
            TaxonomyRow(
                policy=row.policy,
                available=row.available,
                admission=tuple(rule.value for rule in row.admission),
                queue=row.queue.value,
                bounds=tuple(map(_bound_result, row.bounds)),
                ratio=None if row.worst is None else str(row.worst.ratio),
                origin=None if row.worst is None else row.worst.origin,
                verdict=row.verdict,
                note=row.note,
            )
            for row in report.rows
        ),
    )


def _bound_result(bound: CellBound) -> TaxonomyBound:
    theorem = bound.theorem
    return TaxonomyBound(
        id=theorem.id,
        kind=theorem.kind.value,
        status=theorem.status.value,
        source=theorem.source,
        formula=theorem.formula,
        order=theorem.order,
        bound=None if bound.value is None else str(bound.value),
        instance_class=theorem.instance_class,
        stated_in=None if not bound.inherited else str(cell_of(theorem)),
    )


def bound_words(bound: CellBound) -> str:
    """Return a bound as people read it: "<= 3.5000 (svf-burst-lookahead)", with its class and the cell it is from."""
    theorem = bound.theorem
    sign = {Kind.UPPER: "<=", Kind.LOWER: ">=", Kind.TIGHT: "="}[theorem.kind]
    if theorem.order:
        value = f"{'Omega' if theorem.kind is Kind.LOWER else 'O'}({theorem.formula})"
        if theorem.unbounded_above:
            value += f" above alpha = {theorem.unbounded_above}"
    elif bound.value is None and theorem.share_bound is not None:
        at_zero = theorem.bound_at(Fraction(0))
        value = "nothing at this share" if at_zero is None else f"{sign} {decimal(at_zero)} as alpha -> 0"
    elif bound.value is None:
        value = "unbounded" if theorem.formula == "oo" else f"{sign} {theorem.formula}"
    else:
        value = f"{sign} {decimal(bound.value, towards='down' if theorem.kind is Kind.LOWER else 'up')}"
    inside = [theorem.id]
    if theorem.instance_class is not None:
        inside.append(theorem.instance_class)
    if theorem.restarts:
        inside.append("restarts")
    if theorem.status not in (Status.PROVED_HERE, Status.PROVED_IN_SOURCE):
        inside.append(theorem.status.value)
    if bound.inherited:
        inside.append(f"from {cell_of(theorem)}")
    return f"{value} ({', '.join(inside)})"


def best_words(bounds: Sequence[CellBound]) -> str:
    """Return the best of ``bounds`` in words: the first, or all that depend on more than the share if it does."""
    best = [bound for place, bound in enumerate(bounds) if place == 0 or bounds[0].value is None]
    return " or ".join(map(bound_words, best)) or "none"


def row_words(row: Row) -> str:
    """Return the bounds of a policy in words: the best from above and those from below, and how many more there are."""
    above = [bound for bound in row.bounds if bound.theorem.kind is not Kind.LOWER]
    shown = above[:1] if above and above[0].value is not None else above
    below = [bound for bound in row.bounds if bound.theorem.kind is Kind.LOWER]
    more = len(above) - len(shown)
    words = "; ".join(map(bound_words, (*shown, *below))) or "none"
    return words + (f"; {more} weaker" if more else "")

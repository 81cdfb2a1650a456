"""Checking proofs: the graph of lemmas, their algebra, and their inequalities on real runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from cr_toolkit.model import Instance
from cr_toolkit.policies import Queue
from proofs.lemma import EVERY_PREFIX, LEMMAS, PREFIX_LIMIT, Lemma
from proofs.sample import sample_instances, trials
from proofs.theorem import THEOREMS, Setting, Status, Theorem
from proofs.trial import Trial

if TYPE_CHECKING:
    import networkx

DEFAULT_INSTANCES = 10_000
"""Generated instances of a default check."""

_LOOSEST = Fraction(0)


@dataclass(frozen=True)
class Problem:
    """Why a proof is rejected.

    Attributes:
        lemma: the lemma at fault, or the theorem.
        reason: a sentence.
        instance: an instance that breaks the lemma, or None.
    """

    lemma: str
    reason: str
    instance: Instance | None = None


@dataclass(frozen=True)
class LemmaReport:
    """What was checked of one lemma.

    Attributes:
        lemma: its id.
        steps: algebraic steps proved.
        rows: inequalities evaluated.
        tightest: largest lhs/rhs of a row with 0 < lhs <= rhs (1: equality was met); None without such a row.
    """

    lemma: str
    steps: int
    rows: int
    tightest: Fraction | None


@dataclass(frozen=True)
class CheckReport:
    """What was checked of some theorems.

    Attributes:
        theorems: their ids.
        lemmas: one report per lemma, premises before conclusions.
        instances: instances evaluated.
        problems: why proofs are rejected; empty when all is well.
        unproved: ids of theorems that have no proof here and claim none.
    """

    theorems: tuple[str, ...]
    lemmas: tuple[LemmaReport, ...]
    instances: int
    problems: tuple[Problem, ...]
    unproved: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems


def proof_graph(ids: Iterable[str] | None = None, lemmas: Mapping[str, Lemma] | None = None) -> networkx.DiGraph[str]:
    """Return the lemmas that the proofs of the theorems ``ids`` rest on, with an edge from each lemma to its users.

    With None for ``ids``, all lemmas, those that bound OPT and serve no theorem included.

    A lemma that is named but does not exist is a node without the attribute ``lemma``.
    """
    import networkx

    known = dict(LEMMAS.items()) if lemmas is None else lemmas
    graph: networkx.DiGraph[str] = networkx.DiGraph()
    if ids is None:
        pending = [*known, *(theorem.proof for theorem in THEOREMS if theorem.proof is not None)]
    else:
        pending = [proof for proof in (THEOREMS[theorem].proof for theorem in ids) if proof is not None]
    while pending:
        name = pending.pop()
        if name in graph and "lemma" in graph.nodes[name]:
            continue
        graph.add_node(name)
        if name not in known:
            continue
        graph.nodes[name]["lemma"] = known[name]
        for used in known[name].uses:
            graph.add_edge(used, name)
            pending.append(used)
    return graph


def proof_lemmas(ids: Iterable[str] | None = None) -> tuple[Lemma, ...]:
    """Return the lemmas of ``proof_graph``, premises before conclusions."""
    return _premises_first(proof_graph(ids))


def check_theorems(
    ids: Sequence[str] | None = None,
    instances: Iterable[Instance] | None = None,
    *,
    lemmas: Mapping[str, Lemma] | None = None,
    seed: int = 0,
) -> CheckReport:
    """Check the proofs of theorems: every lemma exists, none rests on itself, all algebra holds, no run breaks one.

    Args:
        ids: theorem ids, or None for all theorems and all lemmas.
        instances: what to evaluate the lemmas on, or None for ``DEFAULT_INSTANCES`` generated ones. Instances outside
            a theorem's premises are skipped; of those with more than ``PREFIX_LIMIT`` requests, the lemmas that take
            quadratic time are.
        lemmas: the lemmas by id, or None for the registered ones.
        seed: of the generated instances and schedules.

    Raises:
        InputError: if there is no such theorem.
    """
    chosen = tuple(THEOREMS.names() if ids is None else ids)
    graph = proof_graph(ids, lemmas)
    problems = list(_structural_problems(chosen, graph))
    order = _premises_first(graph)
    steps: dict[str, int] = {}
    for lemma in order:
        steps[lemma.id] = 0
        for step in lemma.algebra():
            steps[lemma.id] += 1
            if step.proved is not True:
                problems.append(Problem(lemma.id, f"the step is not proved: {step.claim}"))
        if steps[lemma.id] == 0:
            problems.append(Problem(lemma.id, "it has no algebra to prove"))
    tally = _Tally(order, _of_no_theorem(chosen, graph))
    evaluated = 0
    for instance in sample_instances(DEFAULT_INSTANCES, seed) if instances is None else instances:
        evaluated += 1
        tally.add(instance, chosen, graph, seed)
    problems.extend(tally.problems.values())
    reports = tuple(LemmaReport(x.id, steps[x.id], tally.rows[x.id], tally.tightest.get(x.id)) for x in order)
    problems.extend(
        Problem(report.lemma, "no instance reached it") for report in reports if evaluated and report.rows == 0
    )
    unproved = tuple(
        name for name in chosen if THEOREMS[name].proof is None and THEOREMS[name].status is not Status.PROVED_HERE
    )
    return CheckReport(chosen, reports, evaluated, tuple(problems), unproved)


def _structural_problems(ids: Sequence[str], graph: networkx.DiGraph[str]) -> Iterator[Problem]:
    import networkx

    for name in ids:
        theorem = THEOREMS[name]
        if theorem.status is Status.PROVED_HERE and theorem.proof is None:
            yield Problem(name, "it is stated as proved here and names no concluding lemma")
    for name in sorted(graph):
        if "lemma" not in graph.nodes[name]:
            yield Problem(name, "it is used and does not exist")
    if not networkx.is_directed_acyclic_graph(graph):
        cycle = " -> ".join(edge[0] for edge in networkx.find_cycle(graph))
        yield Problem(sorted(networkx.find_cycle(graph))[0][0], f"it rests on itself: {cycle}")


def _premises_first(graph: networkx.DiGraph[str]) -> tuple[Lemma, ...]:
    import networkx

    names = sorted(graph)
    if networkx.is_directed_acyclic_graph(graph):
        names = list(networkx.lexicographical_topological_sort(graph))
    return tuple(graph.nodes[name]["lemma"] for name in names if "lemma" in graph.nodes[name])


def _of_no_theorem(ids: Sequence[str], graph: networkx.DiGraph[str]) -> frozenset[str]:
    import networkx

    roots = {theorem.proof for theorem in (THEOREMS[name] for name in ids) if theorem.proof is not None}
    used = roots.union(*(networkx.ancestors(graph, root) for root in roots))
    return frozenset(graph) - used


class _Tally:
    """Rows seen per lemma, the tightest, and the first broken one."""

    def __init__(self, order: Sequence[Lemma], always: frozenset[str]) -> None:
        self.order = order
        self.always = always
        self.rows = {lemma.id: 0 for lemma in order}
        self.tightest: dict[str, Fraction] = {}
        self.problems: dict[str, Problem] = {}
        self._needed: dict[str, frozenset[str]] = {}

    def add(self, instance: Instance, ids: Sequence[str], graph: networkx.DiGraph[str], seed: int) -> None:
        """Evaluate, on the runs of ``instance``, every lemma of every theorem in scope once."""
        for policy in sorted({THEOREMS[name].policy for name in ids if THEOREMS[name].proof is not None}):
            theorems = [THEOREMS[name] for name in ids if THEOREMS[name].policy == policy]
            rules = tuple(dict.fromkeys(rule for theorem in theorems for rule in theorem.admission))
            queues = tuple(dict.fromkeys(queue for theorem in theorems for queue in theorem.queue))
            for trial in trials(instance, policy, rules, seed, queues) if instance.is_burst else ():
                setting = Setting.of(trial.run)
                scope = [theorem for theorem in theorems if theorem.failed_hypothesis(instance, setting) is None]
                always = self.always if trial.run.queue is Queue.HEAD_OF_LINE else frozenset[str]()
                needed = always.union(*(self._lemmas_of(theorem, graph) for theorem in scope))
                self._evaluate(trial, needed)

    def _lemmas_of(self, theorem: Theorem, graph: networkx.DiGraph[str]) -> frozenset[str]:
        import networkx

        if theorem.proof is None:
            return frozenset()
        if theorem.id not in self._needed:
            self._needed[theorem.id] = frozenset(networkx.ancestors(graph, theorem.proof) | {theorem.proof})
        return self._needed[theorem.id]

    def _evaluate(self, trial: Trial, needed: frozenset[str]) -> None:
        too_long = len(trial.run.order) > PREFIX_LIMIT
        for lemma in self.order:
            if lemma.id not in needed or (too_long and lemma.id in EVERY_PREFIX):
                continue
            best = self.tightest.get(lemma.id, _LOOSEST)
            above, below = best.numerator, best.denominator
            for row in lemma.rows(trial):
                self.rows[lemma.id] += 1
                # Both sides times both denominators: comparing integers is several times faster than fractions.
                left = row.lhs.numerator * row.rhs.denominator
                right = row.rhs.numerator * row.lhs.denominator
                if left > right:
                    reason = f"broken at {row.label}: {row.lhs} > {row.rhs} ({trial.run.admission.value})"
                    self.problems.setdefault(lemma.id, Problem(lemma.id, reason, trial.run.instance))
                elif above < below and left * below > above * right:
                    above, below = left, right
            if above:
                self.tightest[lemma.id] = Fraction(above, below)

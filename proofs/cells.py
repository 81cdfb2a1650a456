"""What the theorems say of each cell information x traffic, and whether they agree with one another.

The best known bound of a cell at a memory share is the least constant C for which some theorem shows that some policy
that needs no more than the cell's information costs at most C OPT on every instance of the cell's traffic and share. A
theorem stated in a harder cell counts: less information is enough, and wilder traffic includes the cell's. A theorem
about a class of instances, such as a common prompt, does not count for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from cr_toolkit.taxonomy.lattice import Cell, at_least_as_easy, at_least_as_hard, lattice
from proofs.theorem import ANY_POLICY, THEOREMS, Kind, Status, Theorem

_TRUSTED = (Status.PROVED_HERE, Status.PROVED_IN_SOURCE)


@dataclass(frozen=True)
class CellBound:
    """A theorem as it speaks of a cell.

    Attributes:
        theorem: the theorem.
        value: its constant at the memory share asked for; None when it depends on more than the share.
        inherited: whether it is stated in another cell.
    """

    theorem: Theorem
    value: Fraction | None
    inherited: bool

    @property
    def rank(self) -> tuple[bool, Fraction, bool, bool, str]:
        """Sort key: constants by size, then what depends on more than the share; the cell's own before inherited."""
        value = Fraction(0) if self.value is None else self.value
        loose = self.theorem.kind is not Kind.TIGHT
        return (self.value is None, value, self.inherited, loose, self.theorem.id)


def cell_of(theorem: Theorem) -> Cell:
    """Return the cell in which a theorem is stated."""
    return Cell(theorem.information, theorem.traffic)


def upper_bounds(
    cell: Cell, alpha: Fraction, theorems: Iterable[Theorem] = THEOREMS, *, classes: bool = False
) -> tuple[CellBound, ...]:
    """Return the proved bounds from above that hold in ``cell`` at memory share ``alpha``, best first.

    Args:
        cell: information and traffic.
        alpha: the memory share.
        theorems: which theorems to look at.
        classes: those about a class of instances instead of all instances.
    """
    harder = at_least_as_hard(cell)
    found = []
    for theorem in theorems:
        if theorem.kind is Kind.LOWER or theorem.order or theorem.status not in _TRUSTED:
            continue
        if cell_of(theorem) not in harder or (theorem.instance_class is not None) is not classes:
            continue
        value = theorem.bound_at(alpha)
        if value is None and theorem.share_bound is not None:
            continue  # It speaks of shares, and not of this one.
        found.append(CellBound(theorem, value, cell_of(theorem) != cell))
    return tuple(sorted(found, key=lambda bound: bound.rank))


def best_known(cell: Cell, alpha: Fraction, theorems: Iterable[Theorem] = THEOREMS) -> CellBound | None:
    """Return the best known bound of ``cell`` at memory share ``alpha``, or None if there is none."""
    return next(iter(upper_bounds(cell, alpha, theorems)), None)


def lower_bounds(cell: Cell, alpha: Fraction, theorems: Iterable[Theorem] = THEOREMS) -> tuple[CellBound, ...]:
    """Return the theorems that bound every policy from below in ``cell``: stated there, or in an easier cell."""
    easier = at_least_as_easy(cell)
    return tuple(
        CellBound(theorem, theorem.bound_at(alpha), cell_of(theorem) != cell)
        for theorem in theorems
        if theorem.kind is Kind.LOWER and theorem.policy == ANY_POLICY and cell_of(theorem) in easier
    )


def contradictions(shares: Iterable[Fraction], theorems: Iterable[Theorem] = THEOREMS) -> tuple[str, ...]:
    """Return a sentence for each pair of theorems that cannot both be true, and for each cell out of order.

    A bound from below on a policy contradicts a smaller bound from above on it, in the same or a harder cell, under a
    rule of admission and a queue that both cover, at one memory share. Every theorem that is not refuted takes part,
    whatever its status.
    """
    known = [theorem for theorem in theorems if theorem.status is not Status.REFUTED]
    found = []
    for alpha in shares:
        for below in known:
            for above in known:
                if below.kind is Kind.UPPER or above.kind is Kind.LOWER or not _covers(below, above):
                    continue
                upper, lower = above.bound_at(alpha), below.bound_at(alpha)
                if upper is not None and below.unbounded_at(alpha):
                    found.append(
                        f"at alpha = {alpha} {above.id} gives {upper}, and {below.id} says there is no constant"
                    )
                elif upper is not None and lower is not None and lower > upper:
                    found.append(f"at alpha = {alpha} {above.id} gives {upper}, below the {lower} of {below.id}")
        found += _disorder(alpha, known)
    return tuple(found)


def _covers(below: Theorem, above: Theorem) -> bool:
    """Return whether what ``below`` says of some instances must obey what ``above`` says of all of its own."""
    if below.policy not in (ANY_POLICY, above.policy):
        return False
    if cell_of(below) not in at_least_as_easy(cell_of(above)):
        return False
    if above.instance_class not in (None, below.instance_class):
        return False
    # A policy that may not restart is one that may; the converse fails.
    if above.restarts and not below.restarts and below.policy == ANY_POLICY:
        return False
    return not set(below.admission).isdisjoint(above.admission) and not set(below.queue).isdisjoint(above.queue)


def _disorder(alpha: Fraction, theorems: Iterable[Theorem]) -> list[str]:
    """Return where a harder cell has a better best known bound than an easier one."""
    known = tuple(theorems)
    found = []
    for easy, hard in lattice().edges:
        better, worse = best_known(hard, alpha, known), best_known(easy, alpha, known)
        if better is not None and (worse is None or worse.rank[:2] > better.rank[:2]):
            found.append(
                f"at alpha = {alpha} the cell {easy} has a worse best known bound than {hard}, which is harder"
            )
    return found

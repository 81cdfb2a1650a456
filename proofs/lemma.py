"""What a lemma is here: an inequality evaluated on runs, its algebra proved symbolically, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from cr_toolkit.registry import Registry
from proofs.trial import Trial

Number = int | Fraction


class Row(NamedTuple):
    """One instance of a lemma's inequality: ``lhs <= rhs``, exactly.

    Attributes:
        label: which request, prefix or schedule it is about.
        lhs: left side.
        rhs: right side, in the same unit.
    """

    label: str
    lhs: Number
    rhs: Number

    @property
    def slack(self) -> Number:
        """What the inequality gives away; negative if it is broken."""
        return self.rhs - self.lhs


class Step(NamedTuple):
    """One algebraic step of a proof.

    Attributes:
        claim: the step as a formula.
        proved: what the symbolic check returned; only ``True`` counts.
    """

    claim: str
    proved: object


@dataclass(frozen=True)
class Lemma:
    """A lemma of a proof chain.

    Attributes:
        id: its name, unique among lemmas.
        statement: the inequality, in the notation of ``proofs.trial``.
        argument: why it follows from the lemmas it uses, for a reader.
        rows: its inequality on a trial, one row per request, prefix or schedule; no row where it says nothing.
        algebra: its algebraic steps, each checked symbolically.
        uses: ids of the lemmas it rests on.
    """

    id: str
    statement: str
    argument: str
    rows: Callable[[Trial], Iterable[Row]]
    algebra: Callable[[], Iterable[Step]]
    uses: tuple[str, ...] = ()


class Lemmas(Registry[Lemma]):
    """The registered lemmas: ``LEMMAS["waiting"]``, or iterate for all of them sorted by id."""

    def __iter__(self) -> Iterator[Lemma]:
        return (lemma for _, lemma in self.items())

    def __len__(self) -> int:
        return len(self.names())


PREFIX_LIMIT = 400
"""Most requests for which lemmas that look at every prefix anew are evaluated."""

EVERY_PREFIX = frozenset(
    {
        "abel-prefix",
        "blocked-peaks",
        "kappa",
        "priced-completion",
        "rectangle-moment",
        "rectangles",
        "split-bound",
        "tail-volume",
        "weighted-completion",
    }
)
"""Lemmas whose rows take time quadratic in the number of requests."""

LEMMAS = Lemmas("lemma", "proofs.lemmas")


def prove(lemma: Lemma) -> Lemma:
    """Register ``lemma`` under its id and return it.

    Raises:
        DuplicateNameError: if another lemma has that id.
    """
    return LEMMAS.register(lemma.id)(lemma)

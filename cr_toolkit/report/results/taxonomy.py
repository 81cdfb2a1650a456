"""Results of `taxonomy`."""

from __future__ import annotations

from typing import Literal

from cr_toolkit.model.formats import NonNegative, RationalText
from cr_toolkit.report.results.base import Record


class TaxonomyBound(Record, frozen=True):
    """A theorem as it speaks of a cell; ``bound`` is null when it depends on more than the memory share.

    ``order`` says that the formula is an order of growth; ``stated_in`` names the cell it is inherited from.
    """

    id: str
    kind: Literal["upper", "lower", "tight"]
    status: str
    source: str
    formula: str
    order: bool
    bound: RationalText | None
    instance_class: str | None
    stated_in: str | None


RowVerdict = Literal["holds", "violated", "undecided", "unbounded", "open", "expectation", "not available"]
"""What the witnesses say of a policy's bounds from above; where there is none, what is known instead.

``unbounded``: a theorem says that no constant exists; ``open``: neither that nor a bound is known; ``expectation``: the
theorems bound expectations, which no instance decides; ``not available``: the policy is not registered.
"""


class TaxonomyRow(Record, frozen=True):
    """A policy in a cell, the worst certified ratio of its witnesses and where that one comes from."""

    policy: str
    available: bool
    admission: tuple[str, ...]
    queue: str
    bounds: tuple[TaxonomyBound, ...]
    ratio: RationalText | None
    origin: str | None
    verdict: RowVerdict
    note: str


class TaxonomyCell(Record, frozen=True):
    """A cell: bounds for all instances, best first; for a class of instances; what bounds every policy from below."""

    information: str
    traffic: str
    above: tuple[TaxonomyBound, ...]
    classes: tuple[TaxonomyBound, ...]
    below: tuple[TaxonomyBound, ...]
    rows: tuple[TaxonomyRow, ...]


class TaxonomyDemonstration(Record, frozen=True):
    """A family that shows a theorem from below: its certified ratios by growing parameter.

    ``shown`` is null when it cannot be evaluated; ``note`` says why.
    """

    theorem: str
    family: str
    alpha: RationalText
    parameters: tuple[int, ...]
    ratios: tuple[RationalText, ...]
    shown: bool | None
    note: str


class TaxonomyResult(Record, frozen=True, tag_field="format", tag="crtool/taxonomy/1"):
    """``taxonomy``; demonstrations and searches are made under ``--verify`` only."""

    alpha: RationalText
    cells: tuple[TaxonomyCell, ...]
    demonstrations: tuple[TaxonomyDemonstration, ...]
    searches: NonNegative
    violated: tuple[str, ...]

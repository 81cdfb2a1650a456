"""Results of `search`, `frontier` and what looks for or keeps witnesses."""

from __future__ import annotations

from typing import Literal

from cr_toolkit.model.formats import NonNegative, RationalText
from cr_toolkit.report.results.base import RatioBracket, Record, Steps, TheoremVerdict


class BestFound(Record, frozen=True):
    """The worst instance a search found, and the witness file that proves it (null when none was saved)."""

    ratio: RatioBracket
    witness: str | None


class SearchOutcome(Record, frozen=True, tag_field="format", tag="crtool/search/1"):
    """``search``."""

    policy: str
    traffic: str
    alpha: RationalText
    seed: int
    evaluations: NonNegative
    best: BestFound | None
    theorems: tuple[TheoremVerdict, ...]


class FrontierBound(Record, frozen=True):
    """A theorem's number for all bursts of one memory share: from above, or (``lower``) approached by some."""

    id: str
    kind: Literal["upper", "lower", "tight"]
    status: str
    bound: RationalText


class FrontierEntry(Record, frozen=True):
    """The worst certified ratio at one memory share, null when no witness is kept, and what theorems say.

    ``gap`` is the tightest upper bound less the certified ratio; ``violated`` names theorems the witness breaks.
    """

    alpha: RationalText
    admission: str
    ratio: RatioBracket | None
    witness: str | None
    requests: NonNegative | None
    memory: NonNegative | None
    bounds: tuple[FrontierBound, ...]
    gap: RationalText | None
    violated: tuple[str, ...]


class FrontierResult(Record, frozen=True, tag_field="format", tag="crtool/frontier/1"):
    """``frontier``: one point per memory share and admission rule."""

    policy: str
    queue: str
    traffic: Literal["burst"]
    points: tuple[FrontierEntry, ...]


class UniverseCell(Record, frozen=True):
    """All bursts of at most ``requests`` requests at budgets up to ``memory``: their exact worst ratio.

    ``instances`` were enumerated and stand for ``lists`` lists of requests; ``optima`` had to be computed. ``witness``
    is null where no instance exceeds 1.
    """

    requests: NonNegative
    memory: NonNegative
    instances: NonNegative
    lists: Steps
    optima: NonNegative
    ratio: RationalText
    witness: str | None


class UniverseResult(Record, frozen=True, tag_field="format", tag="crtool/universe/1"):
    """``enumerate``: one cell per number of requests."""

    policy: str
    admission: str
    queue: str
    alpha: RationalText
    cells: tuple[UniverseCell, ...]


class ShrinkResult(Record, frozen=True, tag_field="format", tag="crtool/shrink/1"):
    """``shrink``: ``requests`` before and after; ``minimal`` says that every single cut was tried."""

    source: str
    witness: str
    requests: tuple[NonNegative, NonNegative]
    ratio: RatioBracket
    evaluations: NonNegative
    minimal: bool


class LiftedBlockResult(Record, frozen=True):
    """The numbers of a block as expressions in k."""

    prompt: str
    output: str
    count: str
    arrival: str


class LiftMember(Record, frozen=True):
    """A member of a family and its certified ratio."""

    k: NonNegative
    ratio: RationalText
    alpha: RationalText
    requests: NonNegative


class LiftResult(Record, frozen=True, tag_field="format", tag="crtool/lift/1"):
    """``lift``: numbers are expressions in k; ``limit`` is extrapolated; ``members`` are the k of the witnesses."""

    policy: str
    memory: str
    blocks: tuple[LiftedBlockResult, ...]
    repeat: str
    members: tuple[NonNegative, ...]
    left_out: NonNegative
    ratios: tuple[LiftMember, ...]
    trend: Literal["unbounded", "growing", "flat"]
    limit: RationalText | None
    family: str | None


class AttackResult(Record, frozen=True, tag_field="format", tag="crtool/attack/1"):
    """``attack``: the worst ratio found, that of a small witness, the family lifted from it, and the files written."""

    policy: str
    ratio: RatioBracket
    theorems: tuple[TheoremVerdict, ...]
    small: RatioBracket
    lift: LiftResult | None
    files: tuple[str, ...]


class CorpusFile(Record, frozen=True):
    """A witness of a corpus; ``ratio`` is certified; ``added`` says that it came by this call."""

    path: str
    kind: Literal["violations", "worst", "regressions"]
    policy: str
    alpha: RationalText
    ratio: RationalText
    requests: NonNegative
    added: bool


class CorpusResult(Record, frozen=True, tag_field="format", tag="crtool/corpus/1"):
    """``corpus``: what a folder of witnesses holds."""

    folder: str
    files: tuple[CorpusFile, ...]

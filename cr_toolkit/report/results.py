"""What the subcommands print under ``--format json``: one struct per format, from which the JSON Schemas are made."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from cr_toolkit.model.formats import (
    AttemptRecord,
    CostedSchedule,
    InstanceRecord,
    LowerBoundRecord,
    NonNegative,
    RationalText,
)

Verdict = Literal["holds", "violated", "undecided", "out-of-scope"]
Steps = Annotated[int, msgspec.Meta(ge=0)]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every result: immutable, and strict when read back."""


class RunResult(Record, frozen=True, omit_defaults=True, tag_field="format", tag="crtool/run/1"):
    """``run``: a policy on an instance; ``cost`` and ``start`` in steps.

    ``stopped`` lists the attempts that lost their progress, ``choices`` how the policy settles what its published
    description leaves open; each is absent when there are none.
    """

    policy: str
    cost: Steps
    start: tuple[NonNegative, ...]
    stopped: tuple[AttemptRecord, ...] = ()
    choices: tuple[str, ...] = ()


class OptimumResult(Record, frozen=True, tag_field="format", tag="crtool/optimum/1"):
    """``solve``: the bracket of OPT (steps), a schedule of cost ``upper`` and what a checker needs."""

    status: Literal["optimal", "bracketed"]
    lower: Steps
    upper: Steps
    start: tuple[NonNegative, ...]
    engine: str
    seconds: float
    certificate: dict[str, Any]


class CertificateFile(Record, frozen=True, tag_field="format", tag="crtool/certificate/1"):
    """``solve --certificate``: an instance, a schedule, a lower bound and what repeats its proof."""

    instance: InstanceRecord
    status: Literal["optimal", "bracketed"]
    upper: CostedSchedule
    lower: LowerBoundRecord
    digest: str


class CheckedFile(Record, frozen=True):
    """One file and what the checker says of it."""

    path: str
    accepted: bool
    reason: str


class CheckResult(Record, frozen=True, tag_field="format", tag="crtool/check/1"):
    """``check``."""

    files: tuple[CheckedFile, ...]


class RatioBracket(Record, frozen=True):
    """The ratio of a policy to the optimum lies in [lower, upper]."""

    lower: RationalText
    upper: RationalText


class BestFound(Record, frozen=True):
    """The worst instance a search found, and the witness file that proves it (null when none was saved)."""

    ratio: RatioBracket
    witness: str | None


class TheoremVerdict(Record, frozen=True):
    """A theorem, or a bound given by the user, held against a witness; ``bound`` is null out of its scope."""

    id: str
    bound: RationalText | None
    verdict: Verdict


class SearchOutcome(Record, frozen=True, tag_field="format", tag="crtool/search/1"):
    """``search``."""

    policy: str
    traffic: str
    alpha: RationalText
    seed: int
    evaluations: NonNegative
    best: BestFound | None
    theorems: tuple[TheoremVerdict, ...]


class LatencyResult(Record, frozen=True):
    """Latency of the requests of one run (steps)."""

    mean: RationalText
    median: Steps
    p95: Steps
    p99: Steps
    max: Steps


class ReplayedPolicy(Record, frozen=True):
    """One policy on a trace; ``throughput`` in output tokens per step, ``makespan`` and ``cost`` in steps."""

    policy: str
    cost: Steps
    latency: LatencyResult
    makespan: Steps
    throughput: RationalText
    ratio: RatioBracket


class ReplayResult(Record, frozen=True, tag_field="format", tag="crtool/replay/1"):
    """``replay``: several policies on one window of a trace."""

    trace: str
    requests: NonNegative
    dropped: NonNegative
    memory: NonNegative
    step_seconds: RationalText | None
    admission: str
    queue: str
    optimum: dict[Literal["lower", "upper"], Steps]
    policies: tuple[ReplayedPolicy, ...]


Group = Literal["corpus", "search"]
Outcome = Literal["holds", "violated", "undecided", "out-of-scope", "rejected"]


class GateCheck(Record, frozen=True):
    """One thing the gate looked at: a corpus file, or a policy searched under one bound."""

    name: str
    group: Group
    verdict: Outcome
    message: str
    witness: str | None
    seconds: float


class GateResult(Record, frozen=True, tag_field="format", tag="crtool/gate/1"):
    """``gate``."""

    profile: str | None
    passed: bool
    checks: tuple[GateCheck, ...]


class ShareBound(Record, frozen=True):
    """A theorem's bound for all instances of memory share at most ``alpha``; null outside its range."""

    alpha: RationalText
    bound: RationalText | None


class ProofLemma(Record, frozen=True):
    """A lemma of a proof and the lemmas it rests on."""

    id: str
    statement: str
    uses: tuple[str, ...]


class TheoremResult(Record, frozen=True):
    """A theorem with its premises, its source and its bound at a few memory shares.

    ``lemmas`` is the proof, premises before conclusions; only ``theorem show`` gives it.
    """

    id: str
    statement: str
    policy: str
    information: str
    traffic: str
    admission: tuple[str, ...]
    queue: tuple[str, ...]
    hypotheses: tuple[str, ...]
    formula: str
    kind: str
    status: str
    source: str
    version: str
    proof: str | None
    values: tuple[ShareBound, ...]
    lemmas: tuple[ProofLemma, ...] = ()


class TheoremList(Record, frozen=True, tag_field="format", tag="crtool/theorems/1"):
    """``theorem list`` and ``theorem show``."""

    theorems: tuple[TheoremResult, ...]


class CheckedLemma(Record, frozen=True):
    """What was checked of a lemma: algebraic steps, inequalities on runs, and the largest lhs/rhs met."""

    id: str
    steps: NonNegative
    rows: NonNegative
    tightest: RationalText | None


class ProofProblem(Record, frozen=True):
    """Why a proof is rejected; ``instance`` breaks the lemma."""

    lemma: str
    reason: str
    instance: InstanceRecord | None


class TheoremCheck(Record, frozen=True, tag_field="format", tag="crtool/theorem-check/1"):
    """``theorem check``; ``unproved`` lists theorems that have no proof here and claim none."""

    passed: bool
    theorems: tuple[str, ...]
    instances: NonNegative
    seed: int
    lemmas: tuple[CheckedLemma, ...]
    problems: tuple[ProofProblem, ...]
    unproved: tuple[str, ...]


class AttackedLemma(Record, frozen=True):
    """The tightest row found for a lemma: lhs/rhs, above 1 only if it is broken, and the run it was met on."""

    id: str
    rows: NonNegative
    ratio: RationalText | None
    row: str | None
    broken: bool
    instance: InstanceRecord | None
    policy: str | None
    admission: str | None
    queue: str | None


class TheoremAttack(Record, frozen=True, tag_field="format", tag="crtool/theorem-attack/1"):
    """``theorem attack``: hill climbing for each lemma."""

    evaluations: NonNegative
    seed: int
    lemmas: tuple[AttackedLemma, ...]


class ProofStep(Record, frozen=True):
    """One step of a proof on a run: the expression after it, its value and how much was lost (steps)."""

    lemma: str
    formula: str
    value: RationalText
    lost: RationalText


class LemmaRow(Record, frozen=True):
    """One inequality ``lhs <= rhs`` of a lemma."""

    label: str
    lhs: RationalText
    rhs: RationalText


class EvaluatedLemma(Record, frozen=True):
    """A lemma's inequalities on a run; ``slack`` is the mean of (rhs - lhs)/max(|lhs|, |rhs|)."""

    id: str
    statement: str
    rows: NonNegative
    broken: NonNegative
    slack: RationalText | None
    tightest: LemmaRow | None
    loosest: LemmaRow | None
    skipped: str | None


class ExplainedTheorem(Record, frozen=True):
    """A theorem's proof on a witness, from the policy's cost up to bound x upper; ``proof`` lists its lemmas."""

    id: str
    bound: RationalText
    verdict: Verdict
    steps: tuple[ProofStep, ...]
    loses_most: str
    proof: tuple[str, ...]
    note: str | None


class ExplainResult(Record, frozen=True, tag_field="format", tag="crtool/explain/1"):
    """``explain``; numbers of more than 40 characters are rounded down to a multiple of 1/10^6."""

    witness: str
    policy: str
    cost: Steps
    upper: Steps
    lower: Steps
    theorems: tuple[ExplainedTheorem, ...]
    lemmas: tuple[EvaluatedLemma, ...]


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


class Estimate(Record, frozen=True):
    """A mean measured in simulation with its confidence interval: statistical, never certified."""

    mean: float
    low: float
    high: float


class SimulatedStep(Record, frozen=True):
    """A step of the chain: left side as measured, right side exact (null where void)."""

    id: str
    claim: str
    measured: Estimate | None
    value: RationalText | None
    verdict: Verdict


class SimulatedPoint(Record, frozen=True):
    """A theorem at one rate (arrivals per step): ``ratio`` brackets E[policy]/E[OPT], ``wait`` is in steps.

    ``chain_bound`` is what the chain gives for the laws that are drawn.
    """

    rate: RationalText
    rho: RationalText
    memory_load: RationalText
    bound: RationalText | None
    verdict: Verdict
    reason: str
    chain_bound: RationalText | None
    chain_verdict: Verdict
    ratio: Estimate
    wait: Estimate
    growing: bool
    steps: tuple[SimulatedStep, ...]


class ProofWeakness(Record, frozen=True):
    """A weak point of the published proof, and what is known here."""

    id: str
    published: str
    here: str


class TheoremSimulation(Record, frozen=True, tag_field="format", tag="crtool/theorem-simulation/1"):
    """``theorem simulate``; numbers of more than 40 characters are rounded down to a multiple of 1/10^6.

    ``cut`` is the mass of the geometric law beyond ``longest`` tokens, rounded up to a multiple of 1/10^18; ``algebra``
    counts symbolic steps.
    """

    theorem: str
    memory: NonNegative
    alpha: RationalText
    mu: RationalText
    prompts: tuple[NonNegative, NonNegative]
    longest: NonNegative
    cut: RationalText
    threshold: int | None
    admission: str
    requests: NonNegative
    batches: NonNegative
    confidence: float
    seed: int
    kind: Literal["statistical"]
    algebra: dict[Literal["proved", "steps"], NonNegative]
    points: tuple[SimulatedPoint, ...]
    weak_points: tuple[ProofWeakness, ...]


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

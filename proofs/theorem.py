"""What a theorem is here: a statement, the hypotheses under which it speaks, and an exact bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cr_toolkit.model import Instance
from cr_toolkit.policies import Admission, Information, Queue
from cr_toolkit.registry import Registry
from cr_toolkit.taxonomy.regimes import Traffic

if TYPE_CHECKING:
    from cr_toolkit.simulation import Run
    from proofs.ladder import Ladder

ANY_POLICY = "any"
"""The policy of a theorem about every deterministic online policy."""


class Kind(StrEnum):
    """What the theorem bounds."""

    UPPER = "upper"
    """The policy never costs more than the bound times OPT."""

    LOWER = "lower"
    """Some instances cost the policy at least the bound times OPT; without a constant: the ratio is unbounded."""

    TIGHT = "tight"
    """Both."""


class Status(StrEnum):
    """How far the statement can be trusted."""

    PROVED_HERE = "proved here"
    """By a chain of lemmas of this package."""

    PROVED_IN_SOURCE = "proved in source"
    """The cited text contains a proof, not repeated here."""

    CLAIMED = "claimed"
    """Stated with an argument that has not been checked here."""

    NOT_FOUND = "not found"
    """Attributed to the source, whose own text could not be read."""

    REFUTED = "refuted"
    """A counterexample is known."""


@dataclass(frozen=True)
class Setting:
    """How an instance was scheduled: what a theorem needs to know of a run.

    Attributes:
        policy: the policy's registered name.
        parameters: the policy's parameters, as ``Run.parameters`` gives them.
        admission: the admission rule.
        queue: the queue discipline.
    """

    policy: str
    parameters: Mapping[str, int | str] = field(default_factory=dict)
    admission: Admission = Admission.LOOKAHEAD
    queue: Queue = Queue.HEAD_OF_LINE

    @classmethod
    def of(cls, run: Run) -> Setting:
        """Return the setting of a run."""
        return cls(run.policy, run.parameters, run.admission, run.queue)


@dataclass(frozen=True)
class Hypothesis:
    """A premise that is checked, never assumed.

    Attributes:
        name: a short formula, for tables ("P < M").
        failure: maps (instance, setting) to a sentence saying what fails, or None when the premise holds.
        narrows: whether it leaves only a class of instances; not so for a memory share, which bounds speak of anyway.
    """

    name: str
    failure: Callable[[Instance, Setting], str | None]
    narrows: bool = False


@dataclass(frozen=True)
class Theorem:
    """A theorem on the competitive ratio of a policy.

    Attributes:
        id: its name on the command line.
        statement: the theorem in one or two sentences.
        policy: the policy's registered name, or ``ANY_POLICY``.
        information: what the policy knows of an output.
        traffic: the arrivals it speaks of.
        kind: upper, lower or tight.
        status: how far it can be trusted.
        source: paper and theorem number.
        version: the version of the source that was read.
        formula: the bound in sympy's syntax, in the symbols of ``notation``; an equation when it is a root.
        admission: the admission rules it covers.
        queue: the queue disciplines it covers.
        hypotheses: further premises.
        instance_bound: the exact bound of an instance that satisfies every premise; None when there is no constant.
        share_bound: an exact bound for all instances of memory share at most alpha; None outside its range.
        order: whether the formula is an order of growth, O(...) or Omega(...), and no bound by itself.
        unbounded_above: no constant bounds the ratio at any memory share above this one; None if one does, or may.
        families: the families of instances whose certified ratio demonstrates a lower bound.
        restarts: whether the policy may stop a request, which loses its progress.
        proof: the lemma that concludes the proof in ``proofs.lemmas``, or None.
        ladder: reads the proof on one run, from its cost up to bound x OPT, or None.
    """

    id: str
    statement: str
    policy: str
    information: Information
    traffic: Traffic
    kind: Kind
    status: Status
    source: str
    version: str
    formula: str
    admission: tuple[Admission, ...] = (Admission.LOOKAHEAD, Admission.PEAK)
    queue: tuple[Queue, ...] = (Queue.HEAD_OF_LINE,)
    hypotheses: tuple[Hypothesis, ...] = ()
    instance_bound: Callable[[Instance], Fraction] | None = None
    share_bound: Callable[[Fraction], Fraction | None] | None = None
    order: bool = False
    unbounded_above: Fraction | None = None
    families: tuple[str, ...] = ()
    restarts: bool = False
    proof: str | None = None
    ladder: Ladder | None = None

    def failed_setting(self, setting: Setting) -> str | None:
        """Return why the theorem does not speak of runs with this setting, or None if it does."""
        if self.policy not in (ANY_POLICY, setting.policy):
            return f"it is about the policy {self.policy}, not {setting.policy}"
        if setting.admission not in self.admission:
            rules = " or ".join(rule.value for rule in self.admission)
            return f"it needs the admission rule {rules}, not {setting.admission.value}"
        if setting.queue not in self.queue:
            queues = " or ".join(queue.value for queue in self.queue)
            return f"it needs the queue {queues}, not {setting.queue.value}"
        return None

    def failed_hypothesis(self, instance: Instance, setting: Setting) -> str | None:
        """Return a sentence naming the first premise that fails on this run, or None if all hold."""
        failure = self.failed_setting(setting)
        if failure is not None:
            return failure
        if self.traffic is Traffic.BURST and not instance.is_burst:
            return "it needs burst traffic, and some request arrives after 0"
        if self.traffic is Traffic.POISSON:
            return "it bounds expectations under Poisson traffic, which one instance cannot show"
        for hypothesis in self.hypotheses:
            failure = hypothesis.failure(instance, setting)
            if failure is not None:
                return failure
        return None

    def bound(self, instance: Instance) -> Fraction | None:
        """Return the exact bound on cost / OPT for ``instance``, or None when the theorem gives no constant.

        Only meaningful when ``failed_hypothesis`` returns None.
        """
        return None if self.instance_bound is None else self.instance_bound(instance)

    def bound_at(self, alpha: Fraction) -> Fraction | None:
        """Return an exact bound for all instances of memory share at most ``alpha``, or None outside its range."""
        return None if self.share_bound is None else self.share_bound(alpha)

    def unbounded_at(self, alpha: Fraction) -> bool:
        """Return whether no constant bounds the ratio over instances of memory share at most ``alpha``."""
        return self.unbounded_above is not None and alpha > self.unbounded_above

    @property
    def instance_class(self) -> str | None:
        """The premises that leave only a class of instances ("common s"), or None if it speaks of all."""
        return " and ".join(hypothesis.name for hypothesis in self.hypotheses if hypothesis.narrows) or None

    def bound_for(self, **values: Fraction | int) -> Fraction | None:
        """Return the formula's value for the symbols of ``sympy_symbols``, given by name.

        Exact where the formula is rational; otherwise a multiple of 10^-9 on the safe side: above for a bound from
        above, below for one from below. None when the formula is no bound (an order, an equation, or infinite).

        Raises:
            InputError: if a symbol of the formula is not given.
        """
        from proofs.exact import rational_above, rational_below

        if self.order:
            return None
        outwards = rational_below if self.kind is Kind.LOWER else rational_above
        return outwards(self.expression(), values)

    def expression(self) -> Any:
        """Return the formula as a sympy object."""
        import sympy

        return sympy.sympify(self.formula, locals=sympy_symbols())


def sympy_symbols() -> dict[str, Any]:
    """Return the symbols that formulas use, by name, each with what is known of its sign.

    M memory, P largest peak, T largest output (tokens); K = T, but 3 for T = 2; alpha memory share;
    gamma = (M - P + 1)/M; mu, rho, lam, eps of the Poisson theorems; theta the one-bit threshold; b = l/u of an
    interval; n the number of requests.
    """
    import sympy

    names = ("M", "P", "T", "K", "alpha", "gamma", "mu", "rho", "eps", "Ev", "theta", "b", "n")
    return {name: sympy.Symbol(name, positive=True) for name in names}


class Theorems(Registry[Theorem]):
    """The registered theorems: ``theorems["svf-burst"]``, or iterate for all of them sorted by id."""

    def __iter__(self) -> Iterator[Theorem]:
        return (theorem for _, theorem in self.items())

    def __len__(self) -> int:
        return len(self.names())

    def __repr__(self) -> str:
        return "\n".join(f"{theorem.id:24} {theorem.kind:6} {theorem.status:17} {theorem.formula}" for theorem in self)


THEOREMS = Theorems("theorem", "proofs.statements", entry_point_group="cr_toolkit.theorems")


def state(theorem: Theorem) -> Theorem:
    """Register ``theorem`` under its id and return it.

    Raises:
        DuplicateNameError: if another theorem has that id.
    """
    return THEOREMS.register(theorem.id)(theorem)

"""The run a witness is about: what must be run again when its instance is changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import msgspec

from adversaries.evaluation import Evaluator, ranks_by_size
from adversaries.pattern import Pattern
from adversaries.space import MOST_INTERPRETED, MOST_REQUESTS, STEP_LIMIT, STEPS_INTERPRETED, Space
from adversaries.witness import build_witness
from cr_toolkit import __version__
from cr_toolkit.errors import InputError
from cr_toolkit.model import Schedule
from cr_toolkit.model.formats import LowerBoundRecord, WitnessRecord
from cr_toolkit.policies import (
    POLICIES,
    Admission,
    IntervalPolicy,
    Policy,
    Premise,
    Queue,
    make_policy,
    policy_parameters,
)
from cr_toolkit.policies.catalogue import policy_name
from cr_toolkit.simulation import simulate
from lp_models import optimum
from lp_models.bounds import best_lower_bound
from lp_models.upper import upper_bound

_EXACT_REQUESTS, _EXACT_SECONDS = 8, 5.0
"""Up to so many requests the optimum is proved, within this time."""

_POLISHED_REQUESTS, _POLISH = 200, 20_000
"""Up to so many requests, a schedule is annealed for this many evaluations before it is written down."""


def chosen_parameters(witness: WitnessRecord, policy: str | None = None) -> dict[str, int | str]:
    """Return the parameters of a witness's policy if it would not choose them by itself for the instance, else none.

    Of a policy that is not known, all that the witness names count as chosen.

    Args:
        witness: what ran.
        policy: where the policy is, ``path/to/file.py:ClassName``, if it has no registered name.
    """
    named = {name: value for name, value in witness.policy.parameters.items() if name not in ("admission", "queue")}
    if policy is None and witness.policy.name not in POLICIES:
        return named
    longest = max(request.output for request in witness.instance.requests)
    own = policy_parameters(make_policy(policy or witness.policy.name).prepared(longest))
    return {} if own == named else named


@dataclass(frozen=True)
class Subject:
    """A policy under its rules.

    Attributes:
        policy: a policy, or what ``make_policy`` takes.
        parameters: values for its parameters.
        admission: admission rule.
        queue: queue discipline.
    """

    policy: str | Policy | type[Policy]
    parameters: Mapping[str, int | str]
    admission: Admission
    queue: Queue

    @classmethod
    def of(cls, witness: WitnessRecord, policy: str | None = None) -> Subject:
        """Return the run that a witness records.

        Parameters that the policy would choose by itself for the instance are left to it again.

        Args:
            witness: what ran.
            policy: where the policy is, ``path/to/file.py:ClassName``, if it has no registered name.

        Raises:
            InputError: if the policy is not known, or ``policy`` is another one.
        """
        record = witness.policy
        if policy is None and record.name not in POLICIES:
            raise InputError(
                f"{record.name!r} is not registered; say where it is: --policy path/to/file.py:{record.name}",
                field="policy",
            )
        rules = record.parameters
        ran = record.name if policy is None else policy
        if policy_name(make_policy(ran)) != record.name:
            raise InputError(f"the witness is about {record.name}, not {policy_name(make_policy(ran))}", field="policy")
        admission, queue = Admission(str(rules["admission"])), Queue(str(rules["queue"]))
        return cls(ran, chosen_parameters(witness, ran), admission, queue)

    def most_requests(self, compiled: int = MOST_REQUESTS) -> int:
        """Return the default limit on requests: ``compiled``, or less if no compiled code runs the policy."""
        return compiled if ranks_by_size(make_policy(self.policy, self.parameters)) else min(compiled, MOST_INTERPRETED)

    def space(
        self, alpha: Fraction, burst: bool, max_requests: int | None = None, common_prompt: bool = False
    ) -> Space:
        """Return the candidates that suit the policy: its premises and limits on outputs are theirs.

        Args:
            alpha: largest memory share of a peak.
            burst: whether everything arrives at 0.
            max_requests: most requests of a candidate; ``most_requests()`` if not given.
            common_prompt: whether all requests of a candidate have the same prompt.

        Raises:
            InputError: if no output that the policy allows is short enough for a candidate.
        """
        policy = make_policy(self.policy, self.parameters)
        limit = self.most_requests() if max_requests is None else max_requests
        steps = STEP_LIMIT if ranks_by_size(policy) else STEPS_INTERPRETED
        lower, upper = (policy.lower, policy.upper) if isinstance(policy, IntervalPolicy) else (None, None)
        common = common_prompt or Premise.COMMON_PROMPT in policy.premises
        space = Space(alpha, burst, limit, common, steps, policy.premises, (lower, upper))
        if lower is not None and lower > space.most_steps:
            raise InputError(
                f"must be at most {space.most_steps}, the most steps of a candidate, got {lower}",
                field="policy parameter lower",
            )
        return space

    def evaluator(self) -> Evaluator:
        """Return an evaluator for patterns."""
        return Evaluator(make_policy(self.policy, self.parameters), self.admission, self.queue)

    def witness(self, pattern: Pattern, provenance: Mapping[str, Any]) -> WitnessRecord:
        """Return the witness of ``pattern``; few requests get the exact optimum.

        Args:
            pattern: the instance.
            provenance: what made it; the version and the pattern are added.
        """
        instance = pattern.instance()
        run = simulate(instance, self.policy, parameters=self.parameters, admission=self.admission, queue=self.queue)
        schedule = Schedule(tuple(self.evaluator().evaluate(pattern).starts.tolist()))
        if len(instance) <= _EXACT_REQUESTS:
            bracket = optimum(instance, seconds=_EXACT_SECONDS)
            lower = LowerBoundRecord(bracket.lower, bracket.lower_method, bracket.lower_certificate)
            schedule = min(schedule, bracket.schedule, key=lambda one: one.total_latency(instance))
        else:
            bound = best_lower_bound(instance)
            lower = LowerBoundRecord(bound.integer, bound.method, bound.certificate)
            if len(instance) <= _POLISHED_REQUESTS:
                found = upper_bound(instance, evaluations=_POLISH)[0]
                schedule = min(schedule, found, key=lambda one: one.total_latency(instance))
        pattern_record = msgspec.to_builtins(pattern)
        return build_witness(
            instance, run, schedule, lower, {**provenance, "version": __version__, "pattern": pattern_record}
        )

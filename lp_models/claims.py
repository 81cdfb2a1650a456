"""A claim that nothing is cheaper than a target, with a certificate that the checker has not repeated yet."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cr_toolkit.checker.bounds import MAX_BRANCHING
from cr_toolkit.model import Instance
from lp_models.bounds import LowerBound
from lp_models.branching import branching_seconds, repeat_branching
from lp_models.nested import METHOD as NESTED
from lp_models.nested import nested_seconds, repeat_nested
from lp_models.proof import checking_seconds, repeat
from lp_models.repetition import MAX_NODES, Repetition
from lp_models.worker import WorkerError

BRANCHING, ENUMERATION = "branching", "enumeration"

_PER_SECOND = {ENUMERATION: 45_000, BRANCHING: 6_000_000}
"""Nodes, or starts looked at, that the checker repeats in a second, roughly."""


@dataclass(frozen=True)
class Claim:
    """A proof that nothing is cheaper than ``target``, not repeated yet.

    Attributes:
        target: the lower bound claimed (steps).
        method: of the certificate, as the checker calls it.
        certificate: what the checker needs; of an enumeration without its number of nodes.
        work: starts that the checker looks at for a proof by branching, about; 0 if unknown.
        repetition: of an enumeration, by the checker's code, begun while it was made; None if that was not asked for.
    """

    target: int
    method: str
    certificate: dict[str, Any]
    repetition: Repetition | None = None
    work: int = 0

    @property
    def seconds(self) -> float:
        """What repeating it still takes, roughly."""
        if self.method == NESTED:
            return nested_seconds(self.certificate)
        if self.method == BRANCHING:
            return max(branching_seconds(self.certificate), self.work / _PER_SECOND[BRANCHING])
        begun = 0.0 if self.repetition is None else time.monotonic() - self.repetition.begin
        return max(0.0, checking_seconds(self.certificate) - begun)

    def repeat(self, instance: Instance, seconds: float) -> LowerBound:
        """Have the checker's code repeat the proof in about ``seconds``; return the lower bound that it then is.

        Raises:
            BetterScheduleError: if a cheaper schedule exists.
            NodeLimitError: if it takes longer.
            ValueError: if it is no proof.
        """
        certificate = dict(self.certificate)
        if self.method == NESTED:
            repeat_nested(instance, self.target, certificate, seconds)
            return LowerBound(Fraction(self.target), self.method, certificate)
        limit = max(1, int(seconds * _PER_SECOND[self.method]))
        if self.method == BRANCHING:
            repeat_branching(instance, self.target, certificate, min(MAX_BRANCHING, limit))
        else:
            nodes = self._finished(seconds)
            if nodes is None:
                nodes = repeat(instance, self.target, certificate, min(MAX_NODES, limit))
            certificate["nodes"] = nodes
        return LowerBound(Fraction(self.target), self.method, certificate)

    def end(self) -> None:
        """Have the repetition that was begun come to its end."""
        if self.repetition is not None:
            self.repetition.end()

    def give_up(self) -> None:
        """Stop the repetition that was begun."""
        if self.repetition is not None:
            self.repetition.stop()

    def _finished(self, seconds: float) -> int | None:
        """Return the nodes of the repetition made beside the search; None without one, or if its process failed."""
        if self.repetition is None:
            return None
        try:
            return self.repetition.finish(seconds)
        except WorkerError:
            return None

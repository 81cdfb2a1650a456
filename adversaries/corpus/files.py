"""Reading kept witnesses: nothing is read that the checker has not accepted."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import msgspec

from adversaries.pattern import Pattern
from adversaries.subject import chosen_parameters
from cr_toolkit.checker import check_file
from cr_toolkit.errors import CrtoolError
from cr_toolkit.model.formats import WitnessRecord, read_witness
from cr_toolkit.policies import Admission, Queue


class RejectedFileError(CrtoolError):
    """A file of a corpus that the checker does not accept."""


@dataclass(frozen=True)
class Kept:
    """A witness of a corpus, accepted by the checker.

    Attributes:
        path: its file.
        witness: what it says.
        alpha: largest peak over memory of its instance.
        ratio: its certified ratio, policy cost over the cost of a feasible schedule.
        is_burst: whether all its requests arrive at 0.
    """

    path: Path
    witness: WitnessRecord
    alpha: Fraction
    ratio: Fraction
    is_burst: bool

    @property
    def requests(self) -> int:
        """Number of requests."""
        return len(self.witness.policy_schedule.start)

    @property
    def is_exact(self) -> bool:
        """Whether its optimum is proved."""
        return self.witness.ratio.lower == self.witness.ratio.upper

    @property
    def has_common_prompt(self) -> bool:
        """Whether all its requests have the same prompt."""
        return len({request.prompt for request in self.witness.instance.requests}) == 1

    @property
    def pattern(self) -> Pattern | None:
        """The pattern it was found as, if it says so: a place to search from, not a claim."""
        try:
            return msgspec.convert(self.witness.provenance.get("pattern"), Pattern)
        except msgspec.ValidationError:
            return None

    def is_run(self, policy: str, admission: Admission, queue: Queue) -> bool:
        """Return whether it is about ``policy`` under these rules, with the parameters that it has by itself."""
        named = self.witness.policy
        rules = (named.parameters.get("admission"), named.parameters.get("queue"))
        as_asked = named.name == policy and rules == (admission.value, queue.value)
        return as_asked and not chosen_parameters(self.witness)


def load_file(path: Path) -> Kept | None:
    """Return the witness in a file, or None if it holds something else.

    Raises:
        RejectedFileError: if the checker rejects it.
    """
    verdict = check_file(path)
    if not verdict.accepted:
        raise RejectedFileError(f"{path}: rejected by the checker: {verdict.reason}")
    if verdict.kind != "witness":
        return None
    return accepted(path, read_witness(path))


def accepted(path: Path, witness: WitnessRecord) -> Kept:
    """Return a witness that the checker has accepted and that is, or will be, in the file ``path``."""
    is_burst = not any(request.arrival for request in witness.instance.requests)
    return Kept(path, witness, Fraction(witness.alpha), Fraction(witness.ratio.lower), is_burst)

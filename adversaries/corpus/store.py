"""A corpus on disk: witnesses under the name of their content, kinds kept apart, each instance once.

Two witnesses are the same *up to symmetry* if the policy, run by the same rules, serves the same list of requests in
the same order: requests that it ranks differently may stand anywhere in a file, tied ones may not change places.
The name of a file is a hash of that list, so the same instance found twice is one file. Instances that are multiples
of one another are kept apart: time is discrete, and their ratios differ.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from adversaries.corpus.files import Kept, RejectedFileError, load, load_file
from adversaries.subject import chosen_parameters
from cr_toolkit.checker import check_data
from cr_toolkit.model import Request
from cr_toolkit.model.formats import WitnessRecord, to_json, write_witness
from cr_toolkit.simulation import service_order

_NAME_DIGITS = 20
"""80 bits: no two of a billion witnesses are likely to share a name."""


class Kind(StrEnum):
    """Why a witness is kept; each kind has a folder of its name."""

    VIOLATIONS = "violations"
    """It breaks a bound that somebody claimed. Never removed."""

    WORST = "worst"
    """No other of its run has a larger ratio at a memory share as small. Removed when one does."""

    REGRESSIONS = "regressions"
    """It once caught a fault and must stay checkable. Never removed."""


def symmetry_key(witness: WitnessRecord) -> str:
    """Return the hash of what a witness is up to symmetry: 64 hexadecimal digits."""
    served = [[request.arrival, request.prompt, request.output] for request in _in_service_order(witness)]
    policy = witness.policy
    content = [policy.name, sorted(policy.parameters.items()), witness.instance.memory, served]
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def content_name(witness: WitnessRecord) -> str:
    """Return the file name of a witness: its policy, for people, and its hash."""
    safe = "".join(c if c.isalnum() or c in "-_" else "_" for c in witness.policy.name)
    return f"{safe}-{symmetry_key(witness)[:_NAME_DIGITS]}.json"


def add(folder: str | os.PathLike[str], kind: Kind, witness: WitnessRecord) -> Path | None:
    """Keep ``witness`` in a corpus; return its file, or None if what is there is at least as good.

    Of the same instance the larger certified ratio is kept, then the narrower bracket. Among the ``worst`` those that
    the newcomer dominates are removed.

    Raises:
        RejectedFileError: if the checker rejects the witness, or a file that is there.
        InputError: if the folder cannot be used.
    """
    verdict = check_data(to_json(witness).encode())
    if not verdict.accepted:
        raise RejectedFileError(f"a new witness: rejected by the checker: {verdict.reason}")
    place = Path(folder) / kind
    path = place / content_name(witness)
    there = load_file(path) if path.exists() else None
    if there is not None and _quality(there.witness) >= _quality(witness):
        return None
    others = load(place) if kind is Kind.WORST and place.is_dir() else ()
    if any(_dominates(other.witness, witness) for other in others if other.path != path):
        return None
    write_witness(path, witness)
    for other in others:
        if other.path != path and _dominates(witness, other.witness):
            other.path.unlink(missing_ok=True)
    return path


def contents(folder: str | os.PathLike[str]) -> dict[Kind, tuple[Kept, ...]]:
    """Return the witnesses of every kind, each accepted by the checker and under its right name.

    Raises:
        RejectedFileError: if the checker rejects a file, or its name is not that of its content.
    """
    found: dict[Kind, tuple[Kept, ...]] = {}
    for kind in Kind:
        place = Path(folder) / kind
        found[kind] = load(place) if place.is_dir() else ()
        _require_names(found[kind])
    return found


def _require_names(kept: Iterable[Kept]) -> None:
    for one in kept:
        right = content_name(one.witness)
        if one.path.name != right:
            raise RejectedFileError(f"{one.path}: must be named {right}, after its content")


def _in_service_order(witness: WitnessRecord) -> list[Request]:
    requests = witness.instance.to_instance().requests
    order = witness.policy.order
    if order is None:
        order = _order_of(witness)
    return [requests[index] for index in order]


def _order_of(witness: WitnessRecord) -> tuple[int, ...]:
    from cr_toolkit.policies import PredictionPolicy, PriorityPolicy, make_policy

    as_written = tuple(range(len(witness.policy_schedule.start)))
    if witness.policy.decisions is not None:
        return as_written
    rules = {name: value for name, value in witness.policy.parameters.items() if name not in ("admission", "queue")}
    instance = witness.instance.to_instance()
    policy = make_policy(witness.policy.name, rules).prepared(instance.longest_output)
    # Of two requests exchanged, a policy of another kind may treat either differently.
    if not isinstance(policy, PriorityPolicy) or isinstance(policy, PredictionPolicy):
        return as_written
    return tuple(service_order(instance, policy).tolist())


def _quality(witness: WitnessRecord) -> tuple[Fraction, Fraction]:
    return Fraction(witness.ratio.lower), -Fraction(witness.ratio.upper)


def _dominates(one: WitnessRecord, other: WitnessRecord) -> bool:
    """Return whether ``one`` makes ``other`` useless: the same run, no larger share, a larger ratio.

    Of equal ratios the smaller share stays, then the fewer requests, then the one whose name comes first.
    """
    if one is other or _run(one) != _run(other) or Fraction(one.alpha) > Fraction(other.alpha):
        return False
    if _rank(one) != _rank(other):
        return _rank(one) > _rank(other)
    return content_name(one) < content_name(other)


def _run(witness: WitnessRecord) -> tuple[str, str, bool]:
    rules = {name: witness.policy.parameters.get(name) for name in ("admission", "queue")}
    burst = not any(request.arrival for request in witness.instance.requests)
    setting = {**rules, **chosen_parameters(witness)}
    return witness.policy.name, json.dumps(setting, sort_keys=True), burst


def _rank(witness: WitnessRecord) -> tuple[Fraction, Fraction, int]:
    return Fraction(witness.ratio.lower), -Fraction(witness.alpha), -len(witness.policy_schedule.start)

"""A corpus on disk: witnesses under the name of their content, kinds kept apart, each instance once.

Two witnesses are the same *up to symmetry* if the policy, run by the same rules, serves the same list of requests in
the same order: requests that it ranks differently may stand anywhere in a file, tied ones may not change places.
The name of a file is a hash of that list, so the same instance found twice is one file. Instances that are multiples
of one another are kept apart: time is discrete, and their ratios differ.

The worst are worst *per theorem and memory share*: a theorem speaks of the runs of a policy on a class of instances, so
a witness goes only when a worse one belongs to every class that it belongs to. Classes are the memory shares, bursts,
and one prompt for all. A witness with a proved optimum goes only for another such: it alone shows an exact ratio.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from adversaries.corpus.files import Kept, RejectedFileError, accepted, load_file
from adversaries.subject import chosen_parameters
from cr_toolkit.checker import check_data
from cr_toolkit.errors import InputError
from cr_toolkit.model import Request
from cr_toolkit.model.formats import WitnessRecord, to_json, write_witness
from cr_toolkit.simulation import service_order

_NAME_DIGITS = 20
"""80 bits: no two of a billion witnesses are likely to share a name."""


SHIPPED = Path(__file__).parent / "shipped"
"""The corpus that comes with the package."""


class Kind(StrEnum):
    """Why a witness is kept; each kind has a folder of its name."""

    VIOLATIONS = "violations"
    """It breaks a bound that somebody claimed. Never removed."""

    WORST = "worst"
    """No other that the same theorems speak of has a larger ratio at a memory share as small. Removed when one does."""

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


def add(folder: str | os.PathLike[str], kind: Kind, witnesses: Iterable[WitnessRecord]) -> tuple[Kept, ...]:
    """Keep ``witnesses`` in a corpus; return those that came in and stay.

    Of the same instance the larger certified ratio is kept, then the narrower bracket. Among the ``worst`` those that
    a newcomer dominates are removed.

    Raises:
        RejectedFileError: if the checker rejects a witness, or a file that is there.
        InputError: if the folder cannot be used.
    """
    place = Path(folder) / kind
    there = {one.path: one for one in _loaded(sorted(place.glob("*.json")))}
    came: dict[Path, Kept] = {}
    for witness in witnesses:
        verdict = check_data(to_json(witness).encode())
        if not verdict.accepted:
            raise RejectedFileError(f"a new witness: rejected by the checker: {verdict.reason}")
        new = accepted(place / content_name(witness), witness)
        same = there.get(new.path)
        others = [other for path, other in there.items() if path != new.path] if kind is Kind.WORST else []
        if (same is not None and _quality(same) >= _quality(new)) or any(_dominates(other, new) for other in others):
            continue
        write_witness(new.path, witness)
        there[new.path] = came[new.path] = new
        for other in others:
            if _dominates(new, other):
                other.path.unlink(missing_ok=True)
                del there[other.path]
                came.pop(other.path, None)
    return tuple(came.values())


def files(folder: str | os.PathLike[str]) -> dict[Kind, tuple[Path, ...]]:
    """Return the files of every kind in a corpus, by name; nothing is read.

    Raises:
        InputError: if there is no such folder, or it holds files of its own in place of a folder per kind.
    """
    place = Path(folder)
    if not place.is_dir():
        raise InputError("is not a folder", field=str(folder), source="corpus")
    found = {kind: tuple(sorted((place / kind).glob("*.json"))) for kind in Kind}
    if not any(found.values()) and any(place.glob("*.json")):
        raise InputError(
            "holds files but no folder of a kind; `crtool corpus NEW-FOLDER FILE...` makes a corpus of witnesses",
            field=str(folder),
            source="corpus",
        )
    return found


def contents(folder: str | os.PathLike[str]) -> dict[Kind, tuple[Kept, ...]]:
    """Return the witnesses of every kind, each accepted by the checker and under its right name.

    Raises:
        InputError: as for ``files``.
        RejectedFileError: if the checker rejects a file, or its name is not that of its content.
    """
    return {kind: _loaded(paths) for kind, paths in files(folder).items()}


def load(folder: str | os.PathLike[str]) -> tuple[Kept, ...]:
    """Return the witnesses of all kinds, smallest memory share first; errors as for ``contents``."""
    found = (one for kept in contents(folder).values() for one in kept)
    return tuple(sorted(found, key=lambda one: (one.alpha, -one.ratio, one.path.name)))


def _loaded(paths: Iterable[Path]) -> tuple[Kept, ...]:
    found = tuple(one for path in paths if (one := load_file(path)) is not None)
    _require_names(found)
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


def _quality(one: Kept) -> tuple[Fraction, Fraction]:
    return one.ratio, -Fraction(one.witness.ratio.upper)


def _dominates(one: Kept, other: Kept) -> bool:
    """Return whether ``one`` makes ``other`` useless: the same run, in every class of ``other``, a larger ratio.

    Of equal ratios the smaller share stays, then the fewer requests, then the one whose name comes first.
    """
    if not (_run(one.witness) == _run(other.witness) and _is_in_every_class_of(other, one)):
        return False
    if _rank(one) != _rank(other):
        return _rank(one) > _rank(other)
    return one.path.name < other.path.name


def _run(witness: WitnessRecord) -> tuple[str, str]:
    rules = {name: witness.policy.parameters.get(name) for name in ("admission", "queue")}
    return witness.policy.name, json.dumps({**rules, **chosen_parameters(witness)}, sort_keys=True)


def _is_in_every_class_of(other: Kept, one: Kept) -> bool:
    return (
        one.alpha <= other.alpha
        and one.is_burst >= other.is_burst
        and one.has_common_prompt >= other.has_common_prompt
        and one.is_exact >= other.is_exact
    )


def _rank(one: Kept) -> tuple[Fraction, Fraction, int]:
    return one.ratio, -one.alpha, -one.requests

"""What all results share."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from cr_toolkit.model.formats import RationalText

Verdict = Literal["holds", "violated", "undecided", "out-of-scope"]


Steps = Annotated[int, msgspec.Meta(ge=0)]


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every result: immutable, and strict when read back."""


class RatioBracket(Record, frozen=True):
    """The ratio of a policy to the optimum lies in [lower, upper]."""

    lower: RationalText
    upper: RationalText


class TheoremVerdict(Record, frozen=True):
    """A theorem, or a bound given by the user, held against a witness; ``bound`` is null out of its scope."""

    id: str
    bound: RationalText | None
    verdict: Verdict

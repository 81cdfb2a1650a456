"""The manifest of a campaign: what was searched, with what, how far it got and what stopped it."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any, Literal

import msgspec

from adversaries.pattern import Pattern
from cr_toolkit import __version__
from cr_toolkit.model.formats import NonNegative, RationalText

MANIFEST_FORMAT = "crtool/campaign/1"
MANIFEST_FILE = "manifest.json"

Stopped = Literal["evaluations", "seconds", "interrupted"]


class Arguments(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What decides the result of a search.

    Attributes:
        policy: its name, or FILE.py:CLASS.
        policy_digest: SHA-256 of that file; null for a name.
        alpha: every peak is at most this share of the memory.
        shares: the memory shares whose worst candidate is looked for, ascending; the last is ``alpha``.
        evaluations: the counted budget; null if time alone limits the search.
        starts: patterns it began with.
    """

    policy: str
    policy_digest: str | None
    parameters: dict[str, int | str]
    alpha: RationalText
    shares: tuple[RationalText, ...]
    traffic: Literal["burst", "arbitrary"]
    admission: str
    queue: str
    searcher: str
    families: bool
    common_prompt: bool
    max_requests: NonNegative
    evaluations: NonNegative | None
    seed: NonNegative
    starts: tuple[Pattern, ...]


class Sitting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One run of a campaign, from its start or resumption to its end; a killed one has no end.

    Times are UTC. ``evaluations`` counts those of the campaign when it ended, those of earlier sittings included.
    """

    started: str
    jobs: NonNegative
    cluster: str | None = None
    ended: str | None = None
    evaluations: NonNegative | None = None
    stopped_by: Stopped | None = None


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="format", tag=MANIFEST_FORMAT):
    """The manifest.

    Attributes:
        versions: of crtool, Python, numpy and numba, at the last sitting.
        arguments: what is searched.
        sittings: its runs, in order.
        evaluations: made and merged when the last sitting ended.
        tasks: outcomes merged then.
        ratio: the best certified ratio then.
    """

    versions: dict[str, str]
    arguments: Arguments
    sittings: tuple[Sitting, ...] = ()
    evaluations: NonNegative = 0
    tasks: NonNegative = 0
    ratio: RationalText | None = None

    @property
    def is_finished(self) -> bool:
        """Whether its counted budget is spent."""
        return bool(self.sittings) and self.sittings[-1].stopped_by == "evaluations"


def versions() -> dict[str, str]:
    """Return the versions a result may depend on."""
    installed = {name: version(name) for name in ("numpy", "numba")}
    return {"crtool": __version__, "python": platform.python_version(), **installed}


def identity(arguments: Arguments) -> dict[str, Any]:
    """Return what makes two searches the same one.

    Starts are left out: a search that goes on begins where it began, whatever has been found elsewhere since.
    """
    fields: dict[str, Any] = msgspec.to_builtins(arguments)
    del fields["starts"]
    return {**fields, "version": __version__}

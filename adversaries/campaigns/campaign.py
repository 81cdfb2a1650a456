"""A campaign: a search that is kept in a folder, so that it goes on after being stopped or killed.

The folder is named after what is searched: the same arguments find it again, others get their own beside it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import msgspec

from adversaries.campaigns.journal import Journal
from adversaries.campaigns.locking import lock
from adversaries.campaigns.manifest import MANIFEST_FILE, Arguments, Manifest, Sitting, Stopped, identity, versions
from cr_toolkit.checker import check_file
from cr_toolkit.errors import InputError
from cr_toolkit.model.formats import WitnessRecord, read_bytes, read_witness, to_json, write_text
from cr_toolkit.model.rational import format_rational

FOLDER = "campaigns"
"""Where campaigns are kept inside the folder given by a user."""

BEST_FILE = "best.json"
_JOURNAL = "journal"
_LOCK = "lock"


class Campaign:
    """A kept search at work; made by ``open_campaign``.

    Attributes:
        folder: its folder.
        manifest: its manifest, as last written.
        journal: its journal.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.journal = Journal(folder / _JOURNAL)

    @property
    def best(self) -> WitnessRecord | None:
        """The witness an earlier sitting left, if the checker accepts it."""
        path = self.folder / BEST_FILE
        if not path.is_file() or not check_file(path).accepted:
            return None
        return read_witness(path)

    def begin(self, jobs: int, cluster: str | None) -> None:
        """Note that a sitting begins."""
        sitting = Sitting(_now(), jobs, cluster)
        self._write(sittings=(*self.manifest.sittings, sitting), versions=versions())

    def end(self, stopped_by: Stopped, evaluations: int, tasks: int, ratio: Fraction) -> None:
        """Note how the sitting ended."""
        *earlier, last = self.manifest.sittings
        ended = msgspec.structs.replace(last, ended=_now(), evaluations=evaluations, stopped_by=stopped_by)
        self._write(sittings=(*earlier, ended), evaluations=evaluations, tasks=tasks, ratio=format_rational(ratio))

    def _write(self, **changes: object) -> None:
        self.manifest = msgspec.structs.replace(self.manifest, **changes)
        write_text(self.folder / MANIFEST_FILE, to_json(self.manifest))


@contextmanager
def open_campaign(place: Path, arguments: Arguments, *, renew: bool = True) -> Iterator[Campaign]:
    """Open the campaign of ``arguments`` in the folder ``place``: the one left unfinished there, or a new one.

    One left unfinished keeps the starts it began with.

    Args:
        place: the folder; made if missing.
        arguments: what is searched.
        renew: whether one that is finished begins anew.

    Raises:
        InputError: if the folder cannot be used, or another process is at work in it.
    """
    folder = place / _name(arguments)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / _LOCK).open("w")
    except OSError as error:
        raise InputError(f"cannot be used: {error.strerror}", source=str(folder)) from None
    with file:
        if not lock(file, wait=False):
            raise InputError("is in use: the same search is at work there", source=str(folder))
        manifest = _left(folder)
        if manifest is None or (renew and manifest.is_finished):
            shutil.rmtree(folder / _JOURNAL, ignore_errors=True)
            (folder / BEST_FILE).unlink(missing_ok=True)
            manifest = Manifest(versions(), arguments)
        yield Campaign(folder, manifest)


def policy_digest(policy: str) -> str | None:
    """Return the SHA-256 of the file of ``policy`` (FILE.py:CLASS), or None for a name."""
    if ".py:" not in policy:
        return None
    return hashlib.sha256(read_bytes(policy.rpartition(":")[0])).hexdigest()


def _left(folder: Path) -> Manifest | None:
    path = folder / MANIFEST_FILE
    if not path.is_file():
        return None
    try:
        return msgspec.json.decode(read_bytes(path), type=Manifest)
    except msgspec.DecodeError as error:
        raise InputError(f"is not a manifest: {error}", source=str(path)) from None


def _name(arguments: Arguments) -> str:
    text = json.dumps(identity(arguments), sort_keys=True)
    policy = arguments.policy.rpartition(":")[2]
    share = arguments.alpha.replace("/", "-")
    return f"{policy}-{arguments.admission}-{share}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

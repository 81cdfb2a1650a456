"""Writing a witness that the trusted checker must accept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cr_toolkit.errors import CrtoolError

if TYPE_CHECKING:
    from cr_toolkit.model.formats import WitnessRecord


def write_checked(path: str, witness: WitnessRecord) -> str:
    """Write ``witness`` and return its path.

    Raises:
        CrtoolError: if the checker rejects it.
        InputError: if the place cannot be written.
    """
    from cr_toolkit.checker import check_file
    from cr_toolkit.model.formats import write_witness

    write_witness(path, witness)
    verdict = check_file(path)
    if not verdict.accepted:
        raise CrtoolError(f"{path}: rejected by the checker: {verdict.reason}")
    return path


def require_accepted(path: str) -> WitnessRecord:
    """Return the witness in a file that the checker accepts.

    Raises:
        CrtoolError: if the checker rejects it.
        InputError: if it is not a witness.
    """
    from cr_toolkit.checker import check_file
    from cr_toolkit.model.formats import read_witness

    witness = read_witness(path)
    verdict = check_file(path)
    if not verdict.accepted:
        raise CrtoolError(f"{path}: rejected by the checker: {verdict.reason}")
    return witness

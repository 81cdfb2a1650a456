"""Which picture a file becomes: two schedules for a witness, one for a certificate."""

from __future__ import annotations

import os

import msgspec

from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance, Schedule
from cr_toolkit.model.formats import WitnessRecord, attempts, read_bytes, read_witness
from cr_toolkit.model.rational import parse_rational
from cr_toolkit.report.picture import Panel, render
from cr_toolkit.report.results.optimum import CertificateFile
from cr_toolkit.report.wording import compact, count, decimal


def picture_of(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> bytes:
    """Return the picture of a witness or certificate file in the format that ``target`` ends in.

    Raises:
        InputError: if the file is neither, or the ending is unknown.
    """
    data = read_bytes(source)
    try:
        certificate = msgspec.json.decode(data, type=CertificateFile)
    except (msgspec.DecodeError, UnicodeDecodeError):
        try:
            witness = read_witness(source)
        except InputError as error:
            if error.field == "format":
                rule = f"is not a witness's or a certificate's; it {error.rule}"
                raise InputError(rule, field="format", source=os.fspath(source)) from None
            raise
        try:
            return _of_witness(witness, target)
        except InputError as error:
            raise error if error.source else error.within(os.fspath(source)) from None
    return _of_certificate(certificate, target)


def _of_witness(witness: WitnessRecord, target: str | os.PathLike[str]) -> bytes:
    instance = witness.instance.to_instance()
    policy, upper = witness.policy, witness.optimum.upper
    ran = Schedule(witness.policy_schedule.start, attempts(witness.policy_schedule.stopped))
    low, high = (parse_rational(text) for text in (witness.ratio.lower, witness.ratio.upper))
    rules = ", ".join(
        str(value) if name in ("admission", "queue") else f"{name} {value}" for name, value in policy.parameters.items()
    )
    if low == high:
        title = f"{policy.name} costs {decimal(low, 3)} times the optimum"
        best = f"optimum: total latency {upper.cost:,}"
    else:
        title = f"{policy.name} costs at least {decimal(low, 3, towards='down')} times the optimum"
        best = f"best schedule known: total latency {upper.cost:,} (optimum at least {witness.optimum.lower.value:,})"
    return render(
        target,
        instance,
        [
            Panel(f"{policy.name}: total latency {witness.policy_schedule.cost:,}", ran),
            Panel(best, Schedule(upper.start)),
        ],
        title,
        f"{facts(instance)}; {rules}",
    )


def _of_certificate(certificate: CertificateFile, target: str | os.PathLike[str]) -> bytes:
    instance = certificate.instance.to_instance()
    upper, lower = certificate.upper, certificate.lower
    title = (
        "An optimal schedule"
        if certificate.status == "optimal"
        else f"The best schedule known; none costs less than {lower.value:,}"
    )
    return render(
        target,
        instance,
        [Panel(f"total latency {upper.cost:,}", Schedule(upper.start))],
        title,
        facts(instance),
    )


def facts(instance: Instance) -> str:
    """Return the size of an instance in words, for the second line of a picture."""
    alpha = str(instance.alpha) if len(str(instance.alpha)) <= 9 else decimal(instance.alpha)
    return f"{count(len(instance), 'request')}, memory {compact(instance.memory)} tokens, memory share {alpha}"

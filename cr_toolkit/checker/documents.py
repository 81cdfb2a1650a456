"""The files that can be checked, and the verdict on each."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from cr_toolkit.checker.bounds import check_lower_bound
from cr_toolkit.checker.digest import digest_of
from cr_toolkit.checker.instance import Attempt, Instance, read_instance, read_policy_schedule, read_schedule
from cr_toolkit.checker.policies import is_known, rules, run_again
from cr_toolkit.checker.reading import Rejected, exactly, integer, integers, parse, record, text
from cr_toolkit.checker.rerun import rerun

MAX_BYTES = 2**30
"""Largest file that is read."""


@dataclass(frozen=True)
class Verdict:
    """What the checker says of a file.

    Attributes:
        path: the file, or empty for data that came without one.
        kind: ``witness``, ``certificate``, ``instance`` or ``unknown``.
        accepted: whether everything the file claims was verified.
        reason: one sentence: what was verified, or why the file is rejected.
    """

    path: str
    kind: str
    accepted: bool
    reason: str


def check_file(path: str | os.PathLike[str]) -> Verdict:
    """Check a file; one that cannot be read is rejected."""
    name = os.fspath(path)
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        return Verdict(name, "unknown", False, f"the file cannot be read: {error}")
    return replace(check_data(data), path=name)


def check_data(data: bytes) -> Verdict:
    """Check the content of a file. Whatever it holds, the answer is a verdict."""
    kind = "unknown"
    try:
        if len(data) > MAX_BYTES:
            raise Rejected(f"the file has more than {MAX_BYTES} bytes")
        document = parse(data)
        if not isinstance(document, dict) or not isinstance(document.get("format"), str):
            raise Rejected("the file must be a JSON object that names its format")
        name = document["format"]
        if name == "crtool/schedule/1":
            raise Rejected("a schedule cannot be checked without its instance; check a witness or a certificate")
        if name not in _KINDS:
            raise Rejected(f"the format {name[:60]!r} is unknown")
        kind, check = _KINDS[name]
        return Verdict("", kind, True, check(document))
    except Rejected as rejection:
        return Verdict("", kind, False, str(rejection))
    except MemoryError:
        return Verdict("", kind, False, "the file describes more than this machine's memory holds")
    except RecursionError:
        return Verdict("", kind, False, "the file is nested too deeply")


def _check_instance(document: dict[str, Any]) -> str:
    instance = read_instance(document, "the instance")
    return f"a valid instance of {len(instance.requests)} requests, memory {instance.memory}, alpha {instance.alpha}"


def _check_certificate(document: dict[str, Any]) -> str:
    fields = record(document, "the certificate", ("format", "instance", "status", "upper", "lower", "digest"))
    exactly(fields["digest"], digest_of(document), "the digest")
    instance = read_instance(fields["instance"], "instance")
    _, upper = read_schedule(fields["upper"], instance, "upper")
    lower = _check_lower(fields["lower"], instance, upper, "lower")
    exactly(fields["status"], "optimal" if lower == upper else "bracketed", "status")
    return f"{_optimum(lower, upper)} ({fields['status']})"


def _check_witness(document: dict[str, Any]) -> str:
    required = ("format", "instance", "policy", "policy_schedule", "optimum", "alpha", "ratio")
    fields = record(document, "the witness", required, ("provenance",))
    if not isinstance(fields.get("provenance", {}), dict):
        raise Rejected("provenance must be an object")
    instance = read_instance(fields["instance"], "instance")
    exactly(fields["alpha"], str(instance.alpha), "alpha")
    starts, stopped, cost = read_policy_schedule(fields["policy_schedule"], instance, "policy_schedule")
    note = _check_run(fields["policy"], instance, starts, stopped)
    optimum = record(fields["optimum"], "optimum", ("upper", "lower"))
    _, upper = read_schedule(optimum["upper"], instance, "optimum.upper")
    lower = _check_lower(optimum["lower"], instance, upper, "optimum.lower")
    ratio = record(fields["ratio"], "ratio", ("lower", "upper"))
    exactly(ratio["lower"], str(Fraction(cost, upper)), "ratio.lower")
    exactly(ratio["upper"], str(Fraction(cost, lower)), "ratio.upper")
    return f"{fields['policy']['name']} cost {cost}, {_optimum(lower, upper)}, ratio >= {ratio['lower']} {note}"


def _check_run(value: Any, instance: Instance, starts: list[int], stopped: list[Attempt]) -> str:
    """Run the policy again, require the same starts and stops, and return in brackets what the run was."""
    policy = record(value, "policy", ("name", "parameters"), ("order", "decisions"))
    name = text(policy["name"], "policy.name")
    if is_known(name):
        for field in ("order", "decisions"):
            if field in policy:
                raise Rejected(f"policy.{field} must be absent, {name} being known")
        right, stops = run_again(instance, name, policy["parameters"])
        given = ""
    else:
        right, stops, given = _unknown_run(policy, instance, starts, stopped)
    for index, (start, begin) in enumerate(zip(starts, right, strict=True)):
        if start != begin:
            raise Rejected(f"policy_schedule starts request {index} at {start}, and the policy starts it at {begin}")
    if stopped != stops:
        raise Rejected("policy_schedule.stopped lists other attempts than the policy stops")
    return f"({policy['parameters']['admission']}, {policy['parameters']['queue']}{given})"


def _unknown_run(
    policy: dict[str, Any], instance: Instance, starts: list[int], stopped: list[Attempt]
) -> tuple[list[int], list[Attempt], str]:
    """Return the run of a policy not known by name, and what was taken as given."""
    anything = tuple(policy["parameters"]) if isinstance(policy["parameters"], dict) else ()
    parameters = record(policy["parameters"], "policy.parameters", ("admission", "queue"), anything)
    admission, queue = rules(parameters)
    for parameter in parameters.values():
        if type(parameter) is not int:
            text(parameter, "a policy parameter")
    if "decisions" in policy:
        exactly(policy["decisions"], "given", "policy.decisions")
        if "order" in policy:
            raise Rejected("policy.order must be absent, the decisions being given")
        return starts, stopped, "; the policy's decisions were taken as given"
    if "order" not in policy:
        raise Rejected(
            f"the policy {policy['name'][:60]!r} is not known here, and the file gives no order to run it by"
        )
    order = integers(policy["order"], "policy.order", len(instance.requests))
    if sorted(order) != list(range(len(order))):
        raise Rejected("policy.order must hold each request index once")
    return rerun(instance, order, admission, queue), [], "; the policy's priority order was taken as given"


def _check_lower(value: Any, instance: Instance, upper: int, where: str) -> int:
    """Return the lower bound on the optimum if it is proved and does not exceed the upper one."""
    fields = record(value, where, ("value", "method"), ("certificate",))
    # Every request takes a step at least, so that 0, which would leave no ratio, is never needed.
    lower = integer(fields["value"], f"{where}.value", 1)
    if lower > upper:
        raise Rejected(f"{where}.value is {lower}, above the cost {upper} of a feasible schedule")
    check_lower_bound(instance, lower, text(fields["method"], f"{where}.method"), fields.get("certificate", {}))
    return lower


def _optimum(lower: int, upper: int) -> str:
    return f"optimum {upper}" if lower == upper else f"optimum in [{lower}, {upper}]"


_KINDS: dict[str, tuple[str, Callable[[dict[str, Any]], str]]] = {
    "crtool/witness/1": ("witness", _check_witness),
    "crtool/certificate/1": ("certificate", _check_certificate),
    "crtool/instance/1": ("instance", _check_instance),
}

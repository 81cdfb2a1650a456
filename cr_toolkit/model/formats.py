"""The JSON files: instances, schedules and witnesses, read strictly and written atomically.

Unknown fields, wrong types, numbers out of range and truncated files are refused with one sentence that names the
file, the field and the rule. The optimum's certificate is kept as the JSON it is: only the checker interprets it.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeVar, get_args, get_type_hints

import msgspec

from cr_toolkit.errors import InputError
from cr_toolkit.model.instance import MAX_REQUESTS, Instance
from cr_toolkit.model.request import MAX_INTEGER, Request
from cr_toolkit.model.schedule import Attempt, Schedule

INSTANCE_FORMAT: Final = "crtool/instance/1"
SCHEDULE_FORMAT: Final = "crtool/schedule/1"
WITNESS_FORMAT: Final = "crtool/witness/1"

NonNegative = Annotated[int, msgspec.Meta(ge=0, le=MAX_INTEGER)]
Positive = Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER)]
RationalText = Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]{1,400}(/[0-9]{1,400})?$")]
T = TypeVar("T")


class RequestRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A request as written in a file, repeated ``count`` times."""

    prompt: NonNegative
    output: Positive
    arrival: NonNegative = 0
    count: Positive = 1


class InstanceRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An instance as written in a file."""

    memory: Positive
    requests: tuple[RequestRecord, ...]
    format: Literal["crtool/instance/1"]

    def to_instance(self) -> Instance:
        """Expand the counts.

        Raises:
            InputError: if the counts add up to too many requests, or a rule of Instance is broken.
        """
        if sum(record.count for record in self.requests) > MAX_REQUESTS:
            raise InputError(f"must hold at most {MAX_REQUESTS} requests, counts included", field="requests")
        for index, record in enumerate(self.requests):
            # Checked here so that the message names the position in the file, not in the expanded list.
            if record.prompt + record.output > self.memory:
                raise InputError(
                    f"needs prompt + output = {record.prompt + record.output} tokens, more than the memory "
                    f"{self.memory}",
                    field=f"requests[{index}]",
                )
        requests: list[Request] = []
        for record in self.requests:
            requests.extend([Request(record.arrival, record.prompt, record.output)] * record.count)
        return Instance(self.memory, tuple(requests))


class AttemptRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A stopped attempt as written in a file; ``start`` and ``end`` in steps."""

    request: NonNegative
    start: NonNegative
    end: NonNegative


class ScheduleRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A schedule as written in a file."""

    start: tuple[NonNegative, ...]
    format: Literal["crtool/schedule/1"]
    stopped: tuple[AttemptRecord, ...] = ()


class PolicyRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which policy ran and how.

    ``order`` lists the request indices in the order of their priority. It is given for policies that the checker
    does not know by name, so that it can still re-simulate the run. ``decisions`` says that no order would do: the
    policy decides by itself when requests start, and the schedule is all there is.
    """

    name: str
    parameters: dict[str, int | str] = {}
    order: tuple[NonNegative, ...] | None = None
    decisions: Literal["given"] | None = None


class CostedSchedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A schedule and its total latency (steps)."""

    start: tuple[NonNegative, ...]
    cost: NonNegative


class PolicySchedule(CostedSchedule, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The schedule of a policy, which may have stopped requests and started them again."""

    stopped: tuple[AttemptRecord, ...] = ()


class LowerBoundRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A lower bound on OPT (steps), the method that gave it and what a checker needs to repeat it."""

    value: NonNegative
    method: str
    certificate: dict[str, Any] = {}


class OptimumRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Both sides of the optimum."""

    upper: CostedSchedule
    lower: LowerBoundRecord


class RatioRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ratio bracket: policy cost over the upper and over the lower bound on OPT."""

    lower: RationalText
    upper: RationalText


class WitnessRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An instance with the policy's schedule, both sides of OPT and the ratio they give."""

    instance: InstanceRecord
    policy: PolicyRecord
    policy_schedule: PolicySchedule
    optimum: OptimumRecord
    alpha: RationalText
    ratio: RatioRecord
    format: Literal["crtool/witness/1"]
    provenance: dict[str, Any] = {}


def instance_record(instance: Instance) -> InstanceRecord:
    """Return the file form of ``instance``; runs of identical requests share a count."""
    records: list[RequestRecord] = []
    previous: Request | None = None
    for request in instance.requests:
        if request == previous:
            last = records[-1]
            records[-1] = RequestRecord(last.prompt, last.output, last.arrival, last.count + 1)
        else:
            records.append(RequestRecord(request.prompt, request.output, request.arrival))
        previous = request
    return InstanceRecord(instance.memory, tuple(records), INSTANCE_FORMAT)


def attempt_records(schedule: Schedule) -> tuple[AttemptRecord, ...]:
    """Return the file form of the stopped attempts of ``schedule``."""
    return tuple(AttemptRecord(*attempt) for attempt in schedule.stopped)


def attempts(records: Iterable[AttemptRecord]) -> tuple[Attempt, ...]:
    """Return the stopped attempts that ``records`` describe."""
    return tuple(Attempt(record.request, record.start, record.end) for record in records)


def read_instance(path: str | os.PathLike[str]) -> Instance:
    """Read an instance file.

    Raises:
        InputError: naming the file, the field and the rule.
    """
    record = _read(path, InstanceRecord)
    try:
        return record.to_instance()
    except InputError as error:
        raise error.within(os.fspath(path)) from None


def read_schedule(path: str | os.PathLike[str]) -> Schedule:
    """Read a schedule file.

    Raises:
        InputError: naming the file, the field and the rule.
    """
    record = _read(path, ScheduleRecord)
    return Schedule(record.start, attempts(record.stopped))


def read_witness(path: str | os.PathLike[str]) -> WitnessRecord:
    """Read a witness file; its claims are for the checker to judge.

    Raises:
        InputError: naming the file, the field and the rule.
    """
    return _read(path, WitnessRecord)


def write_instance(path: str | os.PathLike[str], instance: Instance) -> None:
    """Write an instance file."""
    write_text(path, to_json(instance_record(instance)))


def write_schedule(path: str | os.PathLike[str], schedule: Schedule) -> None:
    """Write a schedule file."""
    write_text(path, to_json(ScheduleRecord(schedule.start, SCHEDULE_FORMAT, attempt_records(schedule))))


def write_witness(path: str | os.PathLike[str], witness: WitnessRecord) -> None:
    """Write a witness file."""
    write_text(path, to_json(witness))


def to_json(value: Any) -> str:
    """Return ``value`` as JSON text, its format first, ending in a newline."""
    tree = msgspec.to_builtins(value)
    if isinstance(tree, dict) and "format" in tree:
        tree = {"format": tree.pop("format"), **tree}
    return msgspec.json.encode(tree).decode() + "\n"


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write ``text`` so that a reader sees the old file or the whole new one, whenever the process dies."""
    write_bytes(path, text.encode())


def require_place(path: str | os.PathLike[str]) -> None:
    """Refuse a file that cannot be written, before the work whose result it is to hold.

    Raises:
        InputError: if the nearest folder that exists is a file or may not be written to.
    """
    source = os.fspath(path)
    try:
        place = next(parent for parent in Path(path).absolute().parents if parent.exists())
        if not place.is_dir():
            raise InputError(f"cannot be written: {place} is not a folder", source=source)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", source=source) from None
    if not os.access(place, os.W_OK | os.X_OK):
        raise InputError(f"cannot be written: {place} may not be written to", source=source)


def write_bytes(path: str | os.PathLike[str], data: bytes) -> None:
    """Write ``data`` atomically, making parent folders as needed.

    Raises:
        InputError: if the place cannot be written.
    """
    target = Path(path)
    require_place(target)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            # mkstemp makes private files; results are meant to be shared as the umask says.
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(temporary, 0o666 & ~umask)
            os.replace(temporary, target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", source=str(target)) from None


def read_bytes(path: str | os.PathLike[str]) -> bytes:
    """Read a file.

    Raises:
        InputError: if it cannot be read.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", source=os.fspath(path)) from None


def _read(path: str | os.PathLike[str], record: type[T]) -> T:
    source = os.fspath(path)
    data = read_bytes(path)
    if not data.strip():
        raise InputError("is empty; a JSON object is required", source=source)
    if not data.lstrip()[:1].isascii():
        raise InputError("must be JSON in UTF-8 without a byte order mark", source=source)
    try:
        value = msgspec.json.decode(data, type=record)
        json.loads(data, object_pairs_hook=_refuse_duplicates)
    except msgspec.ValidationError as error:
        raise _explain(str(error), source, record) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is not valid JSON: {error}", source=source) from None
    except RecursionError:
        raise InputError("is nested too deeply", source=source) from None
    except InputError as error:
        raise error.within(source) from None
    return value


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> None:
    # The decoder keeps the last of two equal keys, which would hide what a file says first.
    if len(pairs) > 1 and len({key for key, _ in pairs}) < len(pairs):
        keys = [key for key, _ in pairs]
        raise InputError("stands twice in one object", field=next(key for key in keys if keys.count(key) > 1))


def _explain(message: str, source: str, record: type) -> InputError:
    text, _, path = message.partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    text = re.sub(r"^Expected ", "must be ", text)
    text = text.replace("`", "").replace("must be int", "must be an integer").replace("must be obj", "must be an obj")
    missing = re.fullmatch(r"Object missing required field (\w+)", text)
    unknown = re.fullmatch(r"Object contains unknown field (.+)", text)
    for match, rule in ((missing, "is required but missing"), (unknown, "is not a field of this format")):
        if match:
            return InputError(rule, field=f"{field}.{match[1]}" if field else match[1], source=source)
    text = re.sub(r"^Invalid enum value (.+)", r"has the unknown value \1", text)
    if field == "format":
        required = " or ".join(map(repr, get_args(get_type_hints(record)["format"])))
        text = f"{text}; {required} is required"
    return InputError(text[0].lower() + text[1:], field=field or "the file", source=source)

"""The files: what is written can be read, and what breaks a rule is refused with one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cr_toolkit.errors import InputError
from cr_toolkit.model import Attempt, Instance, Schedule, formats


def instance_text(**changes: object) -> str:
    document = {"format": "crtool/instance/1", "memory": 9, "requests": [{"prompt": 1, "output": 2}]}
    return json.dumps({**document, **changes})


def test_round_trip_keeps_order_and_counts_repeats(tmp_path: Path) -> None:
    instance = Instance.from_triples(16, [(0, 3, 5), (0, 3, 5), (7, 0, 1), (0, 3, 5)])
    formats.write_instance(tmp_path / "i.json", instance)
    document = json.loads((tmp_path / "i.json").read_text())
    assert [record.get("count", 1) for record in document["requests"]] == [2, 1, 1]
    assert next(iter(document)) == "format"
    assert formats.read_instance(tmp_path / "i.json") == instance


def test_schedule_round_trip(tmp_path: Path) -> None:
    formats.write_schedule(tmp_path / "s.json", Schedule((0, 2, 5)))
    assert formats.read_schedule(tmp_path / "s.json") == Schedule((0, 2, 5))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty; a JSON object is required"),
        (" \n", "is empty; a JSON object is required"),
        ("{", "is not valid JSON: Input data was truncated"),
        (instance_text()[:-9], "is not valid JSON: Input data was truncated"),
        ("memory: 4", "is not valid JSON: JSON is malformed: invalid character (byte 0)"),
        ("[]", "the file must be an object, got array"),
        ("{}", "memory is required but missing"),
        (
            instance_text(format="crtool/instance/2"),
            "format has the unknown value 'crtool/instance/2'; 'crtool/instance/1' is required",
        ),
        (instance_text(memory=0), "memory must be an integer >= 1"),
        (instance_text(memory="9"), "memory must be an integer, got str"),
        (instance_text(memory=9.5), "memory must be an integer, got float"),
        (instance_text(memory=2**53), "memory must be an integer <= 9007199254740991"),
        (instance_text()[:-1] + ', "memory": 5}', "memory stands twice in one object"),
        ("\ufeff" + instance_text(), "must be JSON in UTF-8 without a byte order mark"),
        (instance_text(extra=1), "extra is not a field of this format"),
        (instance_text(requests=[]), "requests must hold at least one request"),
        (instance_text(requests=[{"prompt": 1, "output": 0}]), "requests[0].output must be an integer >= 1"),
        (instance_text(requests=[{"prompt": -1, "output": 1}]), "requests[0].prompt must be an integer >= 0"),
        (instance_text(requests=[{"output": 1}]), "requests[0].prompt is required but missing"),
        (
            instance_text(requests=[{"prompt": 1, "output": 1, "color": 1}]),
            "requests[0].color is not a field of this format",
        ),
        (
            instance_text(requests=[{"prompt": 1, "output": 1, "count": 3}, {"prompt": 9, "output": 1}]),
            "requests[1] needs prompt + output = 10 tokens, more than the memory 9",
        ),
        (
            instance_text(requests=[{"prompt": 1, "output": 1, "count": 10**12}]),
            "requests must hold at most 5000000 requests, counts included",
        ),
        ("[" * 200_000, "the file must be an object, got array"),
    ],
)
def test_bad_instances_are_refused_by_file_field_and_rule(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        formats.read_instance(path)
    assert str(caught.value) == f"{path}: {message}"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.json: cannot be read: No such file"):
        formats.read_instance(tmp_path / "none.json")


def test_large_numbers_are_exact(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text(instance_text(memory=3 * 10**9, requests=[{"prompt": 10**9, "output": 10**9}]))
    assert formats.read_instance(path).total_volume == 10**18 + 10**9 * (10**9 + 1) // 2


def test_a_million_requests_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "many.json"
    path.write_text(instance_text(requests=[{"prompt": 1, "output": 2, "count": 1_000_000}]))
    assert len(formats.read_instance(path)) == 1_000_000


def test_a_failed_write_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "kept.json"
    formats.write_text(path, "old")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(formats.os, "replace", fail)
    with pytest.raises(InputError, match="cannot be written: No space left on device"):
        formats.write_text(path, "new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept.json"]


def test_stopped_attempts_are_kept_and_absent_when_there_are_none(tmp_path):
    path = tmp_path / "schedule.json"
    schedule = Schedule((4, 0), (Attempt(0, 0, 2),))
    formats.write_schedule(path, schedule)
    assert formats.read_schedule(path) == schedule
    formats.write_schedule(path, schedule.without_stops())
    assert path.read_text() == '{"format":"crtool/schedule/1","start":[4,0]}\n'

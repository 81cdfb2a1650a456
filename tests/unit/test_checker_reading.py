"""Strict JSON: hostile and sloppy input is refused with a reason, never with a crash."""

import pytest

from cr_toolkit.checker import check_data, documents
from cr_toolkit.checker.reading import Rejected, choice, exactly, integer, integers, items, parse, record, text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"{} {}", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"a": 1, "b": 2, "a": 1}', "'a' is given twice"),
        (b'{"x": [{"a": {"b": 1, "b": 1}}]}', "'b' is given twice"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"a":' * 200_000, "nested too deeply"),
        (b"1" * 10_000, "10000 digits"),
        (b"[NaN]", "NaN"),
        (b"[-Infinity]", "-Infinity"),
    ],
)
def test_malformed_json_is_refused(data, reason):
    with pytest.raises(Rejected, match=reason):
        parse(data)
    verdict = check_data(data)
    assert not verdict.accepted
    assert reason in verdict.reason


def test_what_is_nested_nearly_too_deeply_gets_a_verdict():
    # Reading and writing JSON give up at different depths.
    for depth in range(800, 1100):
        nested = "[" * depth + "]" * depth
        fields = f'"instance": 1, "status": "x", "upper": 1, "lower": {nested}, "digest": "x"'
        assert not check_data(f'{{"format": "crtool/certificate/1", {fields}}}'.encode()).accepted


def test_a_document_too_deep_to_be_written_is_refused(monkeypatch):
    def give_up(document):
        raise RecursionError

    monkeypatch.setattr(documents, "digest_of", give_up)
    fields = '"instance": 1, "status": "x", "upper": 1, "lower": 1, "digest": "x"'
    verdict = check_data(f'{{"format": "crtool/certificate/1", {fields}}}'.encode())
    assert (verdict.accepted, verdict.reason) == (False, "the file is nested too deeply")


def test_well_formed_json_is_read_as_it_is():
    assert parse(b'{"a": [1, -2, 1.5, "x", null, true]}') == {"a": [1, -2, 1.5, "x", None, True]}


@pytest.mark.parametrize("value", [True, 1.0, "1", None, [1]])
def test_only_an_integer_is_an_integer(value):
    with pytest.raises(Rejected, match="M must be an integer"):
        integer(value, "M")


def test_integers_are_bounded():
    assert integer(2**53 - 1, "M") == 2**53 - 1
    assert integer(1, "M", 1) == 1
    for value, least in ((2**53, 0), (-1, 0), (0, 1)):
        with pytest.raises(Rejected, match="M must be between"):
            integer(value, "M", least)


def test_lists_have_their_length_and_their_kind():
    assert integers([0, 3], "start", 2) == [0, 3]
    with pytest.raises(Rejected, match="start has 1 entries for 2 requests"):
        integers([0], "start", 2)
    with pytest.raises(Rejected, match="an entry of start must be an integer"):
        integers([0, 0.0], "start", 2)
    with pytest.raises(Rejected, match="start must be a list"):
        items({}, "start")


def test_records_have_the_fields_of_their_format():
    assert record({"a": 1, "c": 2}, "it", ("a",), ("b", "c")) == {"a": 1, "c": 2}
    with pytest.raises(Rejected, match="it lacks the field 'b'"):
        record({"a": 1}, "it", ("a", "b"))
    with pytest.raises(Rejected, match="it has the unknown field 'z'"):
        record({"a": 1, "z": 2}, "it", ("a",), ("b",))
    with pytest.raises(Rejected, match="it must be an object"):
        record([], "it", ())


def test_texts_are_short_and_printable():
    assert text("svf", "name") == "svf"
    for value in (1, "x" * 1001, "a\nb", "\ud800"):
        with pytest.raises(Rejected, match="name must be a string"):
            text(value, "name")
    assert choice("a", "rule", ("a", "b")) == "a"
    with pytest.raises(Rejected, match="rule must be a or b"):
        choice("c", "rule", ("a", "b"))


@pytest.mark.parametrize("value", [True, 1.0, "1", 2, [1], {"a": 1}, None])
def test_exactly_compares_type_and_value(value):
    exactly(1, 1, "cost")
    with pytest.raises(Rejected, match="cost must be 1, and the file says"):
        exactly(value, 1, "cost")

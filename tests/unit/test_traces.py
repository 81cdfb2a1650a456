"""Reading recorded workloads: exact times, strict rows, clear refusals."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from cr_toolkit.errors import InputError
from cr_toolkit.model import Request
from cr_toolkit.model.traces import Columns, Window, read_trace

ROOT = Path(__file__).parents[2]
EXCERPT = ROOT / "examples" / "azure_conv_excerpt.csv"
AZURE = "TIMESTAMP,ContextTokens,GeneratedTokens\n"


@pytest.fixture
def trace(tmp_path):
    def write(text, **options):
        path = tmp_path / "t.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return read_trace(path, **options).requests

    return write


def test_azure_times_become_steps_exactly(trace):
    rows = AZURE + (
        "2023-11-16 23:59:59.9500000,10,1\n2023-11-17 00:00:00.0000000,11,2\n2023-11-17 00:00:00.0000001,12,3\n"
    )
    # 50 ms later is one step of 50 ms; 100 ns more is inside the second step, and counts from its end on.
    assert trace(rows) == (Request(0, 10, 1), Request(1, 11, 2), Request(2, 12, 3))


def test_windows_line_ends_and_a_byte_order_mark_are_read(trace):
    text = "\ufeff" + AZURE.replace("\n", "\r\n") + "2023-11-16 18:15:46.68,374,44\r\n\r\n2023-11-16 18:15:47.68,1,2"
    assert trace(text, step_seconds=Fraction(1)) == (Request(0, 374, 44), Request(1, 1, 2))


def test_columns_go_by_name_in_any_order(trace):
    assert trace("output,extra,arrival,prompt\n5,x,0.25,7\n6,y,0.5,8\n", step_seconds=Fraction(1, 4)) == (
        Request(0, 7, 5),
        Request(1, 8, 6),
    )
    named = trace("o,t,p\n5,3,7\n", columns=Columns("t", "p", "o"))
    assert named == (Request(0, 7, 5),)


def test_arrivals_in_steps_count_from_the_earliest(trace):
    text = "arrival,prompt,output\n12,1,1\n10,2,2\n"
    assert trace(text, step_seconds=None) == (Request(2, 1, 1), Request(0, 2, 2))
    with pytest.raises(InputError, match="not whole steps"):
        trace("arrival,prompt,output\n0.5,1,1\n", step_seconds=None)


def test_a_window_is_cut_by_rows(trace):
    text = "arrival,prompt,output\n" + "".join(f"{i},{i},1\n" for i in range(10))
    cut = trace(text, window=Window(3, 2), step_seconds=Fraction(1))
    assert cut == (Request(0, 3, 1), Request(1, 4, 1))
    assert len(trace(text, window=Window(8))) == 2
    with pytest.raises(InputError, match="holds no request in the chosen window"):
        trace(text, window=Window(10, 5))


def test_rows_outside_the_window_are_not_judged(trace):
    assert len(trace("arrival,prompt,output\n0,1,1\nbroken,1,1\n", window=Window(0, 1))) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("\n", "is empty"),
        ("arrival,prompt,output\n", "holds no request"),
        ("a,b,c\n1,2,3\n", "'arrival' is not in the header"),
        ("arrival,arrival,prompt,output\n1,1,2,3\n", "'arrival' is twice"),
        ("arrival,prompt,output\n1,2\n", "line 2: has 2 fields where the header has 3"),
        ("arrival,prompt,output\n1,2,3\n1,2,3,4\n", "line 3: has 4 fields"),
        ("arrival,prompt,output\n1,2,0\n", "line 2: output must be an integer >= 1"),
        ("arrival,prompt,output\n1,-2,1\n", "line 2: prompt must be an integer >= 0"),
        ("arrival,prompt,output\n1,2.0,1\n", "prompt must be an integer"),
        ("arrival,prompt,output\n1,٣,1\n", "prompt must be an integer"),
        ("arrival,prompt,output\n-1,2,1\n", "arrival must be a number >= 0"),
        ("arrival,prompt,output\nnan,2,1\n", "arrival must be a number"),
        ("arrival,prompt,output\n1,9007199254740992,1\n", "must be an integer"),
        (AZURE + "2023-13-16 18:15:46.0,1,1\n", "TIMESTAMP is no time"),
        (AZURE + "yesterday,1,1\n", "TIMESTAMP must be a number >= 0 or a time"),
        (AZURE + "2023-11-16 18:15:46.0,1,1\n7,1,1\n", "line 3: TIMESTAMP must be a number >= 0 or a time"),
        ('arrival,prompt,output\n1,2,"3\n', "not valid CSV"),
        (b"arrival,prompt,output\n\xff,2,3\n", "not UTF-8"),
        (b"arrival,prompt,output\n1\x00,2,3\n", "line 2"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(text, said, trace):
    with pytest.raises(InputError) as caught:
        trace(text)
    assert said in str(caught.value)
    assert "t.csv" in str(caught.value)


def test_a_missing_file_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_trace(tmp_path / "none.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_trace(tmp_path)


def test_oversized_requests_are_refused_or_counted(trace, tmp_path):
    trace("arrival,prompt,output\n0,5,5\n0,1,1\n")
    rows = read_trace(tmp_path / "t.csv")
    with pytest.raises(InputError, match=r"1 of 2 requests need more than the memory 9 \(the largest needs 10"):
        rows.instance(9)
    instance, dropped = rows.instance(9, drop_oversized=True)
    assert (len(instance), dropped) == (1, 1)
    assert rows.instance(10)[1] == 0
    with pytest.raises(InputError, match="no request fits"):
        rows.instance(1, drop_oversized=True)


def test_the_example_is_the_head_of_the_trace():
    requests = read_trace(EXCERPT).requests
    assert len(requests) == 360
    # 2023-11-16 18:15:46.6805900 to 18:15:50.9951690 are 4.314579 s, 86.29 steps of 50 ms.
    assert requests[:2] == (Request(0, 374, 44), Request(87, 396, 109))
    assert "CC-BY 4.0" in (EXCERPT.parent / "ATTRIBUTION.md").read_text()


@pytest.mark.parametrize(("name", "rows"), [("azure_llm_2023_conv.csv", 19366), ("azure_llm_2023_code.csv", 8819)])
def test_the_full_traces_are_read(name, rows):
    path = ROOT.parent / "shared" / "data" / name
    if not path.exists():
        pytest.skip("the full traces are not here")
    requests = read_trace(path).requests
    assert len(requests) == rows
    assert min(request.arrival for request in requests) == 0

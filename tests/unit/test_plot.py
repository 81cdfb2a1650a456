"""Pictures: the geometry is the schedule's memory, the classes are a partition, the files are what they claim."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cr_toolkit import Instance, Schedule, simulate
from cr_toolkit.cli.main import run
from cr_toolkit.errors import InputError
from cr_toolkit.model import Attempt
from cr_toolkit.report.classes import MAX_TYPES, classify
from cr_toolkit.report.picture import Panel, render
from cr_toolkit.report.stacking import idle_share, stack
from tests.strategies import instances
from tests.witnesses import save_witness

PNG = b"\x89PNG\r\n\x1a\n"


@given(instances(), st.data())
def test_the_stack_is_the_memory_held(instance, data):
    start = simulate(instance, "svf").schedule
    layers = data.draw(st.integers(1, 4))
    layer = data.draw(st.lists(st.integers(0, layers - 1), min_size=len(instance), max_size=len(instance)))
    shape = stack(instance, start, layer, layers)
    held = {}
    for step in start.memory_steps(instance):
        held.update(
            (
                t,
                step.memory_first
                + (t - step.first) * (step.memory_last - step.memory_first) // max(1, step.last - step.first),
            )
            for t in range(step.first, step.last + 1)
        )
    # The right end of every stretch is the end of a step, where the picture and the definition agree.
    for time, top in zip(shape.times[1::2], shape.top[1::2], strict=True):
        assert top == held.get(int(time), 0)
    assert (np.diff(shape.edges, axis=0) >= 0).all()
    assert shape.top.max() == start.peak_memory(instance)


def test_a_stack_by_hand():
    # Two requests: (prompt 2, output 2) from 0, (prompt 0, output 3) from 1.
    shape = stack(Instance.burst(9, [(2, 2), (0, 3)]), Schedule((0, 1)), (1, 0), 2)
    assert shape.times.tolist() == [0, 1, 1, 2, 2, 4]
    assert shape.edges.tolist() == [[0] * 6, [0, 0, 0, 1, 1, 3], [2, 3, 3, 5, 1, 3]]


def test_idle_share_by_hand():
    # Volume 0*2 + 3 = 3 of 4 tokens x 2 steps.
    assert idle_share(Instance.burst(4, [(0, 2)]), Schedule((0,))) == 1 - 3 / 8


@given(instances(max_requests=30))
def test_classes_are_a_partition(instance):
    classes = classify(instance)
    assert len(classes.of) == len(instance)
    assert set(classes.of) == set(range(len(classes.labels)))
    kinds = {(request.prompt, request.output) for request in instance.requests}
    assert classes.ordered == (len(kinds) > MAX_TYPES)


def test_classes_by_volume_ascend_and_keep_equal_volumes_together():
    instance = Instance.burst(100, [(0, output) for output in range(1, 21)] + [(0, 5)] * 30)
    classes = classify(instance)
    ranked = sorted(zip((request.volume for request in instance.requests), classes.of, strict=True))
    assert [place for _, place in ranked] == sorted(classes.of)
    assert len({place for volume, place in ranked if volume == 15}) == 1
    assert classes.labels[-1].endswith("210")


@pytest.mark.parametrize("count", [1, 60, 2000])
def test_pictures_of_any_size(count, tmp_path):
    instance = Instance.burst(50, [(i % 7, 1 + i * i % 13) for i in range(count)])
    panel = Panel("svf", simulate(instance, "svf").schedule)
    svg = render("a.svg", instance, [panel, panel], "title", "subtitle")
    assert ET.fromstring(svg).tag.endswith("svg")
    assert len(svg) < 3_000_000


def test_the_same_picture_is_the_same_bytes():
    instance = Instance.burst(11, [(0, 10), (4, 3), (3, 3)])
    panel = Panel("svf", Schedule((3, 2, 0)))
    pictures = {render("a.svg", instance, [panel], "t", "s") for _ in range(2)}
    assert len(pictures) == 1


def test_numbers_beyond_int64_can_be_drawn():
    instance = Instance.burst(2**50, [(2**40, 2**47)] * 3)
    assert render("a.png", instance, [Panel("x", Schedule((0, 2**52, 2**53 - 1)))], "t", "s").startswith(PNG)


@pytest.mark.parametrize("name", ["a", "a.pdf", "a.jpeg", ".svg.txt"])
def test_other_endings_are_refused(name):
    with pytest.raises(InputError, match=r"must end in \.svg or \.png"):
        render(name, Instance.burst(2, [(0, 1)]), [Panel("x", Schedule((0,)))], "t", "s")


def test_plot_draws_a_witness_and_says_where(tmp_path, capsys):
    witness, picture = tmp_path / "w.json", tmp_path / "new" / "w.svg"
    save_witness(witness, Instance.burst(6, [(0, 3)] * 5))
    assert run(["plot", str(witness), "-o", str(picture)]) == 0
    assert capsys.readouterr().out.strip() == str(picture)
    assert ET.parse(picture).getroot().tag.endswith("svg")


def test_plot_refuses_what_the_checker_rejects(tmp_path, capsys):
    witness = tmp_path / "w.json"
    save_witness(witness, Instance.burst(6, [(0, 3)] * 5))
    witness.write_text(witness.read_text().replace('"cost":27', '"cost":26', 1))
    assert run(["plot", str(witness), "-o", str(tmp_path / "w.svg")]) == 4
    assert "rejected" in capsys.readouterr().err
    assert not (tmp_path / "w.svg").exists()


def test_plot_refuses_other_files(tmp_path, capsys):
    instance = tmp_path / "i.json"
    instance.write_text('{"format": "crtool/instance/1", "memory": 5, "requests": [{"prompt": 0, "output": 1}]}')
    assert run(["plot", str(instance), "-o", str(tmp_path / "w.svg")]) == 2
    assert str(instance) in capsys.readouterr().err
    save_witness(tmp_path / "w.json", Instance.burst(6, [(0, 3)] * 5))
    assert run(["plot", str(tmp_path / "w.json"), "-o", str(tmp_path / "w.gif")]) == 2


def test_a_stopped_attempt_is_a_layer_and_hatched():
    instance = Instance.burst(6, [(1, 3), (0, 4)])
    schedule = Schedule((4, 0), (Attempt(0, 0, 2),))
    shape = stack(instance, schedule, (0, 1, 2), 3)
    assert shape.times.tolist() == [0, 2, 2, 4, 4, 7]
    assert shape.top.tolist() == [1, 5, 2, 4, 1, 4]
    # Token-steps of 6 x 7: request 1 holds 1 + 2 + 3 + 4, request 0 2 + 3 + 4 and before that 2 + 3.
    assert idle_share(instance, schedule) == pytest.approx(1 - (10 + 9 + 5) / 42)
    with_stops, without = (
        render("a.svg", instance, [Panel("x", one)], "t", "s").decode() for one in (schedule, schedule.without_stops())
    )
    assert "stopped, progress lost" in with_stops
    assert "stopped" not in without


def test_many_attempts_are_drawn_as_bands():
    run = simulate(Instance.burst(40, [(0, 20)] * 150), "gsa")
    assert len(run.schedule.stopped) > 400
    assert render("a.png", run.instance, [Panel("gsa", run.schedule)], "t", "s").startswith(PNG)

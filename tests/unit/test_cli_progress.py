"""Progress on a terminal: speed, best ratio, time left, and a line per finished point."""

from __future__ import annotations

import io
import sys
from fractions import Fraction

import pytest

from adversaries.corpus import Point
from adversaries.searching import Progress
from cr_toolkit.cli.progress import frontier_progress, search_progress
from cr_toolkit.policies import Admission, Queue

POINTS = tuple(Point("svf", Admission.PEAK, Queue.HEAD_OF_LINE, Fraction(1, share)) for share in (4, 3, 2))
HALF_WAY = Progress(500, Fraction(3, 2), 5.0, 100.0, 5.0)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def watched(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Make standard error a wide terminal; return what is written there."""
    terminal = Terminal()
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", terminal)
    return terminal


def test_nothing_is_shown_to_files(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with search_progress("searching") as report:
        assert report is None
    with frontier_progress(POINTS, 1000) as report_point:
        assert report_point is None
    assert stream.getvalue() == ""


def test_a_search_shows_its_speed_and_the_time_left(monkeypatch):
    terminal = watched(monkeypatch)
    with search_progress("searching") as report:
        report(Progress(0, None, 0.0, 0.0, None))
        report(HALF_WAY._replace(left=3725.0))
    assert "best ratio 1.5000  500 evaluations  100/s  1:02:05 left" in terminal.getvalue()


def test_a_frontier_leaves_a_line_per_point_and_counts_those_to_come(monkeypatch):
    terminal = watched(monkeypatch)
    with frontier_progress(POINTS, 1000) as report_point:
        report_point(POINTS[0], HALF_WAY)
        report_point(POINTS[0], HALF_WAY._replace(evaluations=1000, left=0.0))
        report_point(POINTS[1], HALF_WAY)
    shown = terminal.getvalue()
    assert shown.count("peak 1/4  best ratio 1.5000  1,000 evaluations  100/s\n") == 1
    assert "peak 1/3  best ratio 1.5000  500 evaluations  100/s\n" in shown
    # Five seconds of this point, ten of the one after it.
    assert "peak 1/3  best ratio 1.5000  500 evaluations  100/s  0:15 left" in shown

"""Progress on a terminal: speed, best ratio, time left, and a line per finished sweep."""

from __future__ import annotations

import io
import sys
from fractions import Fraction

import pytest

from adversaries.corpus import Point
from adversaries.sitting import Progress
from cr_toolkit.cli.progress import frontier_progress, search_progress
from cr_toolkit.policies import Admission, Queue

SWEEPS = tuple(
    tuple(Point("svf", rule, Queue.HEAD_OF_LINE, Fraction(1, share)) for share in shares)
    for rule, shares in ((Admission.PEAK, (4, 3, 2)), (Admission.LOOKAHEAD, (4, 2)))
)
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
    with frontier_progress(SWEEPS, 1000) as report_sweep:
        assert report_sweep is None
    assert stream.getvalue() == ""


def test_a_search_shows_its_speed_and_the_time_left(monkeypatch):
    terminal = watched(monkeypatch)
    with search_progress("searching") as report:
        report(Progress(0, None, 0.0, 0.0, None))
        report(HALF_WAY._replace(left=3725.0))
    assert "best ratio 1.5000  500 evaluations  100/s  1:02:05 left" in terminal.getvalue()


def test_a_frontier_shows_the_best_of_every_share_and_counts_the_sweeps_to_come(monkeypatch):
    terminal = watched(monkeypatch)
    shares = ((Fraction(1, 4), Fraction(5, 4)), (Fraction(1, 2), Fraction(3, 2)))
    here = HALF_WAY._replace(shares=shares)
    with frontier_progress(SWEEPS, 1000) as report_sweep:
        report_sweep(SWEEPS[0], here._replace(evaluations=3000, left=0.0))
        report_sweep(SWEEPS[1], here)
    shown = terminal.getvalue()
    assert shown.count("peak  1/4: 1.2500  1/2: 1.5000  3,000 evaluations  100/s\n") == 1
    assert "lookahead  1/4: 1.2500  1/2: 1.5000  500 evaluations  100/s\n" in shown
    assert "lookahead  1/4: 1.2500  1/2: 1.5000  500 evaluations  100/s  0:05 left" in shown
    with frontier_progress(SWEEPS, 1000) as report_sweep:
        report_sweep(SWEEPS[0], HALF_WAY)
    # Five seconds of the first sweep, twenty of the two points of the one after it.
    assert "peak  best ratio -  500 evaluations  100/s  0:25 left" in terminal.getvalue()

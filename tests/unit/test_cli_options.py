"""What users type: exact numbers, assignments, windows and column names."""

from __future__ import annotations

from fractions import Fraction

import click
import pytest

from cr_toolkit.cli.commands.replay import ColumnNames, RowWindow
from cr_toolkit.cli.options import Assignment, Rational
from cr_toolkit.model.traces import Columns, Window


@pytest.mark.parametrize(("text", "value"), [("1/2", Fraction(1, 2)), ("0.1", Fraction(1, 10)), ("5", Fraction(5))])
def test_numbers_are_exact(text, value):
    assert Rational().convert(text, None, None) == value


@pytest.mark.parametrize("text", ["0", "-1", "x", "1/0", "", "1e3"])
def test_numbers_are_refused(text):
    with pytest.raises(click.BadParameter):
        Rational().convert(text, None, None)


def test_a_number_has_a_most():
    assert Rational(most=1).convert("1", None, None) == 1
    with pytest.raises(click.BadParameter, match="at most 1"):
        Rational(most=1).convert("1.000001", None, None)


@pytest.mark.parametrize(
    ("text", "value"), [("a=1", ("a", 1)), ("a=-1", ("a", -1)), ("a=b=c", ("a", "b=c")), ("a=x", ("a", "x"))]
)
def test_assignments(text, value):
    assert Assignment().convert(text, None, None) == value


@pytest.mark.parametrize("text", ["a", "a=", "=1", "1a=2", ""])
def test_assignments_are_refused(text):
    with pytest.raises(click.BadParameter):
        Assignment().convert(text, None, None)


@pytest.mark.parametrize(
    ("text", "value"), [("3:4", Window(3, 4)), ("3:", Window(3)), (":4", Window(0, 4)), (":", Window())]
)
def test_windows(text, value):
    assert RowWindow().convert(text, None, None) == value


@pytest.mark.parametrize("text", ["3", "a:b", "3:0", "3:00", "-1:2", "1:2:3", ""])
def test_windows_are_refused(text):
    with pytest.raises(click.BadParameter):
        RowWindow().convert(text, None, None)


def test_column_names():
    assert ColumnNames().convert("t, in ,out", None, None) == Columns("t", "in", "out")


@pytest.mark.parametrize("text", ["a,b", "a,b,c,d", "a,b,b", ",,", ""])
def test_column_names_are_refused(text):
    with pytest.raises(click.BadParameter):
        ColumnNames().convert(text, None, None)

"""Maximising smooth concave functions."""

import time

import numpy as np
import pytest

from lp_models import quasi_newton
from lp_models.quasi_newton import Float64s, Point, ascend

FAR = float("inf")


def parabola(scales: Float64s, known: Float64s | None = None):
    """Return - sum scale (x - 1)^2 / 2, with its curvature as far as it is known."""

    def evaluate(place: Float64s) -> Point:
        away = place - 1.0
        curvature = scales if known is None else known
        return Point(place, float(-0.5 * scales @ away**2), -scales * away, curvature)

    return evaluate


@pytest.mark.parametrize("known", [None, np.ones(6)], ids=["curvature known", "curvature unknown"])
def test_the_maximum_is_found_though_coordinates_matter_differently(known: Float64s | None) -> None:
    scales = np.array([1e-3, 1e-2, 0.1, 1.0, 10.0, 100.0])
    top = ascend(parabola(scales, known), np.zeros(6), 200, 0.0, FAR)
    assert top.value == pytest.approx(0.0, abs=1e-9)
    assert top.place == pytest.approx(np.ones(6), abs=1e-2)


def test_a_diagonal_saves_rounds() -> None:
    scales = np.geomspace(1e-4, 1e4, 40)
    # Two rounds, one of which finds the length.
    assert ascend(parabola(scales), np.zeros(40), 3, 0.0, FAR).value > -1e-3
    assert ascend(parabola(scales, np.ones(40)), np.zeros(40), 3, 0.0, FAR).value < -0.1


def test_no_step_is_made_to_where_the_function_is_not_finite() -> None:
    def evaluate(place: Float64s) -> Point:
        x = float(place[0])
        if x >= 2.0:
            return Point(place, float("nan"), place, np.ones(1))
        return Point(place, x + np.log(2.0 - x), np.array([1.0 - 1.0 / (2.0 - x)]), np.array([1e-3]))

    top = ascend(evaluate, np.array([-5.0]), 100, 0.0, FAR)
    assert top.place[0] == pytest.approx(1.0, abs=1e-3)


def test_where_nothing_can_be_evaluated_the_start_is_returned() -> None:
    nowhere = ascend(lambda place: Point(place, float("-inf"), place, np.ones(2)), np.array([3.0, 4.0]), 100, 0.0, FAR)
    assert nowhere.place.tolist() == [3.0, 4.0]


def test_rounds_gain_and_deadline_end_the_ascent() -> None:
    scales = np.geomspace(1e-2, 1e2, 30)
    calls = []

    def counted(place: Float64s) -> Point:
        calls.append(place)
        return parabola(scales, np.ones(30))(place)

    ascend(counted, np.zeros(30), 5, 0.0, FAR)
    few = len(calls)
    assert 6 <= few < 20
    calls.clear()
    ascend(counted, np.zeros(30), 1000, 1e9, FAR)
    assert few < len(calls) < 40
    calls.clear()
    ascend(counted, np.zeros(30), 1000, 0.0, time.monotonic() - 1.0)
    assert len(calls) == 1


def test_a_step_along_which_the_function_does_not_bend_leaves_the_others_alone() -> None:
    steps = quasi_newton._Steps(2)
    zero = Point(np.zeros(2), 0.0, np.ones(2), np.ones(2))
    for length in range(1, quasi_newton._MEMORY + 1):
        steps.add(zero, Point(np.full(2, float(length)), 0.0, np.ones(2) - length / 2, np.ones(2)))
    before = steps.direction(zero)
    for change in (0.0, 1.0):
        steps.add(zero, Point(np.ones(2), 0.0, np.ones(2) + change, np.ones(2)))
    assert steps.direction(zero).tolist() == before.tolist()
    assert np.isfinite(before).all()

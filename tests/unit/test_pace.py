"""How far to aim: sooner with each failure, never out of range."""

import pytest

from lp_models.pace import Pace


@pytest.mark.parametrize("seconds", [1e-9, 0.05, 1e6])
def test_however_many_attempts_fail_the_aim_stays_in_the_gap(seconds):
    pace = Pace(100, 40_000)
    pace.succeeded(101, 1e-3)
    aims = []
    for _ in range(200):
        aim = pace.aim(101, 40_000, 10.0, 10.0)
        assert 101 < aim <= 40_000
        pace.failed(aim, seconds)
        aims.append(aim)
    assert aims[-1] == 102


def test_quick_proofs_are_followed_by_the_whole_gap():
    pace = Pace(100, 120)
    assert pace.aim(100, 120, 10.0, 10.0) == 102
    assert not pace.begun
    pace.succeeded(102, 1e-3)
    assert pace.begun
    pace.succeeded(110, 2e-3)
    assert pace.aim(110, 120, 10.0, 10.0) == 120

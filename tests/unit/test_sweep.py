"""One sweep fills a frontier: every share gets the worst of all that it allows."""

import time
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from adversaries import FAMILIES, sweep
from adversaries.corpus import Effort, fill, point_file
from adversaries.corpus.files import load_file
from adversaries.runner import Budget
from adversaries.searching import how_far
from cr_toolkit.errors import InputError
from cr_toolkit.model.formats import to_json, write_witness

SHARES = ("1/4", "1/2", "9/10")


def test_a_sweep_fills_every_share(tmp_path: Path) -> None:
    result = sweep(shares=SHARES, evaluations=800, max_requests=60, families=False)
    assert list(result.worst) == [Fraction(share) for share in SHARES]
    assert (result.evaluations, result.stopped_by) == (800, "evaluations")
    ratios = []
    for share, witness in result.worst.items():
        path = tmp_path / f"{share.denominator}.json"
        write_witness(path, witness)
        kept = load_file(path)
        assert kept is not None
        assert kept.alpha <= share
        ratios.append(kept.ratio)
    assert all(small <= large for small, large in pairwise(ratios))
    assert ratios[0] > Fraction(5, 4)
    assert ratios[-1] > Fraction(5, 2)


@pytest.mark.slow
def test_a_sweep_does_not_depend_on_jobs() -> None:
    first, second = (
        sweep(shares=SHARES, evaluations=600, max_requests=12, searcher="blocks", seed=1, jobs=jobs) for jobs in (1, 2)
    )
    assert [to_json(one) for one in first.worst.values()] == [to_json(one) for one in second.worst.values()]


def test_filling_keeps_what_is_worse_at_its_least_share(tmp_path: Path) -> None:
    shares = [Fraction(share) for share in SHARES]
    effort = Effort(300, max_requests=40)
    found = fill(tmp_path, "svf", shares, effort)
    assert {point_file(point) for point in found} == {path.name for path in tmp_path.iterdir()}
    assert Fraction(1, 4) in {point.alpha for point in found}
    assert len({one.ratio for one in found.values()}) == len(found)
    # It starts from what it kept, so an equal sweep finds nothing worse than that, unless it went on from there.
    again = fill(tmp_path, "svf", shares, effort)
    assert all(again[point].ratio > found[point].ratio for point in again if point in found)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made a folder"):
        fill(tmp_path / "file", "svf", shares, effort)


def test_starts_and_common_prompt() -> None:
    start = FAMILIES["F1"]().pattern(width=4, height=14, rounds=6)
    result = sweep(shares=["1/4"], evaluations=60, starts=[start], common_prompt=True, max_requests=200)
    [witness] = result.worst.values()
    assert Fraction(witness.ratio.lower) > Fraction("1.3")
    assert len({request.prompt for request in witness.instance.requests}) == 1


def test_what_is_no_better_than_the_optimum_is_left_out() -> None:
    assert sweep(shares=["1/2"], evaluations=1, searcher="random", max_requests=1).worst == {}


def test_bad_arguments() -> None:
    with pytest.raises(InputError, match="shares must name at least one"):
        sweep(shares=[], evaluations=10)
    with pytest.raises(InputError, match="alpha must be above 0"):
        sweep(shares=["0"], evaluations=10)
    with pytest.raises(InputError, match="searcher adaptive needs --traffic arbitrary"):
        sweep(shares=["1/2"], evaluations=10, searcher="adaptive")
    with pytest.raises(InputError, match="searcher must not be family"):
        sweep(shares=["1/2"], evaluations=10, searcher="family", families=False)


def test_nothing_done_yet_is_no_rate() -> None:
    began = time.monotonic()
    progress = how_far(0, 0, None, Budget(10, None), began)
    assert (progress.evaluations, progress.ratio, progress.rate, progress.left) == (0, None, 0, None)

"""One sweep fills a frontier: every share gets the worst of all that it allows."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from adversaries import FAMILIES, sweep
from adversaries.corpus.files import load_file
from adversaries.sitting import Progress
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


def test_a_sweep_that_was_stopped_goes_on_to_the_same_end(tmp_path: Path) -> None:
    what = {"shares": SHARES, "evaluations": 500, "max_requests": 12, "searcher": "blocks", "seed": 1}

    def interrupt(progress: Progress) -> None:
        assert [share for share, _ in progress.shares] == [Fraction(share) for share in SHARES][-len(progress.shares) :]
        if progress.evaluations > 200:
            raise KeyboardInterrupt

    first = sweep(**what, campaigns=tmp_path, progress=interrupt)
    assert (first.stopped_by, first.resumed) == ("interrupted", 0)
    assert first.worst
    second = sweep(**what, campaigns=tmp_path)
    assert second.resumed == first.evaluations < second.evaluations == 500
    assert second.worst == sweep(**what).worst
    # Finished: nothing is searched again, unless that is asked for.
    again = sweep(**what, campaigns=tmp_path, renew=False)
    assert (again.worst, again.resumed) == (second.worst, 500)
    assert sweep(**what, campaigns=tmp_path).resumed == 0
    # Other shares are another sweep.
    assert sweep(**{**what, "shares": SHARES[1:], "evaluations": 20}, campaigns=tmp_path).resumed == 0

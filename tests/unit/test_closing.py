"""Closing a gap: which targets are tried, in which order, and which claims the checker repeats."""

from types import SimpleNamespace
from typing import Any

import pytest

from lp_models.budget import Budget
from lp_models.closing import Closing
from lp_models.race import Attempt


class Best:
    """An incumbent whose lower bound rises by what is repeated, unless that is refused."""

    def __init__(self, lower: int, upper: int, refused: tuple[int, ...] = ()) -> None:
        self.lower, self.upper, self.refused = SimpleNamespace(integer=lower), upper, refused
        self.repeated: list[int] = []

    def heed_restarts(self, restarts: Any) -> None:
        pass

    def repeat(self, claim: Any, seconds: float) -> bool:
        self.repeated.append(claim.target)
        if claim.target in self.refused:
            return False
        self.lower.integer = max(self.lower.integer, claim.target)
        return True


class Claim:
    """A claim that takes some seconds to repeat."""

    def __init__(self, target: int, seconds: float = 0.0, repetition: Any = None) -> None:
        self.target, self.seconds, self.repetition = target, seconds, repetition
        self.calls: list[str] = []

    def end(self) -> None:
        self.calls.append("end")

    def give_up(self) -> None:
        self.calls.append("give up")


class Race:
    """Proves what is at most ``reach`` at once, and fails with the rest; notes what was asked."""

    def __init__(self, reach: int, *, promises: bool = False, fits: bool = False) -> None:
        self.reach, self.promises, self.fits = reach, promises, fits
        self.asked: list[tuple[str, int]] = []

    def keep(self, proved: int, upper: int) -> None:
        pass

    def worth_branching(self, target: int, seconds: float) -> bool:
        return self.promises

    def fits_within(self, seconds: float) -> bool:
        return self.fits

    def leap(self, target: int, deadline: float, seconds: float, *, repeated: bool) -> Attempt:
        return self._answer("leap", target)

    def prove(self, target: int, deadline: float, *, repeated: bool) -> Attempt:
        return self._answer("prove", target)

    def _answer(self, how: str, target: int) -> Attempt:
        self.asked.append((how, target))
        return Attempt(claim=Claim(target)) if target <= self.reach else Attempt()  # type: ignore[arg-type]


def climbed(race: Race, lower: int, upper: int) -> Best:
    best = Best(lower, upper)
    Closing(best, race, Budget(60.0), jobs=1).climb()  # type: ignore[arg-type]
    return best


def test_a_short_try_at_the_whole_gap_comes_first():
    race = Race(113, fits=True)
    assert climbed(race, 100, 113).lower.integer == 113
    assert race.asked == [("leap", 113)]


@pytest.mark.parametrize("gap", [1, 2, 10, 13])
def test_lower_targets_follow_where_it_fails(gap):
    race = Race(100, fits=True)
    assert climbed(race, 100, 100 + gap).lower.integer == 100
    assert race.asked[0] == ("leap", 100 + gap)
    assert race.asked[1][0] == "prove"
    assert race.asked[-1] == ("prove", 101)


@pytest.mark.parametrize("gap", [1, 2, 10, 13])
def test_a_promise_is_tried_though_the_first_target_fails(gap):
    race = Race(100, promises=True)
    assert climbed(race, 100, 100 + gap).lower.integer == 100
    assert ("prove", 100 + gap) in race.asked[1:]
    assert race.asked[-1] == ("prove", 101)


def test_where_a_promise_is_not_kept_what_is_left_is_halved():
    race = Race(190, promises=True)
    assert climbed(race, 100, 200).lower.integer == 190
    assert [target for _, target in race.asked[:2]] == [112, 200]
    assert [target for _, target in race.asked[2:5]] == [156, 178, 189]
    assert len(race.asked) < 12


def settled(best: Best, *claims: Claim, seconds: float = 10.0) -> Best:
    one = Closing(best, Race(0), Budget(60.0), jobs=2)  # type: ignore[arg-type]
    one._claims.extend(claims)  # type: ignore[arg-type]
    one.settle(seconds)
    assert not one._claims
    assert all(claim.calls[-1] == "give up" for claim in claims)
    return best


def test_the_highest_claim_that_there_is_time_for_is_repeated():
    best = settled(Best(100, 120), Claim(105), Claim(120, 11.0), Claim(110, 9.0))
    assert best.repeated == [110]
    assert best.lower.integer == 110


def test_should_it_be_refused_the_next_one_is():
    best = settled(Best(100, 120, refused=(120,)), Claim(110), Claim(120))
    assert best.repeated == [120, 110]
    assert best.lower.integer == 110


def test_beside_a_doubtful_repetition_the_next_lower_claim_is_repeated():
    doubtful = Claim(120, 8.0, repetition=object())
    best = settled(Best(100, 120, refused=(120,)), Claim(105), Claim(110), doubtful)
    assert best.repeated == [110, 120]
    assert doubtful.calls == ["end", "give up"]
    assert settled(Best(100, 120), Claim(110), Claim(120, 5.0, repetition=object())).repeated == [120]
    assert settled(Best(100, 120), Claim(110), Claim(120, 8.0)).repeated == [120]


def test_an_interrupt_leaves_no_repetition_behind():
    class Interrupted(Best):
        def repeat(self, claim: Any, seconds: float) -> bool:
            raise KeyboardInterrupt

    claim = Claim(120, repetition=object())
    one = Closing(Interrupted(100, 120), Race(0), Budget(60.0), jobs=2)  # type: ignore[arg-type]
    one._claims.append(claim)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        one.settle(10.0)
    assert claim.calls == ["give up"]


def test_time_that_is_over_ends_the_climb():
    race = Race(0)
    Closing(Best(100, 120), race, Budget(0.0), jobs=1).climb()  # type: ignore[arg-type]
    assert race.asked == []

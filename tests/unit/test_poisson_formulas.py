"""Exact formulas of the Poisson theorems against values worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cr_toolkit.errors import InputError
from cr_toolkit.policies import OneBitView
from cr_toolkit.taxonomy.traffic import Law
from proofs.poisson.algebra import algebra
from proofs.poisson.chain import Chain, Published
from proofs.poisson.check import System
from proofs.poisson.classes import MOST_PAIRS, equal_loads
from proofs.poisson.intervals import student_probability, student_quantile
from proofs.poisson.one_bit import Bit, MeanProxies, published_loss

HALF, TENTH = Fraction(1, 2), Fraction(1, 10)
SMALL = Chain(20, HALF, TENTH, Law(0, (1, 0, 1)), Law.geometric(HALF, 2))
PUBLISHED = Published(100, HALF, TENTH, Fraction(10), TENTH)


def test_the_chain_of_a_small_system():
    # Prompts 0 or 2, outputs 1 (2/3) or 2 (1/3).
    assert SMALL.output_moments == (Fraction(4, 3), 2, Fraction(10, 3))
    assert (SMALL.mean_prompt, SMALL.mean_volume, SMALL.drain) == (1, 3, 5)
    assert (SMALL.load, SMALL.rho) == (Fraction(3, 10), Fraction(3, 50))
    assert SMALL.work == Fraction(17, 30)
    # Only an output of 2 has a second step, which uses s + 2: 3 on average.
    assert SMALL.residual == TENTH * Fraction(1, 3) * 3
    assert SMALL.weighted_wait == Fraction(17, 141)
    assert SMALL.ratio_bound == Fraction(205, 188)
    assert SMALL.class_wait(Fraction(1), Fraction(3)) == Fraction(17, 30) * 5 / (4 * 2)
    assert SMALL.class_wait(Fraction(1), Fraction(5)) is None


def test_the_published_formulas():
    assert (PUBLISHED.mean_volume, PUBLISHED.rho, PUBLISHED.work) == (200, Fraction(4, 5), 300)
    assert PUBLISHED.optimum == 10
    assert PUBLISHED.ratio_bound() == Fraction(209, 9)
    assert PUBLISHED.ratio_bound(Fraction(3)) == 1 + 3 * Fraction(200, 9)
    assert Published(100, HALF, Fraction(1, 8), Fraction(10), TENTH).ratio_bound() is None
    assert Published(100, HALF, TENTH, Fraction(1), Fraction(1)).ratio_bound() is None


def published_proxies(mu, threshold):
    """O_0 = 1/mu - theta q^theta/(1 - q^theta) and O_1 = theta + 1/mu, q = 1 - mu: the Poisson choice."""
    tail = (1 - mu) ** threshold
    return 1 / mu - threshold * tail / (1 - tail), threshold + 1 / mu


def test_one_bit_of_a_geometric_output():
    assert published_proxies(TENTH, 1) == (1, 11)
    assert published_loss(TENTH, 1) == Fraction(81, 2)
    system = System("svf1-poisson", 1000, HALF, TENTH, Law.uniform(5, 15), threshold=1)
    assert system.published_factor() == Fraction(400, 319)


@pytest.mark.parametrize("threshold", [1, 4, 10, 30])
def test_the_bit_of_a_nearly_whole_geometric_law_is_the_published_one(threshold):
    bit = Bit(Law.geometric(TENTH, 600), threshold)
    assert [float(x) for x in bit.proxies] == pytest.approx([float(x) for x in published_proxies(TENTH, threshold)])
    assert float(bit.loss) == pytest.approx(float(published_loss(TENTH, threshold)))


def test_what_the_bit_loses_by_definition():
    # Short: 1; long: 2 or 3, evenly: variance 1/4, half of it, for half of the outputs.
    assert Bit(Law(1, (2, 1, 1)), 1).loss == Fraction(1, 16)
    # Now the short ones are the varied ones.
    assert Bit(Law(1, (1, 1, 2)), 2).loss == Fraction(1, 16)
    # The premise E[v] > eps always holds; here it is nearly an equality of orders.
    for threshold in range(1, 60):
        assert published_loss(TENTH, threshold) < PUBLISHED.mean_volume / 2


def test_one_bit_priorities_are_proxy_volumes():
    policy = MeanProxies(Bit(Law(1, (1, 1, 1, 1)), 2))
    # Proxies 3/2 and 7/2: proxy volumes s 3/2 + 15/8 and s 7/2 + 63/8, in eighths.
    shown = [policy.priority(OneBitView(0, s, long)) for s, long in ((0, False), (4, False), (0, True), (1, True))]
    assert [Fraction(value, shown[0]) for value in shown] == [1, Fraction(63, 15), Fraction(63, 15), Fraction(91, 15)]
    with pytest.raises(InputError, match="threshold"):
        Bit(Law(1, (1, 1)), 2)


def volume(s, o):
    return s * o + o * (o + 1) // 2


def test_parts_cover_the_load_in_order():
    chain = Chain(60, HALF, TENTH, Law.uniform(0, 10), Law.geometric(Fraction(1, 4), 20))
    parts = equal_loads(chain, volume)
    assert len(parts) == 5
    assert [part.below for part in parts] == [0, *(part.through for part in parts[:-1])]
    assert parts[-1].through == chain.load
    for part in parts:
        own = chain.outputs.mean(lambda o, p=part: sum(volume(s, o) for s in range(11) if volume(s, o) <= p.last))
        assert part.through == chain.rate * own / 11
    # Each class is one volume: a part overshoots its fifth by less than one class.
    assert all(part.load < chain.load / 3 for part in parts)
    wide = Chain(10**6, HALF, TENTH, Law.uniform(0, MOST_PAIRS), Law.geometric(HALF, 2))
    assert equal_loads(wide, volume) == ()


def test_every_algebraic_step_is_proved():
    steps = list(algebra())
    assert len(steps) >= 18
    assert [step.claim for step in steps if step.proved is not True] == []


@pytest.mark.parametrize(
    ("freedom", "quantile"), [(1, 63.6567), (2, 9.9248), (5, 4.0321), (10, 3.1693), (30, 2.7500), (120, 2.6174)]
)
def test_student_quantiles_are_those_of_the_tables(freedom, quantile):
    found = student_quantile(freedom)
    assert found == pytest.approx(quantile, abs=6e-5)
    assert student_probability(found, freedom) >= 0.99 > student_probability(found * (1 - 1e-6), freedom)


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"theorem": "svf-burst"}, "svf1-poisson"),
        ({"alpha": Fraction(1)}, "alpha"),
        ({"prompts": Law.uniform(0, 30)}, "leave room"),
        ({"threshold": 3}, "svf1-poisson alone"),
        ({"theorem": "svf1-poisson", "threshold": 20}, "threshold"),
        ({"mu": Fraction(2)}, "mu"),
    ],
)
def test_systems_that_make_no_sense_are_refused(settings, says):
    usual = {"theorem": "svf-poisson", "memory": 60, "alpha": HALF, "mu": Fraction(1, 4), "prompts": Law.uniform(0, 10)}
    with pytest.raises(InputError, match=says):
        System(**{**usual, **settings})


def test_what_is_cut_is_exact():
    system = System("svf-poisson", 60, HALF, Fraction(1, 4), Law.uniform(0, 10))
    assert (system.longest, system.cut) == (20, Fraction(3, 4) ** 20)
    assert system.published(system.rate_of(Fraction(9, 10))).rho == Fraction(9, 10)

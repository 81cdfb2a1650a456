"""The bounds against the published tables and against independent arithmetic."""

import math
import subprocess
import sys
from fractions import Fraction

import pytest
import sympy

from cr_toolkit import Instance
from cr_toolkit.errors import InputError
from cr_toolkit.policies import Admission
from proofs import Setting, theorems
from proofs.description import TABLE_SHARES, describe
from proofs.exact import sqrt_above
from proofs.one_bit import domination_factor
from proofs.sharp_root import integer_cube_root, kappa_above, sharp_bound, suffices


def instance(memory, *sizes):
    return Instance.burst(memory, sizes)


def test_svf_burst_is_the_integer_form():
    assert theorems["svf-burst"].bound(instance(10, (2, 3))) == Fraction(30 - 5, 10 - 5)
    assert theorems["svf-burst"].bound(instance(10, (0, 1))) == Fraction(29, 9)


@pytest.mark.parametrize(
    ("alpha", "published"), [("1/2", 5.00), ("1/4", 3.67), ("1/10", 3.22), ("1/100", 3.02), ("0", 3)]
)
def test_table_1_of_the_paper(alpha, published):
    assert round(float(theorems["svf-burst"].bound_at(Fraction(alpha))), 2) == published


@pytest.mark.parametrize(
    ("theorem", "published"),
    [
        ("svf-burst", [3, 3.1333, 3.2857, 3.6667, 4, 5]),
        ("svf-burst-centroid", [2.3333, 2.4222, 2.5238, 2.7778, 3, 4]),
        ("svf-burst-sharp", [2.0541, 2.1716, 2.3101, 2.6713, 3, 4]),
    ],
)
def test_table_of_the_sharper_bounds(theorem, published):
    values = [value for _, value in describe(theorems[theorem], TABLE_SHARES).values]
    assert [round(float(value), 4) for value in values] == published


def test_the_headline_is_five_up_to_one_half_and_silent_beyond():
    half = theorems["svf-burst-half"]
    assert half.bound_at(Fraction(1, 2)) == 5
    assert half.bound_at(Fraction(501, 1000)) is None
    assert half.bound(instance(4, (1, 1))) == 5


def test_no_bound_at_a_share_of_one():
    assert theorems["svf-burst"].bound_at(Fraction(1)) is None
    assert theorems["svf-burst-sharp"].bound_at(Fraction(1)) is None


def test_sharp_is_twice_m_over_c_when_that_is_at_least_three():
    # M = 12, P = 6: c = 7, 2M/c = 24/7 >= 3.
    assert theorems["svf-burst-sharp"].bound(instance(12, (1, 5))) == Fraction(24, 7)
    # A request that fills the memory is in scope: c = 1.
    assert theorems["svf-burst-sharp"].bound(instance(12, (6, 6))) == 24


def float_root(gamma):
    """The root by bisection in floats, from the formula as printed."""

    def excess(rho):
        kappa = max(0.0, rho - 1.5 * (rho - 1) * (2 * rho / (3 * (rho - 1))) ** (1 / 3)) if rho < 3 else 0.0
        return rho / 2 - 1 / gamma - gamma * kappa**2 / 4

    low, high = 2.0, 3.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if excess(middle) >= 0 else (middle, high)
    return high


@pytest.mark.parametrize("gamma", ["1", "15/16", "7/8", "3/4", "67/100"])
def test_the_rational_lies_just_above_the_root(gamma):
    bound = sharp_bound(Fraction(gamma))
    assert suffices(bound, Fraction(gamma))
    assert 0 <= float(bound) - float_root(float(Fraction(gamma))) < 2e-6


def test_a_rational_below_the_root_does_not_suffice():
    assert not suffices(Fraction(2054, 1000), Fraction(1))
    assert not suffices(Fraction(199, 100), Fraction(2))


@pytest.mark.parametrize("value", [1, 7, 8, 9, 26, 27, 28, 10**30 - 1, 10**30, 10**30 + 1, 2**301])
def test_integer_cube_root(value):
    root = integer_cube_root(value)
    assert root**3 <= value < (root + 1) ** 3


@pytest.mark.parametrize("rho", ["2", "21/10", "5/2", "29/10", "3", "7/2"])
def test_kappa_above_is_above_and_close(rho):
    value = Fraction(rho)
    x = float(value)
    kappa = x - 1.5 * (x - 1) * (2 * x / (3 * (x - 1))) ** (1 / 3) if x < 3 else 0.0
    assert math.isclose(float(kappa_above(value)), kappa, abs_tol=1e-9)
    if value < 3:
        # The exact meaning of "above": (rho - kappa_up)^3 <= ((3/2)(rho - 1))^3 y^3.
        assert (value - kappa_above(value)) ** 3 <= Fraction(27, 8) * (value - 1) ** 2 * 2 * value / 3


def test_the_sharp_bound_never_exceeds_the_paper():
    sharp, paper = theorems["svf-burst-sharp"], theorems["svf-burst"]
    for numerator in range(0, 100, 3):
        alpha = Fraction(numerator, 100)
        assert sharp.bound_at(alpha) < paper.bound_at(alpha)


def test_the_sharp_bound_grows_with_the_share():
    values = [theorems["svf-burst-sharp"].bound_at(Fraction(k, 60)) for k in range(40)]
    assert values == sorted(values)


def test_an_unknown_theorem_is_named_with_a_suggestion():
    with pytest.raises(InputError, match="did you mean 'svf-burst'"):
        theorems["svf-brust"]


@pytest.mark.parametrize(("alpha", "published"), [("1/3", 3), ("2/5", 3.125), ("9/20", 3.283), ("1/2", 3.5)])
def test_table_of_the_lookahead_bound(alpha, published):
    assert round(float(theorems["svf-burst-lookahead"].bound_at(Fraction(alpha))), 3) == published


def test_the_lookahead_bound_takes_one_third_below_and_is_silent_above_one_half():
    lookahead = theorems["svf-burst-lookahead"]
    assert lookahead.bound_at(Fraction(1, 10)) == 3
    assert lookahead.bound_at(Fraction(51, 100)) is None
    assert lookahead.bound(instance(8, (1, 3))) == Fraction(7, 2)


EVERY_ROW = {
    "amax-interval", "amax-interval-lower", "amin-interval", "any-arbitrary", "area-order-general",
    "clairvoyant-general", "fcfs", "gba-burst", "gsa-burst", "mcsf-burst", "sjf", "sortedf-burst", "svf-burst",
    "svf-burst-centroid", "svf-burst-fluid", "svf-burst-half", "svf-burst-lookahead", "svf-burst-peak",
    "svf-burst-sharp", "svf-burst-tight", "svf-poisson", "svf-poisson-load",
    "svf-predicted-burst", "svf-skipping", "svf1-burst",
    "svf1-burst-growth", "svf1-burst-root", "svf1-poisson", "total-size",
}  # fmt: skip


def test_every_row_of_the_survey_is_there():
    assert {theorem.id for theorem in theorems} == EVERY_ROW
    assert len(theorems) == len(EVERY_ROW)


@pytest.mark.parametrize("name", sorted(EVERY_ROW))
def test_a_theorem_says_all_there_is_to_say(name):
    text = describe(theorems[name])
    assert text.id == name
    assert text.statement.endswith(".")
    assert text.source
    assert text.version
    assert text.hypotheses[0] == f"{theorems[name].traffic.value} traffic"
    assert [alpha for alpha, _ in text.values] == list(TABLE_SHARES)
    assert "\n" not in repr(theorems[name].expression())


BURSTS = [instance(12, (1, 5), (0, 2)), instance(30, (2, 8), (5, 5), (0, 10)), instance(9, (0, 4))]


@pytest.mark.parametrize(
    "name", ["svf-burst", "svf-burst-half", "svf-burst-centroid", "svf-burst-lookahead", "svf1-burst"]
)
@pytest.mark.parametrize("burst", BURSTS, ids=["12", "30", "9"])
def test_the_formula_is_the_bound(name, burst):
    memory, peak = burst.memory, burst.max_peak
    values = {
        "M": memory, "P": peak, "T": burst.longest_output, "K": domination_factor(burst.longest_output),
        "alpha": burst.alpha, "gamma": Fraction(memory - peak + 1, memory),
    }  # fmt: skip
    formula = theorems[name].expression()
    exact = formula.subs({symbol: sympy.Rational(str(values[symbol.name])) for symbol in formula.free_symbols})
    assert exact == sympy.Rational(str(theorems[name].bound(burst)))


def test_the_sharp_bound_solves_the_formulas_equation():
    equation = theorems["svf-burst-sharp"].expression()
    rho, gamma = sympy.Symbol("rho", positive=True), sympy.Symbol("gamma", positive=True)
    for share in (Fraction(1), Fraction(7, 8)):
        gap = (equation.lhs - equation.rhs).subs(
            {rho: sympy.Rational(str(sharp_bound(share))), gamma: sympy.Rational(str(share))}
        )
        assert 0 <= float(gap) < 1e-6


def test_one_bit_needs_its_own_parameters():
    theorem = theorems["svf1-burst"]
    burst = instance(40, (0, 16), (3, 2))
    assert theorem.failed_hypothesis(burst, Setting("svf-1bit", {"threshold": 4, "short": 2, "long": 8})) is None
    failure = theorem.failed_hypothesis(burst, Setting("svf-1bit", {"threshold": 5, "short": 2, "long": 8}))
    assert failure == "it needs the worst-case choice threshold = 4, not 5"


def test_a_common_prompt_and_room_are_checked():
    theorem = theorems["mcsf-burst"]
    setting = Setting("mc-sf")
    assert theorem.failed_hypothesis(instance(12, (1, 5), (1, 2)), setting) is None
    assert "prompts range from 1 to 2" in theorem.failed_hypothesis(instance(12, (1, 5), (2, 2)), setting)
    assert "alpha <= 1/2" in theorem.failed_hypothesis(instance(11, (1, 5)), setting)
    peak = Setting("mc-sf", admission=Admission.PEAK)
    assert theorem.failed_hypothesis(instance(12, (1, 5)), peak) == "it needs the admission rule lookahead, not peak"


def test_bounds_and_verdicts_load_nothing_heavy():
    code = (
        "import sys, proofs; [t.bound_at(0) for t in proofs.theorems]; proofs.applicable(proofs.Setting('svf'))\n"
        "print([m for m in ('numpy', 'sympy', 'networkx', 'numba', 'pulp') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_one_bit_bound_with_a_root_is_just_above_its_formula():
    theorem = theorems["svf1-burst-root"]
    for burst in BURSTS:
        longest = burst.longest_output
        bound = theorem.bound(burst)
        scale = Fraction(4 * burst.memory, burst.memory - burst.max_peak + 1)
        assert domination_factor(longest) <= (bound / scale) ** 2
        assert (bound / scale - Fraction(1, 10**9)) ** 2 < domination_factor(longest)
        exact = theorem.bound_for(K=domination_factor(longest), M=burst.memory, P=burst.max_peak)
        assert abs(exact - bound) <= scale / 10**8


@pytest.mark.parametrize("b", ["1/2", "1/3", "1/9", "3/7", "1"])
def test_the_interval_bounds_are_exact_or_on_the_safe_side(b):
    b = Fraction(b)
    upper, lower = theorems["amax-interval"].bound_for(b=b), theorems["amax-interval-lower"].bound_for(b=b)
    assert upper == (1 / b) * (1 + 1 / b) / 2
    # lower = (1/b)(1 + y)/2 with y^2 <= 1/b, and no more than one grid step less.
    y, step = 2 * b * lower - 1, Fraction(2, 10**9)
    assert y**2 <= 1 / b < (y + step) ** 2
    assert lower <= upper


def test_formulas_that_are_no_bound_have_no_value():
    assert theorems["amin-interval"].bound_for(b=Fraction(1, 2)) is None
    assert theorems["total-size"].bound_for() is None
    assert theorems["svf-burst-sharp"].bound_for(gamma=1) is None
    values = {"alpha": Fraction(1, 2), "mu": Fraction(1, 10), "rho": Fraction(1, 2)}
    assert theorems["svf-poisson"].bound_for(**values) == Fraction(89, 9)
    with pytest.raises(InputError, match="needs a value for mu, rho"):
        theorems["svf-poisson"].bound_for(alpha=0)


@pytest.mark.parametrize("value", ["0", "1", "2", "9/4", "1/3", "1000000007"])
def test_a_root_from_above(value):
    root, step = sqrt_above(Fraction(value)), Fraction(1, 10**9)
    assert root**2 >= Fraction(value)
    assert root == 0 or (root - step) ** 2 < Fraction(value)


def test_the_tight_row_is_the_sharp_bound_and_the_combs_limit():
    tight, sharp, peak = (theorems[f"svf-burst-{name}"] for name in ("tight", "sharp", "peak"))
    for alpha in map(Fraction, ("1/3", "2/5", "1/2", "3/4", "9/10")):
        assert tight.bound_at(alpha) == sharp.bound_at(alpha) == peak.bound_at(alpha)
    assert tight.bound_at(Fraction(33, 100)) is None
    assert tight.bound_at(Fraction(1)) is None
    assert tight.failed_hypothesis(instance(12, (1, 5)), Setting("svf", admission=Admission.PEAK)) is None
    failure = tight.failed_hypothesis(instance(12, (1, 3)), Setting("svf", admission=Admission.PEAK))
    assert failure == "it needs 2M/(M - P + 1) >= 3, and that is 8/3"

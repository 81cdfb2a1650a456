"""Simulated theorems: known queues, broken formulas, verdicts, and what was discovered."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import msgspec
import numpy as np
import pytest

from cr_toolkit import Instance, simulate
from cr_toolkit.cli.main import run
from cr_toolkit.errors import InputError
from cr_toolkit.policies import Admission
from cr_toolkit.report.results.poisson import TheoremSimulation
from cr_toolkit.simulation.found import Found
from cr_toolkit.taxonomy.traffic import Law
from cr_toolkit.taxonomy.traffic.poisson import Poisson
from lp_models import optimum
from lp_models.bounds.best import best_lower_bound
from proofs.poisson import check
from proofs.poisson import measure as measuring
from proofs.poisson.chain import Chain, Published
from proofs.poisson.check import System, judge, simulate_theorem
from proofs.poisson.classes import equal_loads
from proofs.poisson.intervals import Interval, batch_means, trend
from proofs.poisson.steps import at_most, equal_to
from proofs.verdict import Verdict

HALF = Fraction(1, 2)


def system(theorem="svf-poisson", **settings):
    usual = {"memory": 60, "alpha": HALF, "mu": Fraction(1, 4), "prompts": Law.uniform(0, 10)}
    return System(theorem, **{**usual, **settings})


def measured_at(one, rho, requests=30_000, seed=0):
    chain = one.chain(one.rate_of(Fraction(rho)))
    instance = Poisson(one.memory, chain.rate, one.prompts, one.outputs).instance(requests, seed)
    parts = equal_loads(chain, one.key)
    found = measuring.measure(instance, one.policy, one.admission, one.alpha, one.key, parts)
    return one, chain, parts, found


@pytest.fixture(scope="module")
def moderate():
    """SVF where the theorem speaks and something waits."""
    return measured_at(system(), "9/10")


@pytest.fixture(scope="module")
def busy():
    """SVF far beyond the theorem's scope, its queue still steady."""
    return measured_at(system(), 3)


def step(point, name):
    return next(one for one in point.steps if one.id == name)


def single_server(policy, rate, requests=60_000):
    """One request at a time: every prompt is more than half of the memory, and the system is M/G/1."""
    prompts, outputs = Law.uniform(51, 51), Law.geometric(Fraction(1, 8), 49)
    instance = Poisson(101, rate, prompts, outputs).instance(requests, 1)
    wait = np.array(simulate(instance, policy).schedule.start) - instance.arrays.arrival
    size = requests // 30
    batches = [array[: 30 * size].reshape(30, size).mean(axis=1) for array in (wait, wait * instance.arrays.output)]
    second, load = outputs.mean(lambda o: o * o), rate * outputs.mean()
    return batch_means(batches[0]), batch_means(batches[1]), outputs.mean(), rate * second / (2 * (1 - load))


@pytest.mark.parametrize("rate", [Fraction(1, 16), Fraction(3, 32)])
def test_one_at_a_time_waits_as_pollaczek_and_khinchine_say(rate):
    wait, _, _, exact = single_server("fcfs", rate)
    assert wait.low <= exact <= wait.high
    assert wait.high - wait.low < 0.5 * float(exact)


@pytest.mark.parametrize("policy", ["svf", "sjf", "fcfs"])
def test_one_at_a_time_the_order_does_not_change_the_work_that_waits(policy):
    wait, weighted, mean_output, exact = single_server(policy, Fraction(3, 32))
    assert weighted.low <= mean_output * exact <= weighted.high
    # Short ones first, the mean wait itself is less.
    assert (wait.high < exact) == (policy != "fcfs")


def test_every_step_holds_where_the_theorem_speaks(moderate):
    point = judge(*moderate)
    assert (point.verdict, point.chain_verdict, point.growing) == (Verdict.HOLDS, Verdict.HOLDS, False)
    assert {one.id: one.verdict for one in point.steps if one.verdict is not Verdict.HOLDS} == {}
    assert point.bound == 1 + 2 / (HALF * Fraction(3, 4) * Fraction(1, 10))
    assert 1 <= point.ratio.low <= point.ratio.high < point.chain_bound < point.bound


def test_beyond_the_scope_the_queue_is_still_steady(busy):
    point = judge(*busy)
    assert point.rho == 3
    assert (point.verdict, point.bound, point.growing) == (Verdict.OUT_OF_SCOPE, None, False)
    assert "rho >= 1" in point.reason
    assert step(point, "mean-wait").verdict is Verdict.OUT_OF_SCOPE
    # The first classes are bounded all the same.
    assert step(point, "class-1").verdict is Verdict.HOLDS


def test_a_queue_that_grows_is_seen():
    one, chain, parts, found = measured_at(system(), "9/2", requests=6000)
    point = judge(one, chain, parts, found)
    assert point.memory_load > 1
    assert point.growing


class NoPrompts(Chain):
    @property
    def mean_volume(self):
        first, second, _ = self.output_moments
        return (second + first) / 2


class WorkOnceOnly(Chain):
    @property
    def work(self):
        first, second, third = self.output_moments
        return self.rate * (self.mean_prompt * (second + first) / 2 + (third + 3 * second + 2 * first) / 6)


class HalfTheWork(Chain):
    @property
    def work(self):
        return Chain.work.func(self) / 2


class NoWorkInClasses(Chain):
    def class_wait(self, below, through):
        value = super().class_wait(below, through)
        return None if value is None else value / self.work / self.drain**2


@pytest.mark.parametrize(
    ("broken", "caught"),
    [(NoPrompts, "volume"), (WorkOnceOnly, "residual"), (HalfTheWork, "work"), (NoWorkInClasses, "class-2"),
     (NoWorkInClasses, "weighted-wait"), (NoWorkInClasses, "mean-wait")],
)  # fmt: skip
def test_a_broken_formula_is_caught(moderate, broken, caught):
    one, chain, parts, found = moderate
    wrong = broken(chain.memory, chain.alpha, chain.rate, chain.prompts, chain.outputs)
    assert step(judge(one, chain, parts, found), caught).verdict is Verdict.HOLDS
    assert step(judge(one, wrong, parts, found), caught).verdict is Verdict.VIOLATED


def test_broken_premises_are_caught(busy):
    one, chain, parts, found = busy
    assert step(judge(one, chain, parts, found), "little").verdict is Verdict.HOLDS
    lost = replace(found, queued=found.queued * 0.5)
    assert step(judge(one, chain, parts, lost), "little").verdict is Verdict.VIOLATED
    slow = replace(chain, rate=chain.rate * 2)
    assert step(judge(one, slow, parts, found), "arrivals").verdict is Verdict.VIOLATED
    untrue = replace(found, weighted=found.weighted * 0.1)
    assert step(judge(one, chain, parts, untrue), "harris").verdict is Verdict.VIOLATED
    cheated = replace(found, tightest=Fraction(101, 100))
    assert step(judge(one, chain, parts, cheated), "waiting").verdict is Verdict.VIOLATED


def test_a_broken_theorem_is_caught(moderate, monkeypatch):
    one, chain, parts, found = moderate
    assert judge(one, chain, parts, found).verdict is Verdict.HOLDS
    monkeypatch.setattr(Published, "ratio_bound", lambda self, factor: Fraction(1))
    assert judge(one, chain, parts, found).verdict is Verdict.UNDECIDED
    # Waits a hundred times as long beside a run without any: the ratio is surely above 1.
    late = replace(found, wait=found.wait * 100, other=found.other * 0)
    assert judge(one, chain, parts, late).verdict is Verdict.VIOLATED


def test_the_factor_two_of_the_waiting_step_is_needed():
    # Peak rule, prompts 0, all outputs just above half of the memory: one at a time, and triangles are half of their
    # rectangles. Without the 2 the step would fail.
    one = system(memory=101, alpha=Fraction(51, 101), mu=Fraction(1), prompts=Law.uniform(0, 0))
    instance = Poisson(101, Fraction(1, 60), Law.uniform(0, 0), Law(51, (1,))).instance(4000, 0)
    found = measuring.measure(instance, "svf", Admission.PEAK, one.alpha, lambda s, o: o, ())
    assert Fraction(9, 10) < found.tightest <= 1


def test_the_second_bound_on_the_optimum_is_false_beyond_the_scope():
    # Many small requests in a large memory: hardly anyone waits, so that E[OPT] is hardly more than E[o] = 10, far
    # below (1 - mu) W_0/M.
    one = system(memory=2000, alpha=Fraction(1, 20), mu=Fraction(1, 10), prompts=Law.uniform(0, 0))
    point = simulate_theorem(one, one.rate_of(Fraction(19, 10)), 40_000, 0)
    claim = step(point, "optimum-work")
    assert claim.verdict is Verdict.VIOLATED
    assert claim.measured.high < 12 < 16 < claim.value
    assert point.memory_load < Fraction(91, 100)
    assert not point.growing
    # Within its scope the first bound is the larger one.
    assert one.published(one.rate_of(Fraction(99, 100))).optimum == 10


@pytest.mark.parametrize("threshold", [1, 4, 12])
def test_one_bit(threshold):
    point = simulate_theorem(system("svf1-poisson", threshold=threshold), Fraction(3, 8), 20_000, 0)
    assert point.rho == Fraction(9, 10)
    assert (point.verdict, point.chain_verdict) == (Verdict.HOLDS, Verdict.HOLDS)
    assert not {one.id for one in point.steps if one.verdict is Verdict.VIOLATED}
    plain = system()
    assert point.bound > plain.published(Fraction(3, 8)).ratio_bound()
    assert point.chain_bound > plain.chain(Fraction(3, 8)).ratio_bound


def test_a_long_tail_that_is_cut_off_is_out_of_scope():
    point = simulate_theorem(system(memory=40), Fraction(1, 10), 3000, 0)
    assert point.verdict is Verdict.OUT_OF_SCOPE
    assert "1/100" in point.reason
    assert point.chain_verdict is Verdict.HOLDS
    point = simulate_theorem(system(mu=Fraction(1)), Fraction(1, 10), 3000, 0)
    assert point.reason == "mu = 1: the theorem is void"
    with pytest.raises(InputError, match="2000"):
        simulate_theorem(system(), Fraction(1, 10), 100, 0)


def test_windows_together_never_exceed_the_optimum_of_the_whole():
    for seed in range(6):
        instance = Poisson(12, Fraction(1), Law.uniform(0, 3), Law.geometric(Fraction(1, 4), 5)).instance(8, seed)
        windows = [Instance(12, instance.requests[k : k + 4]) for k in (0, 4)]
        bracket = optimum(instance, seconds=5)
        assert bracket.lower == bracket.upper
        assert sum(best_lower_bound(window).integer for window in windows) <= bracket.upper


def test_interruption_keeps_what_was_simulated(moderate):
    one, chain, _, _ = moderate

    def stopping(batches):
        for batch in batches:
            if batch == 4:
                raise KeyboardInterrupt
            yield batch

    point = simulate_theorem(one, chain.rate, 3000, 0, stopping)
    assert point.interrupted
    assert point.verdict is Verdict.HOLDS


def test_verdicts_and_intervals():
    assert at_most(Interval(1.5, 1, 2), Fraction(2)) is Verdict.HOLDS
    assert at_most(Interval(1.5, 1, 2), Fraction(3, 2)) is Verdict.UNDECIDED
    assert at_most(Interval(1.5, 1, 2), Fraction(1, 2)) is Verdict.VIOLATED
    assert at_most(Interval(1.5, 1, 2), None) is Verdict.OUT_OF_SCOPE
    answers = [equal_to(Interval(1.5, 1, 2), Fraction(k, 10)) for k in (4, 6, 10, 20, 24, 26)]
    assert [answer.value for answer in answers] == [
        "violated", "undecided", "holds", "holds", "undecided", "violated",
    ]  # fmt: skip
    found = batch_means(np.array([1.0, 2.0, 3.0]))
    # 9.9248 times a standard error of 1/sqrt(3).
    assert (found.mean, found.high - found.mean) == (2.0, pytest.approx(9.9248 / 3**0.5, rel=1e-4))
    rising = trend(np.arange(10.0) * 3 + np.tile([0.1, -0.1], 5))
    assert rising.low < 27 < rising.high
    assert rising.low > 20


def test_intervals_hold_their_expectation_as_often_as_they_say():
    random = np.random.default_rng(0)
    found = [batch_means(random.exponential(1, (31, 60)).mean(axis=1)) for _ in range(2000)]
    misses = sum(not interval.low <= 1 <= interval.high for interval in found)
    # 1 % of 2000 is 20, give or take 4.5.
    assert 5 <= misses <= 45


ARGUMENTS = ("theorem", "simulate", "svf-poisson", "--requests", "3000")


def test_the_command_prints_every_step(capsys):
    assert run([*ARGUMENTS, "--load", "1/2"]) == 0
    out = capsys.readouterr().out
    for word in ("statistical, not certified", "class-3", "optimum-work", "harris-on-waits", "holds"):
        assert word in out
    assert "rho 0.5000" in out


def test_a_sweep_has_a_table_a_picture_and_a_document(tmp_path, capsys):
    picture = tmp_path / "ratios.svg"
    loads = ("--load", "1/2", "--load", "2", "--load", "9/2")
    assert run([*ARGUMENTS, *loads, "-o", str(picture)]) == 0
    out = capsys.readouterr().out
    assert "grows" in out
    assert "out-of-scope" in out
    assert picture.read_bytes().startswith(b"<?xml")
    assert run([*ARGUMENTS, *loads, "--format", "json"]) == 0
    result = msgspec.json.decode(capsys.readouterr().out, type=TheoremSimulation)
    assert [point.rho for point in result.points] == ["1/2", "2", "9/2"]
    assert result.kind == "statistical"
    assert result.algebra["proved"] == result.algebra["steps"]


def test_the_command_says_what_was_not_decided_and_refuses_nonsense(tmp_path, capsys):
    assert run([*ARGUMENTS, "--load", "2"]) == 3
    assert run([*ARGUMENTS[:2], "svf-burst"]) == 2
    assert run([*ARGUMENTS, "--prompts", "9..3"]) == 2
    assert run([*ARGUMENTS, "--prompts", "all"]) == 2
    assert run([*ARGUMENTS, "-o", str(tmp_path / "x.gif")]) == 2
    assert "crtool: " in capsys.readouterr().err


def test_ctrl_c_keeps_the_rates_that_are_done(monkeypatch, capsys):
    calls = []

    def interrupted(window):
        calls.append(window)
        if len(calls) > 40:
            raise KeyboardInterrupt
        return best_lower_bound(window)

    monkeypatch.setattr(measuring, "best_lower_bound", interrupted)
    assert run([*ARGUMENTS, "--load", "1/4", "--load", "1/2", "--load", "3/4"]) == 130
    out = capsys.readouterr().out
    assert "0.5000" in out
    assert "0.7500" not in out.split("weak points")[0]


@pytest.mark.parametrize("done", [0, 1])
def test_ctrl_c_within_a_run_loses_that_run_alone(done, monkeypatch, capsys):
    calls = []

    def interrupted(*arguments):
        calls.append(arguments)
        if len(calls) > done:
            raise KeyboardInterrupt
        return simulate_theorem(*arguments)

    monkeypatch.setattr(check, "simulate_theorem", interrupted)
    assert run([*ARGUMENTS, "--load", "1/4", "--load", "1/2"]) == 130
    out, err = capsys.readouterr()
    assert ("rho 0.2500" in out) == (done == 1)
    assert ("interrupted" in err) == (done == 0)


def test_a_wait_behind_nothing_is_no_run():
    nothing = np.zeros(2, np.int64)
    with pytest.raises(ArithmeticError, match="nothing is before it"):
        measuring._tightest(Fraction(1), np.array([0, 3]), Found(nothing, nothing, nothing))


@pytest.mark.slow
@pytest.mark.parametrize("theorem", ["svf-poisson", "svf1-poisson"])
@pytest.mark.parametrize("rho", ["1/4", "9/10", "3/2"])
@pytest.mark.parametrize("admission", list(Admission))
def test_no_step_fails_on_long_runs(theorem, rho, admission):
    one = system(theorem, admission=admission)
    point = simulate_theorem(one, one.rate_of(Fraction(rho)), 400_000, 7)
    assert not {found.id for found in point.steps if found.verdict is Verdict.VIOLATED}

"""The bracket: golden optima, certificates, and engines that crash, hang or lie."""

import json
import time
from pathlib import Path

import pytest

from cr_toolkit.checker.enumeration import prove_no_better
from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance, Schedule
from lp_models import claims, optimum, portfolio, solving
from lp_models.engines import ENGINES, Answer

DELAY = Instance.burst(11, [(0, 10), (4, 3), (3, 3)])
IDENTICAL = Instance.burst(6, [(0, 3)] * 5)


@pytest.fixture
def weak_upper(monkeypatch):
    """Start from the schedule that runs one request at a time, so that engines have something to find."""
    monkeypatch.setattr(solving, "upper_bound", lambda instance, **_: (Schedule((10, 3, 0)), "weak"))


def with_engine(monkeypatch, engine):
    ENGINES.names()
    monkeypatch.setitem(ENGINES._things, "liar", engine)
    return optimum(DELAY, engine="liar", seconds=2)


@pytest.mark.parametrize("engine", ["auto", "branching", "cp-sat", "enumeration", "milp", "nested", "search"])
@pytest.mark.parametrize(("instance", "cost"), [(DELAY, 20), (IDENTICAL, 25)])
def test_golden_optima_are_certified(engine, instance, cost):
    result = optimum(instance, engine=engine)
    assert (result.status, result.is_optimal, result.gap) == ("optimal", True, 0)
    assert result.lower == result.upper == cost == result.schedule.total_latency(instance)
    assert result.schedule.is_feasible(instance)
    assert result.lower_method in {"prices", "enumeration", "branching", "nested"}


def test_the_certificate_is_plain_json_and_repeats():
    tree = json.loads(json.dumps(optimum(DELAY).to_certificate()))
    assert list(tree) == ["format", "instance", "status", "upper", "lower", "digest"]
    assert tree["upper"] == {"start": [1, 0, 3], "cost": 20}
    assert (tree["status"], tree["lower"]["value"], tree["lower"]["method"]) == ("optimal", 20, "enumeration")
    proof = tree["lower"]["certificate"]
    requests = [(r.arrival, r.prompt, r.output) for r in DELAY.requests]
    arguments = (11, requests, 20, proof["scale"], proof["pool"], proof["nodes"])
    assert prove_no_better(*arguments, width=proof["width"], choices=proof["choices"]) == proof["nodes"]


def test_without_an_engine_there_is_a_bracket():
    result = optimum(DELAY, engine="bounds")
    assert result.status == "bracketed"
    assert result.lower == 19
    assert result.upper == 20
    assert float(result.gap) == 1 / 20


def lie_optimal(task):
    return Answer(None, True)


def lie_off_by_one(task):
    return Answer(Schedule((4, 0, 0)), True)


def lie_infeasible(task):
    return Answer(Schedule((0, 0, 0)), True)


def lie_length(task):
    return Answer(Schedule((0,)), True)


def lie_type(task):
    return "optimal"


def crash(task):
    raise RuntimeError("solver died")


def abort(task):
    raise SystemExit(3)


LIARS = [
    (lie_optimal, "is false"),
    (lie_infeasible, "infeasible"),
    (lie_length, "1 starts for 3 requests"),
    (lie_type, "did not return an answer"),
    (crash, "solver died"),
    (abort, "SystemExit"),
]


@pytest.mark.parametrize(("engine", "note"), LIARS)
def test_a_lying_engine_only_adds_a_note(engine, note, monkeypatch, weak_upper):
    result = with_engine(monkeypatch, engine)
    assert result.lower <= 20 <= result.upper
    assert result.schedule.total_latency(DELAY) == result.upper
    assert result.schedule.is_feasible(DELAY)
    assert any(note in text.replace("which is false", "is false") for text in result.notes)
    assert result.is_optimal == (result.lower == result.upper == 20)


def test_a_feasible_schedule_wrongly_called_optimal_is_improved(monkeypatch, weak_upper):
    result = with_engine(monkeypatch, lambda task: Answer(Schedule((6, 0, 3)), True))
    assert result.lower <= 20 <= result.upper
    assert result.is_optimal
    assert any("false" in note for note in result.notes)


def test_a_hanging_engine_is_abandoned(monkeypatch):
    monkeypatch.setattr(portfolio, "GRACE", 0.1)

    def hang(task):
        time.sleep(8)

    ENGINES.names()
    monkeypatch.setitem(ENGINES._things, "liar", hang)
    begin = time.monotonic()
    result = optimum(DELAY, engine="liar", seconds=0.5)
    assert time.monotonic() - begin < 6
    assert (result.lower, result.upper, result.status) == (20, 20, "optimal")
    assert any("did not stop" in note for note in result.notes)


def test_a_proof_too_long_to_repeat_is_only_a_claim(monkeypatch):
    monkeypatch.setattr(claims, "MAX_NODES", 3)
    monkeypatch.setattr(claims, "MAX_BRANCHING", 3)
    result = optimum(DELAY, engine="search")
    assert (result.lower, result.upper, result.status) == (19, 20, "bracketed")
    assert any("claims that 20 is optimal" in note for note in result.notes)


@pytest.mark.parametrize("stage", ["upper_bound", "raised_prices", "Race"])
def test_an_interrupt_returns_the_best_so_far(stage, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(solving, stage, interrupt)
    result = optimum(DELAY, engine="search")
    assert "interrupted" in result.notes
    assert result.status == "bracketed"
    assert result.lower <= 20 <= result.upper
    assert result.schedule.is_feasible(DELAY)


def test_numbers_beyond_64_bits_give_a_bracket():
    top = 2**53 - 1
    result = optimum(Instance.burst(top, [(0, top), (1, top - 1)]), seconds=2)
    assert result.lower <= 3 * top - 2 == result.upper
    assert any("too large" in note for note in result.notes)


def test_wrong_options_are_refused():
    with pytest.raises(InputError, match="known: auto, bounds, branching, cp-sat, enumeration, milp, nested, search"):
        optimum(DELAY, engine="cplex")
    with pytest.raises(InputError, match="seconds must be positive"):
        optimum(DELAY, seconds=0)
    with pytest.raises(InputError, match="jobs must be positive"):
        optimum(DELAY, jobs=0)
    with pytest.raises(InputError, match="solver 'nonesuch' is not an available solver"):
        optimum(DELAY, engine="milp", solver="nonesuch")
    with pytest.raises(InputError, match="solver is for the engines auto and milp, not search"):
        optimum(DELAY, engine="search", solver="HiGHS")


def test_the_solver_reaches_the_engine(monkeypatch):
    asked = []
    ENGINES.names()
    monkeypatch.setitem(ENGINES._things, "milp", lambda task: asked.append(task.solver) or Answer(None, False))
    optimum(DELAY, engine="milp", solver="HiGHS")
    optimum(DELAY, engine="milp")
    assert asked == ["HiGHS", "HiGHS"]
    monkeypatch.setattr("lp_models.programme.available_solvers", lambda: ("HiGHS", "OTHER"))
    optimum(DELAY, engine="milp", solver="OTHER")
    assert asked[-1] == "OTHER"


def test_engines_side_by_side_agree():
    assert optimum(DELAY, jobs=2).lower == 20


@pytest.mark.slow
def test_a_long_trace_is_bracketed_in_bounded_time():
    path = Path(__file__).parents[3] / "shared" / "data" / "azure_llm_2023_conv.csv"
    if not path.exists():
        pytest.skip("the trace is not here")
    rows = path.read_text().splitlines()[1:15001]
    triples = [(10 * i, *(int(x) for x in row.split(",")[-2:])) for i, row in enumerate(rows)]
    triples = [(a, s, max(1, o)) for a, s, o in triples]
    begin = time.monotonic()
    result = optimum(Instance.from_triples(40000, triples))
    assert time.monotonic() - begin < 30
    assert 0 < result.lower <= result.upper
    assert any("too large" in note for note in result.notes)

"""The cp-sat engine: its process dies, hangs, talks nonsense, is missing or is not wanted any more."""

import json
import os
import random
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from cr_toolkit.model import Instance
from lp_models import optimum, portfolio
from lp_models.engines import Answer, Task, cp_sat
from lp_models.engines.search import search
from lp_models.prices import raised_prices
from lp_models.upper import upper_bound
from lp_models.worker import Kept, Worker, WorkerError

DELAY = Instance.burst(11, [(0, 10), (4, 3), (3, 3)])
HARD = Instance.burst(60, [(random.Random(i).randint(0, 12), 8 + i) for i in range(24)])


@pytest.fixture(autouse=True)
def fresh():
    cp_sat.close()
    yield
    cp_sat.close()


def task(seconds: float = 20.0, instance: Instance = DELAY, upper: int = 25) -> Task:
    return Task(instance, upper, {}, time.monotonic() + seconds)


def pretend(monkeypatch, program: str) -> None:
    """Have another program in the place of the process."""
    monkeypatch.setattr(cp_sat, "_processes", Kept((sys.executable, "-c", textwrap.dedent(program))))


def gone(process: int) -> bool:
    """Whether there is no process of that id, or one that only waits to be collected."""
    try:
        with open(f"/proc/{process}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except FileNotFoundError:
        return True


def until(condition) -> bool:
    end = time.monotonic() + 5
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


ENDINGS = [
    ("import os, signal; input(); os.kill(os.getpid(), signal.SIGKILL)", "ended without an answer"),
    ("input(); raise SystemExit(7)", "exit code 7"),
    ("raise SystemExit(0)", "ended without an answer"),
    ("input(); print('Segmentation fault')", "something else than an answer"),
    ("input(); print('{\"start\": [0, 0, 0]}')", "something else than an answer"),
    ('input(); print(\'{"start": [0, 0], "proved": true, "note": ""}\')', "something else than an answer"),
    ('input(); print(\'{"start": [0, 0, 1.5], "proved": true, "note": ""}\')', "something else than an answer"),
    ('input(); print(\'{"start": null, "proved": 1, "note": ""}\')', "something else than an answer"),
    ("input(); print('[' * 100000)", "something else than an answer"),
    ("input(); import sys; sys.stdout.buffer.write(bytes(range(128, 256)) + b'\\n')", "something else than an answer"),
]


@pytest.mark.parametrize(("program", "note"), ENDINGS)
def test_a_process_that_fails_is_a_note(program, note, monkeypatch):
    pretend(monkeypatch, program)
    answer = cp_sat.cp_sat(task())
    assert (answer.schedule, answer.proved) == (None, False)
    assert note in answer.note


@pytest.mark.parametrize("program", ["import time; input(); time.sleep(60)", "import time; time.sleep(60)"])
def test_a_silent_process_is_ended_at_the_deadline(program, monkeypatch):
    pretend(monkeypatch, program)
    monkeypatch.setattr(cp_sat, "_GRACE", 0.1)
    begin = time.monotonic()
    answer = cp_sat.cp_sat(task(0.3))
    assert time.monotonic() - begin < 5
    assert answer == Answer(None, False, "did not answer in time and was ended")


def test_a_process_that_cannot_be_started_is_a_note(monkeypatch):
    monkeypatch.setattr(cp_sat, "_processes", Kept(("/nonexistent/python",)))
    assert "could not be started" in cp_sat.cp_sat(task()).note


def test_without_or_tools_the_note_says_what_to_install(monkeypatch):
    monkeypatch.setattr(cp_sat.importlib.util, "find_spec", lambda name: None)
    assert cp_sat.cp_sat(task()) == Answer(None, False, cp_sat.INSTALL)
    result = optimum(DELAY, engine="cp-sat", seconds=2)
    assert any("pip install cr-toolkit[cp-sat]" in note for note in result.notes)


def test_an_or_tools_that_cannot_be_imported_is_a_note(monkeypatch):
    hidden = (
        f"import sys, runpy; sys.modules['ortools'] = None; runpy.run_path({cp_sat.COMMAND[-1]!r}, run_name='__main__')"
    )
    pretend(monkeypatch, hidden)
    answer = cp_sat.cp_sat(task())
    assert not answer.proved
    assert "ModuleNotFoundError" in answer.note


def test_infeasible_starts_are_left_to_the_caller_to_notice(monkeypatch):
    pretend(monkeypatch, 'input(); print(\'{"start": [0, 0, 0], "proved": true, "note": ""}\')')
    result = optimum(DELAY, engine="cp-sat", seconds=2)
    assert any("its schedule is infeasible" in note for note in result.notes)
    assert result.lower <= 20 <= result.upper


def test_time_over_is_no_proof():
    begin = time.monotonic()
    answer = cp_sat.cp_sat(task(1.5, HARD, 10**5))
    assert time.monotonic() - begin < 4
    assert not answer.proved
    assert answer.note == "the time is over"
    assert answer.schedule is None or answer.schedule.is_feasible(HARD)


def test_the_process_is_kept_and_replaced_when_it_left():
    assert cp_sat.cp_sat(task()).proved
    (kept,) = cp_sat._processes._idle
    assert cp_sat.cp_sat(task()).proved
    assert cp_sat._processes._idle == [kept]
    kept._process.kill()
    assert cp_sat.cp_sat(task()).proved
    assert cp_sat._processes._idle != [kept]
    assert kept._process.returncode is not None


def test_a_task_that_is_not_wanted_any_more_ends_its_process():
    unwanted = task(60, HARD, 10**5)
    threading.Timer(1.0, unwanted.stop.set).start()
    begin = time.monotonic()
    assert cp_sat.cp_sat(unwanted) == Answer(None, False, "stopped")
    assert time.monotonic() - begin < 5
    assert cp_sat._processes._idle == []


def test_abandoned_engines_are_told_to_stop(monkeypatch):
    started = threading.Event()
    answers = []

    def watched(given):
        started.set()
        answers.append(cp_sat.solve(given))
        return answers[0]

    portfolio.ENGINES.names()
    monkeypatch.setitem(portfolio.ENGINES._things, "watched", watched)

    def interrupt(*_):
        assert started.wait(5)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    given = task(60, HARD, 10**5)
    threading.Timer(1.0, interrupt).start()
    engines = portfolio.Portfolio(["watched"], given, 1)
    with pytest.raises(KeyboardInterrupt):
        list(engines.wait())
    engines.stop()
    assert given.stop.is_set()
    assert until(lambda: answers)
    assert answers[0].note == "stopped"


PARENT = """
import os, sys, threading, time
from cr_toolkit.model import Instance
from lp_models.engines import Task, cp_sat
from lp_models.upper import upper_bound
from lp_models.worker import Worker
begin = Worker.__init__
def tell(self, command):
    begin(self, command)
    print(self._process.pid, flush=True)
Worker.__init__ = tell
instance = Instance.from_triples({memory}, {triples})
work = threading.Thread(target=cp_sat.solve, args=(Task(instance, 10**5, dict(), time.monotonic() + 60),), daemon=True)
work.start()
time.sleep(60)
"""


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="processes are looked up in /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_the_process_does_not_outlive_its_parent(how):
    triples = [(r.arrival, r.prompt, r.output) for r in HARD.requests]
    program = PARENT.format(memory=HARD.memory, triples=triples)
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    child = int(parent.stdout.readline())
    time.sleep(1.5)  # By now it searches, in compiled code.
    assert not gone(child)
    parent.send_signal(how)
    parent.wait(10)
    parent.stdout.close()
    assert until(lambda: gone(child))


def test_the_process_imports_no_other_solver_and_nothing_of_this_project():
    program = """
        import json, runpy, sys
        problem = {"memory": 3, "requests": [[0, 0, 2]], "starts": [[0, 1]], "upper": 3, "plain": False}
        print(runpy.run_path(sys.argv[1])["solve"](problem, 1e18))
        print(json.dumps(sorted({name.split(".")[0] for name in sys.modules})))
    """
    command = [sys.executable, "-P", "-c", textwrap.dedent(program), cp_sat.COMMAND[-1]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    answer, modules = done.stdout.splitlines()
    assert answer == "{'start': [0], 'proved': True, 'note': ''}"
    assert not {"highspy", "pulp", "numba", "lp_models", "cr_toolkit"} & set(json.loads(modules))


def test_what_a_library_prints_is_no_answer():
    program = (
        "import runpy, sys; m = runpy.run_path(sys.argv[1]); g = m['main'].__globals__; "
        "g['answer'] = lambda *_: print('a banner', flush=True) or {'start': None}; m['main']()"
    )
    worker = Worker([sys.executable, "-c", program, cp_sat.COMMAND[-1]])
    assert json.loads(worker.ask(["{}"], time.monotonic() + 10, threading.Event())) == {"start": None}
    worker.close()
    worker.close()


def test_nonsense_is_answered_with_a_sentence():
    worker = Worker(cp_sat.COMMAND)
    for line in ("nonsense", "{}", "[]"):
        assert "failed" in json.loads(worker.ask([line], time.monotonic() + 10, threading.Event()))["note"]
    worker.close()
    with pytest.raises(WorkerError, match="ended without an answer"):
        worker.ask(["{}"], time.monotonic() + 10, threading.Event())


def test_it_refuses_what_is_too_large():
    many = Instance.burst(1000, [(s, 1) for s in range(101)])
    assert "100 requests" in cp_sat.cp_sat(task(20, many, 10**4)).note
    top = 2**53 - 1
    assert "44 bits" in cp_sat.cp_sat(task(20, Instance.burst(top, [(0, top), (0, top)]), 3 * top)).note


def test_large_numbers_within_the_limit_are_solved():
    unit = 2**38
    instance = Instance.burst(11 * unit, [(0, 10 * unit), (4 * unit, 3 * unit), (3 * unit, 3 * unit)])
    answer = cp_sat.cp_sat(task(20, instance, 21 * unit))
    assert answer.proved
    assert answer.schedule.is_feasible(instance)
    assert answer.schedule.total_latency(instance) <= 20 * unit


def random_burst(memory: int, n: int, seed: int) -> Instance:
    rng = random.Random(seed)
    outputs = [rng.randint(1, memory // 2) for _ in range(n)]
    return Instance.burst(memory, [(rng.randint(0, memory // 2 - o), o) for o in outputs])


@pytest.mark.parametrize("seed", range(3))
def test_both_models_and_the_search_find_the_same_optimum(seed):
    instance = random_burst(40, 6, seed)
    known = upper_bound(instance)[0].total_latency(instance)
    prices = raised_prices(instance, known, 150, 300)
    costs = set()
    for engine in (cp_sat.solve, lambda given: cp_sat.solve(given, plain=True), search):
        answer = engine(Task(instance, known + 2, prices, time.monotonic() + 30))
        assert answer.proved
        costs.add(answer.schedule.total_latency(instance))
    assert len(costs) == 1
    for plain in (False, True):
        given = Task(instance, min(costs), prices, time.monotonic() + 30)
        assert cp_sat.solve(given, plain=plain) == Answer(None, True)


def test_many_improvements_end_with_the_optimum():
    instance = random_burst(40, 6, 0)
    known = upper_bound(instance)[0].total_latency(instance)
    far = cp_sat.cp_sat(Task(instance, 10 * known, {}, time.monotonic() + 30))
    near = cp_sat.cp_sat(Task(instance, known + 1, {}, time.monotonic() + 30))
    assert far.proved
    assert near.proved
    assert far.schedule.total_latency(instance) == near.schedule.total_latency(instance)

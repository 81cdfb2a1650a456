"""The command as people run it: in its own process, from an empty folder, with pipes and Ctrl-C."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
CRTOOL = [sys.executable, "-m", "cr_toolkit.cli.main"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "110"}


@pytest.fixture
def crtool(tmp_path):
    def run(*arguments, code=0):
        done = subprocess.run(
            [*CRTOOL, *map(str, arguments)],
            cwd=tmp_path,
            env=ENVIRONMENT,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def test_a_search_saves_a_witness_that_checks_and_plots(crtool, tmp_path):
    options = ("--policy", "svf", "--alpha", "1/2", "--evaluations", 300, "--jobs", 1, "--out", "found")
    found = json.loads(crtool("search", *options, "--format", "json").stdout)
    assert set(found) == {"format", "policy", "traffic", "alpha", "seed", "evaluations", "best", "theorems"}
    assert found["format"] == "crtool/search/1"
    assert (found["policy"], found["traffic"], found["alpha"], found["evaluations"]) == ("svf", "burst", "1/2", 300)
    assert Fraction(found["best"]["ratio"]["lower"]) > Fraction(3, 2)
    assert {row["id"]: row["verdict"] for row in found["theorems"]}["svf-burst-half"] == "holds"
    witness = found["best"]["witness"]
    assert "accepted" in crtool("check", witness).stdout
    crtool("plot", witness, "-o", "w.png")
    assert (tmp_path / "w.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_the_same_seed_gives_the_same_file_whatever_jobs_is(crtool, tmp_path):
    for jobs in (1, 2):
        options = ("--evaluations", 400, "--seed", 5, "--jobs", jobs, "--out", f"jobs{jobs}")
        crtool("search", "--policy", "svf", *options)
    assert (tmp_path / "jobs1" / "best.json").read_bytes() == (tmp_path / "jobs2" / "best.json").read_bytes()


def test_a_bad_policy_is_caught(crtool):
    policy = f"{EXAMPLES / 'largest_volume_first.py'}:LargestVolumeFirst"
    done = crtool("search", "--policy", policy, "--bound", 5, "--evaluations", 200, "--jobs", 1, code=1)
    assert "violated" in done.stdout
    assert "your bound" in done.stdout
    done = crtool("search", "--policy", policy, "--bound", 10**9, "--evaluations", 50, "--jobs", 1, "--format", "json")
    assert json.loads(done.stdout)["theorems"] == [{"id": "bound", "bound": "1000000000", "verdict": "holds"}]


def test_a_tampered_witness_is_rejected(crtool, tmp_path):
    crtool("search", "--policy", "sjf", "--evaluations", 50, "--jobs", 1)
    witness = tmp_path / "crtool-out" / "best.json"
    tree = json.loads(witness.read_text())
    tree["policy_schedule"]["cost"] += 1
    witness.write_text(json.dumps(tree))
    done = crtool("check", witness, code=4)
    assert "REJECTED" in done.stdout
    assert "policy_schedule" in done.stdout


def test_solve_proves_the_golden_optimum_and_its_certificate_checks(crtool, tmp_path):
    solved = json.loads(
        crtool(
            "solve", EXAMPLES / "delay_pays.json", "--seconds", 60, "--certificate", "c.json", "--format", "json"
        ).stdout
    )
    assert set(solved) == {"format", "status", "lower", "upper", "start", "engine", "seconds", "certificate"}
    assert (solved["status"], solved["lower"], solved["upper"]) == ("optimal", 20, 20)
    assert sorted(solved["start"]) == [0, 1, 3]
    assert json.loads((tmp_path / "c.json").read_text()) == solved["certificate"]
    assert "accepted" in crtool("check", "c.json").stdout
    crtool("plot", "c.json", "-o", "c.svg")
    assert "optimal" in crtool("solve", EXAMPLES / "delay_pays.json").stdout


def test_replay_of_the_example(crtool):
    options = ("--memory", 16384, "--policy", "svf", "--policy", "fcfs", "--seconds", 1)
    trace = EXAMPLES / "azure_conv_excerpt.csv"
    replayed = json.loads(crtool("replay", trace, *options, "--format", "json").stdout)
    assert replayed["requests"] == 360
    by_policy = {row["policy"]: row for row in replayed["policies"]}
    assert by_policy["svf"]["cost"] == 541648
    lower, upper = replayed["optimum"]["lower"], replayed["optimum"]["upper"]
    for row in by_policy.values():
        bracket = {"lower": Fraction(row["cost"], upper), "upper": Fraction(row["cost"], lower)}
        assert row["ratio"] == {end: str(value) for end, value in bracket.items()}
        assert bracket["lower"] >= 1
        assert Fraction(row["latency"]["mean"]) == Fraction(row["cost"], 360)
    shown = crtool("replay", trace, *options, "--window", "10:40").stdout
    for word in ("40 requests", "P95", "P99", "median", "tokens/step", "svf", "fcfs"):
        assert word in shown


def test_replay_refuses_oversized_requests_unless_told(crtool):
    trace = EXAMPLES / "azure_conv_excerpt.csv"
    done = crtool("replay", trace, "--memory", 2000, "--policy", "svf", code=2)
    assert "--drop-oversized" in done.stderr
    assert done.stderr.count("\n") == 1
    done = crtool("replay", trace, "--memory", 2000, "--policy", "svf", "--drop-oversized", "--seconds", 1)
    assert "23 larger than the memory left out" in done.stdout


def test_a_reader_that_stops_reading_is_no_error():
    command = [*CRTOOL, "schema", "witness"]
    with subprocess.Popen(
        command, env=ENVIRONMENT, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 141


def test_a_full_disk_is_said_in_one_sentence():
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*CRTOOL, "schema"], env=ENVIRONMENT, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 2
    assert done.stderr == "crtool: standard output cannot be written: No space left on device\n"


@pytest.mark.parametrize("jobs", ["1", pytest.param("2", marks=pytest.mark.slow)])
def test_ctrl_c_keeps_what_was_found(jobs, tmp_path):
    command = [*CRTOOL, "search", "--policy", "svf", "--seconds", "100", "--jobs", jobs, "--format", "json"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        saved = tmp_path / "crtool-out" / "best.json"
        deadline = time.monotonic() + 60
        while not saved.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        # As a terminal does it: the whole process group hears Ctrl-C.
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    assert json.loads(out)["best"]["witness"] == "crtool-out/best.json"
    assert json.loads(saved.read_text())["format"] == "crtool/witness/1"


@pytest.mark.slow
def test_ctrl_c_during_solve_keeps_the_bracket(tmp_path):
    hard = {"format": "crtool/instance/1", "memory": 97}
    hard["requests"] = [{"prompt": 7 * i % 31, "output": 1 + 11 * i % 37} for i in range(60)]
    (tmp_path / "hard.json").write_text(json.dumps(hard))
    # What is not compiled yet would be compiled when Ctrl-C comes.
    subprocess.run([*CRTOOL, "solve", "hard.json", "--seconds", "1"], cwd=tmp_path, env=ENVIRONMENT, check=True)
    command = [*CRTOOL, "solve", "hard.json", "--seconds", "60", "--format", "json"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        time.sleep(4)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    solved = json.loads(out)
    assert solved["status"] == "bracketed"
    assert solved["lower"] < solved["upper"]


@pytest.mark.slow
def test_a_whole_trace_is_replayed_in_half_a_minute(crtool):
    trace = ROOT.parent / "shared" / "data" / "azure_llm_2023_conv.csv"
    if not trace.exists():
        pytest.skip("the full traces are not here")
    began = time.monotonic()
    policies = ("--policy", "svf", "--policy", "fcfs", "--policy", "sjf")
    done = crtool("replay", trace, "--memory", 65536, *policies, "--format", "json")
    assert json.loads(done.stdout)["requests"] == 19366
    assert time.monotonic() - began < 30

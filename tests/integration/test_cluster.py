"""A search on a Dask cluster: the same bytes as in one process, whatever happens to the workers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from adversaries import search
from adversaries.campaigns.campaign import BEST_FILE, FOLDER
from adversaries.sitting import Progress
from cr_toolkit.cli.main import run
from cr_toolkit.errors import InputError
from tests.integration.test_search_killed import logged, start

distributed = pytest.importorskip("distributed")

ROOT = Path(__file__).parents[2]
SEARCH = {"evaluations": 1200, "max_requests": 40, "seed": 4, "families": False}

POLICY = """
from cr_toolkit.policies import FullView, PriorityPolicy


def badness(request: FullView) -> int:
    return request.volume


class LargestFirst(PriorityPolicy):
    def priority(self, request: FullView) -> int:
        return -badness(request)
"""


@contextmanager
def dask(*arguments: str, cwd: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-m", *arguments, "--no-dashboard"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


class Workers:
    """A scheduler on loopback and two worker processes of one thread each."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        self.address = f"tcp://127.0.0.1:{port}"
        scheduler = ("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", port)
        stack.enter_context(dask(*scheduler, cwd=folder))
        worker = (
            "distributed.cli.dask_worker",
            self.address,
            "--no-nanny",
            "--nthreads",
            "1",
            "--local-directory",
            str(folder),
        )
        self.processes = [stack.enter_context(dask(*worker, cwd=folder)) for _ in range(2)]
        with distributed.Client(self.address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    with ExitStack() as stack:
        yield Workers(stack, tmp_path)


def test_a_worker_killed_during_the_run_changes_nothing(workers: Workers, tmp_path: Path) -> None:
    killed: list[int] = []

    def kill_one(progress: Progress) -> None:
        if not killed and progress.evaluations >= 200:
            victim = workers.processes[0]
            assert victim.poll() is None
            victim.send_signal(signal.SIGKILL)
            killed.append(progress.evaluations)

    alone, shared = tmp_path / "alone", tmp_path / "shared"
    search(**SEARCH, out=alone)
    result = search(**SEARCH, out=shared, campaigns=shared / FOLDER, cluster=workers.address, progress=kill_one)
    assert killed
    assert workers.processes[1].poll() is None
    assert (result.stopped_by, result.evaluations) == ("evaluations", SEARCH["evaluations"])
    assert (shared / BEST_FILE).read_bytes() == (alone / BEST_FILE).read_bytes()

    # A policy that lives in a file of the user's travels with its helpers, and a policy that fails is named.
    file = tmp_path / "mine.py"
    file.write_text(POLICY)
    own = {"policy": f"{file}:LargestFirst", "evaluations": 200, "max_requests": 40}
    assert search(**own, cluster=workers.address).best == search(**own).best
    file.write_text(POLICY.replace("request.volume", "1 // (request.output - 1)"))
    with pytest.raises(InputError, match="policy LargestFirst failed: ZeroDivisionError"):
        search(**own, cluster=workers.address)


def test_a_killed_command_loses_nothing_that_its_workers_had_sent(workers: Workers, tmp_path: Path) -> None:
    alone, killed = tmp_path / "alone", tmp_path / "killed"
    search(**SEARCH, out=alone)
    before = 0
    for moment in (300, 700):
        process = start(killed, SEARCH["evaluations"], "--cluster", workers.address)
        deadline = time.monotonic() + 60
        while logged(killed) < moment and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        assert process.poll() is None, "finished before it was killed"
        process.kill()
        process.wait()
        assert logged(killed) >= max(before, moment)
        before = logged(killed)
    # Tasks at work are on disk too: more than the finished ones alone.
    [outcomes] = killed.glob(f"{FOLDER}/*/journal/outcomes.jsonl")
    finished = sum(json.loads(line)[0] for line in outcomes.read_bytes().splitlines())
    assert finished < before
    result = search(**SEARCH, out=killed, campaigns=killed / FOLDER, cluster=workers.address)
    assert result.resumed == finished
    assert (killed / BEST_FILE).read_bytes() == (alone / BEST_FILE).read_bytes()


def test_an_address_where_nobody_answers_is_refused_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    options = ("--policy", "svf", "--evaluations", "10", "--out", str(tmp_path), "--cluster", "tcp://127.0.0.1:1")
    assert run(["search", *options]) == 2
    said = capsys.readouterr().err
    assert said.startswith("crtool: --cluster: no scheduler answers at tcp://127.0.0.1:1")
    assert said.count("\n") == 1
    assert time.monotonic() - began < 20


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "adversaries.workforce.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"needs the package distributed; pip install 'cr-toolkit\[cluster\]'"):
        search(evaluations=10, cluster="tcp://127.0.0.1:1")

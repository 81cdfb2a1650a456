"""Tasks on the workers of a Dask cluster."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Sequence
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import cloudpickle
from distributed import Client, Future, KilledWorker, Worker, WorkerPlugin, get_worker, wait
from distributed.comm import CommClosedError, get_address_host_port

from adversaries.portfolio import LAG
from adversaries.tasks import Outcome, Setting, Task, run_task
from adversaries.workforce.relay import Receiver, SentLines, sending_log
from cr_toolkit import __version__
from cr_toolkit.errors import CrtoolError, InputError
from cr_toolkit.policies.catalogue import load_policy

_CONNECT = 5.0
"""Seconds a scheduler has to answer, and its first worker to be there."""

_PATIENCE = 60.0
"""Seconds that a search waits for workers when all have gone."""


class Cluster:
    """The workers of a Dask scheduler.

    A worker that dies has its tasks repeated by others; since a task is a function of its number, the outcomes are the
    same. Workers that join during the run get their share.

    Args:
        address: of the scheduler, such as ``tcp://127.0.0.1:8786``.
        setting: what is attacked; sent to every worker once. A policy from a file travels with it.
        deadline: of time.monotonic, when tasks stop.

    Raises:
        InputError: if no scheduler or no worker answers, or a worker cannot serve this search.
    """

    places = LAG

    def __init__(self, address: str, setting: Setting, deadline: float | None) -> None:
        self._address = address
        self._deadline = deadline
        self._running: set[Future] = set()
        self._name = f"crtool-{uuid4().hex}"
        self._logs: Receiver | None = None
        payload = _packed(setting)
        # What it would log arrives here as an error, and becomes a sentence of ours.
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)
        try:
            # A client that is given a malformed address takes long to give up.
            get_address_host_port(address)
        except ValueError:
            raise self._unusable(f"{address!r} is not an address like tcp://HOST:PORT") from None
        try:
            self._client = Client(address, timeout=_CONNECT, set_as_default=False)
        except OSError:
            raise self._unusable(f"no scheduler answers at {address}") from None
        try:
            self._client.wait_for_workers(1, timeout=_CONNECT)
            self._client.register_plugin(_Preparation(payload, __version__), name=self._name)
        except Exception as error:
            # Whatever a worker's Python raises while it unpacks the search arrives here.
            self._client.close()
            if isinstance(error, TimeoutError):
                raise self._unusable(f"the scheduler at {address} has no workers") from None
            raise self._unusable(
                f"a worker cannot serve this search; all need crtool {__version__} and what the policy imports "
                f"({_first_line(error)})"
            ) from None

    def keep(self, journal: Path) -> None:
        """Let workers send every evaluation they make to the task logs in ``journal``, a folder of this machine."""
        self._logs = Receiver(journal)
        self._client.subscribe_topic(self._name, self._receive)

    def submit(self, task: Task) -> None:
        """Take a task."""
        seconds = None if self._deadline is None else max(0.0, self._deadline - time.monotonic())
        text = None if self._logs is None else self._logs.text(task.index)
        future = self._client.submit(
            _run, self._name, task, seconds, text, key=f"{self._name}-{task.index}", priority=-task.index, pure=False
        )
        self._running.add(future)

    def collect(self) -> Sequence[Outcome]:
        """Wait for an outcome.

        Raises:
            InputError: if the policy fails.
            CrtoolError: if the scheduler is lost, workers keep dying, or none is left for a minute.
        """
        try:
            done = self._wait()
            return [future.result() for future in done]
        except KilledWorker:
            raise CrtoolError("a task's workers died again and again; out of memory?") from None
        except (CancelledError, CommClosedError, OSError):
            raise CrtoolError(f"the scheduler at {self._address} was lost") from None

    def close(self) -> None:
        """Drop the tasks at work and leave the cluster as it was; closing again does nothing."""
        if self._client.status == "closed":
            return
        try:
            self._client.cancel(list(self._running), force=True)
            self._client.unregister_worker_plugin(self._name)
        except (CancelledError, CommClosedError, OSError, TimeoutError):
            # The scheduler is gone, and everything of ours with it.
            pass
        finally:
            self._client.close(timeout=_CONNECT)

    def _receive(self, event: tuple[float, Any]) -> None:
        assert self._logs is not None
        self._logs.take(SentLines(*event[1]))

    def _wait(self) -> set[Future]:
        patience = time.monotonic() + _PATIENCE
        while True:
            try:
                with self._client.as_current():
                    done, self._running = wait(self._running, timeout=1.0, return_when="FIRST_COMPLETED")
            except TimeoutError:
                if self._client.scheduler_info(n_workers=-1)["workers"]:
                    patience = time.monotonic() + _PATIENCE
                elif time.monotonic() > patience:
                    raise CrtoolError(f"the scheduler at {self._address} has no workers any more") from None
            else:
                return set(done)

    def _unusable(self, rule: str) -> InputError:
        return InputError(rule, source="--cluster")


@dataclass
class _Preparation(WorkerPlugin):  # type: ignore[misc]
    """Unpacks the search once on every worker, on those that join later too."""

    payload: bytes
    version: str

    def setup(self, worker: Worker) -> None:
        if self.version != __version__:
            raise CrtoolError(f"a worker has crtool {__version__}")
        self.setting: Setting = cloudpickle.loads(self.payload)
        self.evaluator = self.setting.evaluator()


def _run(name: str, task: Task, seconds: float | None, text: bytes | None) -> Outcome:
    worker = get_worker()
    prepared = worker.plugins[name]
    deadline = None if seconds is None else time.monotonic() + seconds
    log = None if text is None else sending_log(task.index, text, lambda sent: worker.log_event(name, tuple(sent)))
    return run_task(prepared.setting, prepared.evaluator, task, deadline=deadline, log=log)


def _packed(setting: Setting) -> bytes:
    """Return ``setting`` ready to travel: a policy that workers cannot import is sent as its code."""
    policy: Any = setting.policy
    if isinstance(policy, str) and ".py:" in policy:
        policy = load_policy(policy)
        module = sys.modules[policy.__module__]
        cloudpickle.register_pickle_by_value(module)
    try:
        packed: bytes = cloudpickle.dumps(replace(setting, policy=policy))
    except Exception as error:
        raise InputError(f"cannot travel to workers: {_first_line(error)}", field="policy") from None
    return packed


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

"""Annealing again and again beside other work: where one run is stuck, one of the next ten may not be."""

from __future__ import annotations

import threading

from cr_toolkit.model import Instance, Schedule
from lp_models.upper.portfolio import upper_bound


class Restarts:
    """Annealings of one instance, each from another seed, in a thread of their own until they are stopped.

    Compiled code does not hold the interpreter's lock, so on a second core they hardly slow down what else is done.
    """

    def __init__(self, instance: Instance, evaluations: int, seed: int) -> None:
        """Begin.

        Args:
            instance: the requests and the memory budget.
            evaluations: schedules decoded in each annealing.
            seed: of the first one; the others follow.
        """
        self._instance, self._evaluations, self._seed = instance, evaluations, seed
        self._best: tuple[int, Schedule, str] | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def best(self) -> tuple[Schedule, str] | None:
        """The cheapest schedule so far, with the method that found it; None if there was no time for one."""
        best = self._best
        return None if best is None else best[1:]

    def stop(self) -> None:
        """Have the annealing that is running be the last one."""
        self._stop.set()

    def _run(self) -> None:
        seed = self._seed
        while not self._stop.is_set():
            schedule, method = upper_bound(self._instance, evaluations=self._evaluations, seed=seed)
            cost = schedule.total_latency(self._instance)
            if self._best is None or cost < self._best[0]:
                self._best = cost, schedule, method
            seed += 1

"""What an exact engine is given and gives back, and the registry of engines.

Engines are not trusted: their schedules are checked, and their proofs are claims until the checker repeats them.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cr_toolkit.model import Instance, Schedule
from cr_toolkit.registry import Registry

DEFAULT_SOLVER = "HiGHS"
"""The solver of integer programmes that is always installed, by its name in PuLP."""


@dataclass(frozen=True)
class Task:
    """What an engine works on.

    Attributes:
        instance: the requests and the memory.
        upper: cost of a known feasible schedule (steps); only cheaper ones are of interest.
        prices: memory prices by step over ``lp_models.prices.SCALE``, all >= 0.
        deadline: when to stop, on the clock of ``time.monotonic`` (seconds).
        solver: the solver of integer programmes, by its name in PuLP.
        stop: set when nobody waits for the answer any more; an engine that can notice should end.
    """

    instance: Instance
    upper: int
    prices: Mapping[int, int]
    deadline: float
    solver: str = DEFAULT_SOLVER
    stop: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)

    @property
    def seconds(self) -> float:
        """Time left (seconds), never negative."""
        return max(0.0, self.deadline - time.monotonic())


@dataclass(frozen=True)
class Answer:
    """What an engine found.

    Attributes:
        schedule: a schedule cheaper than ``Task.upper``, or None.
        proved: the claim that nothing is cheaper than that schedule, or than ``Task.upper`` if there is none.
        note: why it stopped without a proof, or empty.
        certificate: of the proof, if the engine made one; it saves proving the claim again.
        method: of the certificate, as the checker calls it.
    """

    schedule: Schedule | None
    proved: bool
    note: str = ""
    certificate: dict[str, Any] | None = None
    method: str = "enumeration"


Engine = Callable[[Task], Answer]
"""An engine: works until it has a proof or ``Task.deadline``; may raise."""

ENGINES: Registry[Engine] = Registry("engine", "lp_models.engines")

"""The offline optimum: a rigorous bracket around OPT, closed where a proof can be re-checked."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

import msgspec

from cr_toolkit.checker.digest import digest_of
from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance, Schedule
from cr_toolkit.model.formats import instance_record
from lp_models.engines.catalogue import DEFAULT_SOLVER, ENGINES
from lp_models.solving import AUTO, BOUNDS, Solving

CERTIFICATE_FORMAT = "crtool/certificate/1"


@dataclass(frozen=True)
class OptimumBracket:
    """lower <= OPT <= upper, with what proves both.

    Attributes:
        instance: what was scheduled.
        lower: a lower bound on the total latency of every feasible schedule (steps).
        upper: the total latency of ``schedule`` (steps).
        schedule: the best feasible schedule found.
        lower_method: the method of the lower bound.
        upper_method: where the schedule came from.
        engine: the engine asked for.
        status: ``optimal`` if lower == upper, both re-checkable; else ``bracketed``.
        lower_certificate: what the checker needs to repeat the lower bound.
        notes: what limited the result, one sentence each.
        seconds: time taken.
    """

    instance: Instance
    lower: int
    upper: int
    schedule: Schedule
    lower_method: str
    upper_method: str
    engine: str
    status: Literal["optimal", "bracketed"]
    lower_certificate: dict[str, Any]
    notes: tuple[str, ...]
    seconds: float

    @property
    def is_optimal(self) -> bool:
        """Whether ``upper`` is proved to be the optimum."""
        return self.status == "optimal"

    @property
    def gap(self) -> Fraction:
        """(upper - lower) / upper; 0 when optimal."""
        return Fraction(self.upper - self.lower, self.upper)

    def to_certificate(self) -> dict[str, Any]:
        """Return both sides as the JSON tree that the checker verifies."""
        certificate = {
            "format": CERTIFICATE_FORMAT,
            "instance": msgspec.to_builtins(instance_record(self.instance)),
            "status": self.status,
            "upper": {"start": list(self.schedule.start), "cost": self.upper},
            "lower": {"value": self.lower, "method": self.lower_method, "certificate": self.lower_certificate},
        }
        return certificate | {"digest": digest_of(certificate)}


def optimum(
    instance: Instance,
    *,
    seconds: float = 10.0,
    engine: str = AUTO,
    seed: int = 0,
    jobs: int = 1,
    solver: str | None = None,
) -> OptimumBracket:
    """Return the best bracket of the optimum found within about ``seconds``.

    An interrupt (Ctrl-C) ends the work; the bracket found so far is returned, with a note.

    Args:
        instance: the requests and the memory budget.
        seconds: time to spend; proving an engine's claim may add half as much again, or five seconds if that is less.
        engine: ``auto``, ``bounds`` (no exact engine), or a registered engine.
        seed: of the random choices of the upper bound.
        jobs: cores to use: the second anneals beside the bounds and repeats the last proof beside the search, a third
            runs CP-SAT.
        solver: the solver that the engine ``milp`` uses, by its name in PuLP; HiGHS if None.

    Raises:
        InputError: if there is no such engine, ``seconds`` or ``jobs`` is not positive, the solver is not available
            or the engine uses none.
    """
    if engine not in (AUTO, BOUNDS) and engine not in ENGINES:
        known = ", ".join((AUTO, BOUNDS, *ENGINES.names()))
        raise InputError(f"{engine!r} is not known; known: {known}", field="engine")
    if not seconds > 0 or jobs < 1:
        raise InputError("must be positive", field="seconds" if not seconds > 0 else "jobs")
    if solver is not None:
        if engine not in (AUTO, "milp"):
            raise InputError(f"is for the engines {AUTO} and milp, not {engine}", field="solver")
        from lp_models.programme import require_solver

        require_solver(solver)
    solving = Solving(instance, seconds, engine, seed, jobs, solver or DEFAULT_SOLVER)
    solving.run()
    best = solving.best
    return OptimumBracket(
        instance, best.lower.integer, best.upper, best.schedule, best.lower.method, best.method, engine,
        "optimal" if best.lower.integer == best.upper else "bracketed", best.lower.certificate, tuple(best.notes),
        solving.seconds,
    )  # fmt: skip

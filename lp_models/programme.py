"""Integer programmes through PuLP: one adapter for PuLP 3.3 and 4, which reads the solver's status with suspicion."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pulp

from cr_toolkit.errors import InputError

_combination: Any = getattr(pulp.LpAffineExpression, "from_list", pulp.LpAffineExpression)
"""Makes an expression of (variable, coefficient) pairs: PuLP 4 has a method for that, PuLP 3 a constructor."""


@dataclass(frozen=True)
class Solution:
    """What a solver reports; a hint to be checked.

    Attributes:
        values: value of each variable in the order they were added (floats), or None if there is no solution.
        proved: whether the solver claims a proof: of optimality if there are values, else of infeasibility.
        status: the solver's words.
    """

    values: tuple[float, ...] | None
    proved: bool
    status: str


class IntegerProgramme:
    """A minimisation over non-negative integer variables."""

    def __init__(self) -> None:
        self._problem: Any = pulp.LpProblem("schedule", pulp.LpMinimize)
        self._variables: list[Any] = []
        self._costs: list[tuple[Any, int]] = []

    def add_variable(self, upper: int, cost: int) -> int:
        """Add a variable in 0 .. ``upper`` with an objective coefficient; return its index."""
        index = len(self._variables)
        variable = self._problem.add_variable(f"x{index}", lowBound=0, upBound=upper, cat="Integer")
        self._variables.append(variable)
        self._costs.append((variable, cost))
        return index

    def add_row(self, terms: Iterable[tuple[int, int]], bound: int, *, equal: bool = False) -> None:
        """Require that the sum of coefficient * variable over (variable, coefficient) is <= or == ``bound``."""
        left = _combination([(self._variables[index], factor) for index, factor in terms])
        self._problem += (left == bound) if equal else (left <= bound)

    def solve(self, seconds: float, solver: str = "HiGHS") -> Solution:
        """Solve to proven optimality of an integer objective, or until ``seconds`` are over.

        PuLP 3 calls a time limit "Optimal" too: there only ``sol_status`` tells it from a proof.
        """
        self._problem.setObjective(_combination(self._costs))
        outcome = self._problem.solve(_solver(solver, seconds))
        if isinstance(outcome, int):
            found = self._problem.sol_status
            has_solution = found in (pulp.LpSolutionOptimal, pulp.LpSolutionIntegerFeasible)
            infeasible = outcome == pulp.LpStatusInfeasible and found == pulp.LpSolutionInfeasible
            optimal, words = found == pulp.LpSolutionOptimal, pulp.LpSolution.get(found, str(found))
        else:
            has_solution, words = outcome.has_solution, outcome.status.name
            optimal, infeasible = words == "Optimal", words == "Infeasible"
        if not has_solution:
            return Solution(None, infeasible, words)
        values = [variable.value() for variable in self._variables]
        if any(value is None for value in values):
            return Solution(None, False, words)
        return Solution(tuple(map(float, values)), optimal, words)


def available_solvers() -> tuple[str, ...]:
    """Return the names of the solvers that PuLP can use here, sorted."""
    return tuple(sorted(pulp.listSolvers(onlyAvailable=True)))


def require_solver(name: str) -> None:
    """Raise an InputError if PuLP cannot use the solver ``name`` here."""
    available = available_solvers()
    if name not in available:
        raise InputError(f"{name!r} is not an available solver; available: {', '.join(available)}", field="solver")


def _solver(name: str, seconds: float) -> Any:
    require_solver(name)
    # Relative gaps (1e-4 by default) would end the search early; objectives here are integers. PuLP's wrappers take
    # different options, and some swallow in silence what they do not know: pass what this one names.
    wanted = {"msg": False, "timeLimit": max(1.0, seconds), "gapRel": 0.0, "gapAbs": 0.999, "threads": 1}
    named = inspect.signature(getattr(pulp, name)).parameters
    return pulp.getSolver(name, **{option: value for option, value in wanted.items() if option in named})

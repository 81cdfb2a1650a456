"""Small universes: the exact worst ratio over all bursts of few requests and little memory.

Requests that a policy ranks differently may stand anywhere in the list without a change to the run or to the optimum;
those it ranks equally are served in request order, so their order makes different instances. A universe is therefore
enumerated as the lists in service order: ranks never fall, and tied types stand in every order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from adversaries.evaluation import ranks_by_size
from adversaries.universe_kernel import scan
from adversaries.witness import UnsoundWitnessError, build_witness
from cr_toolkit import __version__
from cr_toolkit.errors import InputError
from cr_toolkit.model import Instance
from cr_toolkit.model.formats import LowerBoundRecord, WitnessRecord
from cr_toolkit.policies import Admission, Premise, PriorityPolicy, Queue, make_policy
from cr_toolkit.policies.catalogue import policy_name
from cr_toolkit.simulation import service_order, simulate
from lp_models import optimum

MOST_REQUESTS, MOST_MEMORY = 10, 64
"""Larger universes would take longer than anybody waits."""

_SECONDS = 60.0
"""Time for the certificate of one optimum; a fraction of a second is the rule."""


@dataclass(frozen=True)
class Universe:
    """All bursts of at most ``requests`` requests at memory budgets up to ``memory``, against one policy.

    Requests that the policy is not defined on, such as those outside its stated interval of outputs, are left out.

    Attributes:
        policy: a registered name, ``path/to/file.py:ClassName``, a policy class or object.
        requests: most requests, at most 10.
        memory: largest budget (tokens), at most 64.
        alpha: every peak is at most this share of the budget, in (0, 1].
        admission: admission rule.
        queue: queue discipline.
        parameters: values for the policy's parameters.

    Raises:
        InputError: if a number is out of range.
    """

    policy: str | PriorityPolicy | type[PriorityPolicy]
    requests: int
    memory: int
    alpha: Fraction = Fraction(1, 2)
    admission: Admission = Admission.LOOKAHEAD
    queue: Queue = Queue.HEAD_OF_LINE
    parameters: Mapping[str, int | str] | None = None

    def __post_init__(self) -> None:
        for field, value, most in (("requests", self.requests, MOST_REQUESTS), ("memory", self.memory, MOST_MEMORY)):
            if not 1 <= value <= most:
                raise InputError(f"must be at least 1 and at most {most}, got {value}", field=field)
        if not 0 < self.alpha <= 1:
            raise InputError(f"must be above 0 and at most 1, got {self.alpha}", field="alpha")


class Cell(NamedTuple):
    """What is known of all bursts of at most ``requests`` requests at budgets up to ``memory``.

    Attributes:
        requests: most requests.
        memory: largest budget (tokens).
        instances: instances enumerated, symmetric ones left out.
        lists: lists of requests they stand for.
        solved: optima that had to be computed; for the others a lower bound was enough.
        ratio: the exact worst ratio; 1 if no request fits under alpha.
        worst: an instance that has it, in service order; None where there is none.
    """

    requests: int
    memory: int
    instances: int
    lists: int
    solved: int
    ratio: Fraction
    worst: Instance | None


def enumerate_universe(universe: Universe, progress: Callable[[int], None] | None = None) -> Iterator[Cell]:
    """Yield the cell of every (requests, memory) up to those of ``universe``, budgets ascending within requests.

    Of instances with equal ratios the first is kept: fewest requests, then least memory.

    Args:
        universe: what to enumerate.
        progress: called now and then with the instances enumerated so far.

    Raises:
        InputError: if there is no such policy or parameter, the policy fails, or it is not
            defined on every burst.
    """
    policy = make_policy(universe.policy, universe.parameters)
    if not (isinstance(policy, PriorityPolicy) and ranks_by_size(policy)):
        raise InputError("must rank requests one by one, by their sizes", field=f"policy {policy_name(policy)}")
    if lacking := policy.premises - {Premise.BURST}:
        raise InputError(
            f"needs {' and '.join(f'one {premise}' for premise in sorted(lacking))}, which a universe does not have",
            field=f"policy {policy_name(policy)}",
        )
    nothing = Cell(0, 0, 0, 0, 0, Fraction(1), None)
    fewer = [nothing] * (universe.memory + 1)
    done = 0

    def report(visited: int) -> None:
        nonlocal done
        done += visited
        if progress is not None:
            progress(done)

    for requests in range(1, universe.requests + 1):
        row = [nothing]
        for memory in range(1, universe.memory + 1):
            smaller, shorter, both = row[memory - 1], fewer[memory], fewer[memory - 1]
            # Ties go to fewer requests, then to less memory.
            before = smaller if smaller.ratio > shorter.ratio else shorter
            own = _scan_cell(universe, policy, requests, memory, before, report)
            instances, lists, solved = (
                left + below - corner + new
                for left, below, corner, new in zip(smaller[2:5], shorter[2:5], both[2:5], own[2:5], strict=True)
            )
            row.append(Cell(requests, memory, instances, lists, solved, own.ratio, own.worst))
            yield row[-1]
        fewer = row


def _scan_cell(
    universe: Universe, policy: PriorityPolicy, requests: int, memory: int, before: Cell, report: Callable[[int], None]
) -> Cell:
    """Enumerate exactly ``requests`` requests at exactly ``memory``; return the counts and the worst of all so far."""
    cap = int(universe.alpha * memory)
    cost, opt, worst = before.ratio.numerator, before.ratio.denominator, before.worst
    instances = solved = types_of_all = 0
    types = np.empty(requests, np.int64)
    every = ((prompt, output) for output in range(1, cap + 1) for prompt in range(cap - output + 1))
    # What a policy is told of outputs may leave some out.
    within = [size for size in every if policy.unmet_premise(Instance.burst(memory, [size])) is None]
    for longest in range(1, cap + 1):
        sizes = [size for size in within if size[1] <= longest]
        types_of_all = len(sizes)
        if not sizes or sizes[-1][1] < longest:
            continue
        prompt, output = np.array(sizes, np.int64).T.copy()
        rank = _ranks(policy.prepared(longest), memory, sizes)
        for first in range(len(sizes)):
            visited, computed, new_cost, new_opt = scan(
                memory, universe.admission is Admission.PEAK, universe.queue is Queue.SKIPPING, prompt, output, rank,
                longest, first, requests, cost, opt, types,
            )  # fmt: skip
            if new_cost * opt > cost * new_opt:
                worst = Instance.burst(memory, [sizes[t] for t in types])
            cost, opt = int(new_cost), int(new_opt)
            instances, solved = instances + int(visited), solved + int(computed)
            report(int(visited))
    lists = types_of_all**requests if types_of_all else 0
    return Cell(requests, memory, instances, lists, solved, Fraction(cost, opt), worst)


def _ranks(policy: PriorityPolicy, memory: int, sizes: list[tuple[int, int]]) -> NDArray[np.int64]:
    """Return the rank of each type: equal where the policy cannot tell types apart.

    Types are shown forwards and backwards: tied ones change places.
    """
    n = len(sizes)
    forwards = service_order(Instance.burst(memory, sizes), policy)
    backwards = n - 1 - service_order(Instance.burst(memory, sizes[::-1]), policy)
    place = np.empty(n, np.int64)
    place[forwards] = np.arange(n)
    # In a block of ties the forward order ascends and the backward one descends; both fill the same places.
    rank = np.empty(n, np.int64)
    begin = 0
    while begin < n:
        end = begin + 1
        while set(forwards[begin:end]) != set(backwards[begin:end]):
            end += 1
        rank[forwards[begin:end]] = begin
        begin = end
    return rank


def witness_of(universe: Universe, cell: Cell) -> WitnessRecord:
    """Return the witness of a cell's worst instance, its optimum proved by a certificate for the checker.

    Raises:
        UnsoundWitnessError: if the certified ratio is not the enumerated one.
        ValueError: if the cell has no instance.
    """
    if cell.worst is None:
        raise ValueError("the universe has no instance")
    instance = cell.worst
    run = simulate(
        instance,
        universe.policy,
        parameters=universe.parameters,
        admission=universe.admission,
        queue=universe.queue,
    )
    bracket = optimum(instance, seconds=_SECONDS)
    lower = LowerBoundRecord(bracket.lower, bracket.lower_method, bracket.lower_certificate)
    provenance = {
        "searcher": "exhaustive",
        "max_requests": cell.requests,
        "max_memory": cell.memory,
        "instances": cell.instances,
        "version": __version__,
    }
    witness = build_witness(instance, run, bracket.schedule, lower, provenance)
    if Fraction(run.cost, bracket.lower) != cell.ratio or not bracket.is_optimal:
        raise UnsoundWitnessError(
            f"the enumeration says {cell.ratio}, and the certified bracket is [{witness.ratio.lower}, "
            f"{witness.ratio.upper}]"
        )
    return witness

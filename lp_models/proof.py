"""Proofs that the checker can repeat: its own enumeration, run by compiled code that finds the prices that guide it.

The compiled code follows the checker's rules in the checker's order and fits a price vector to a state when none of
the latest helps. The certificate lists the vectors, and which of them was used on each state, so that repeating the
proof takes no fitting. Nothing that the compiled code does needs to be right: ``repeat`` runs the checker's code.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from math import inf
from typing import TYPE_CHECKING, Any

import numpy as np

from cr_toolkit.checker.enumeration import Events, prove_no_better
from cr_toolkit.model import Instance, Schedule
from lp_models.prices import SCALE, Kinds, kinds_of, proof_scale
from lp_models.repetition import MAX_NODES, Repetition
from lp_models.sieve import EventPrices, Sieve
from lp_models.state_space import PathPrices

MAX_CERTIFICATE = 5_000_000
"""Longest certificate made (characters, roughly)."""

_BLOCKS = 1000
"""Prices in a vector, about: beyond so many steps, neighbouring steps share a price."""

_CROWDED = 0.7
"""A proof begins with the vectors of those before it while they fill at most this share of the pool."""

_PAUSED_BYTES = 200_000_000
"""An attempt that paused is kept when another begins if it takes no more than that (bytes)."""

_MAX_LENGTH = 2**28
"""Largest memory and horizon: compiled code keeps completions and peaks in 32 bits."""

_TABLE_BYTES = 300_000_000
"""Most memory for the tables of the first two price vectors (bytes)."""

if TYPE_CHECKING:
    from lp_models.kernels.run import Run


@dataclass(frozen=True)
class Outcome:
    """What an attempt to prove that nothing is cheaper than a target ended with.

    Attributes:
        certificate: of the method ``enumeration``, not yet repeated by the checker; None if there is no proof.
        schedule: a cheaper schedule, if one was met.
        note: why there is neither, or empty.
        states: states made, a measure of the work.
        repetition: of the proof, by the checker's code, begun while it was made; None if that was not asked for.
        paused: whether another call would go on from there.
    """

    certificate: dict[str, Any] | None = None
    schedule: Schedule | None = None
    note: str = ""
    states: int = 0
    repetition: Repetition | None = None
    paused: bool = False


class Prover:
    """Proves lower bounds on one instance, by compiled code; price vectors found for one target serve the next.

    Attributes:
        reason: why the instance is beyond the compiled code, or empty.
    """

    def __init__(self, instance: Instance, prices: Mapping[int, int], last: int) -> None:
        """Prepare for ``instance``.

        Args:
            instance: the instance.
            prices: memory prices by step over ``SCALE``.
            last: the last step that gets a price (steps).
        """
        self._instance = instance
        self._scale = proof_scale(instance.memory)
        # The checker takes no prices beyond a start that would cost the bound alone; every output is part of it.
        fixed = sum(r.output for r in instance.requests)
        last = max(1, min(last, max(r.arrival for r in instance.requests) + fixed))
        self._width = -(-last // _BLOCKS)
        self._horizon = -(-last // self._width) * self._width
        self._prices = _shared(prices, self._scale, self._width, self._horizon)
        self._kinds = _by_volume(kinds_of(instance))
        self.reason = _too_large(instance, self._kinds, self._horizon, self._scale)
        self._pool: Any = None
        self._paused: dict[int, tuple[Run, _Record]] = {}
        self._sieve = Sieve(instance, self._kinds, self._scale)

    def use(self, prices: PathPrices) -> None:
        """Have prices of starts and completions tried on every state from now on, and others fitted to levels."""
        if self._width == 1 and not self.reason:
            self._sieve.use(prices)

    @property
    def fitting_seconds(self) -> float:
        """What fitting prices of events to all levels takes, roughly (seconds); infinite if there are none."""
        return self._sieve.seconds

    def prove(
        self, target: int, deadline: float, beam: int | None = None, *, pause: float = inf, repeated: bool = False
    ) -> Outcome:
        """Try to prove that no schedule is cheaper than ``target``; go on with an attempt that paused.

        Args:
            target: what to prove a lower bound (steps).
            deadline: when to give up, on the clock of ``time.monotonic`` (seconds).
            beam: expand only so many states of every level, to find a cheaper schedule rather than a proof.
            pause: when to stop although there is time left; another call goes on from there.
            repeated: begin to repeat the proof while it is made, which takes a second core.
        """
        if self.reason:
            return Outcome(note=self.reason)
        if beam is not None or target not in self._paused:
            run, record = self._begin(target, beam)
        else:
            run, record = self._paused.pop(target)
            record.go_on(self._width)
        proved = paused = False
        try:
            if repeated and record.repetition is None:
                record.repeat(Repetition(
                    self._instance, target, self._scale, self._width, events=record.events is not None
                ))  # fmt: skip
            proved = run.search(deadline, pause)
            paused = run.paused and run.schedule is None and beam is None
        finally:
            if paused:
                # Besides this one, the highest may be gone on with later.
                self._forget(*(other for other in self._paused if other < max(self._paused)))
                self._paused[target] = run, record
            elif not proved:
                run.close()
                record.stop()
        if not proved:
            return Outcome(schedule=run.schedule, note=run.note, states=run.states, paused=paused)
        certificate = {"scale": self._scale, "width": self._width, "pool": record.pool, "choices": record.choices}
        if record.events is not None:
            certificate["events"] = [{"starts": rows, "completions": others} for rows, others in record.events]
        if _length(certificate) > MAX_CERTIFICATE:
            record.stop()
            return Outcome(note="the certificate is too large to be useful", states=run.states)
        return Outcome(certificate, states=run.states, repetition=record.repetition)

    def keep(self, proved: int, upper: int) -> None:
        """Of the attempts that paused, keep those at targets above ``proved`` and up to ``upper``."""
        self._forget(*(target for target in self._paused if not proved < target <= upper))

    def stop(self) -> None:
        """Give up all attempts that paused."""
        self._forget(*self._paused)

    def _forget(self, *targets: int) -> None:
        for target in targets:
            run, record = self._paused.pop(target)
            run.close()
            record.stop()

    def _begin(self, target: int, beam: int | None) -> tuple[Run, _Record]:
        from lp_models.kernels.run import Run, first_pool, problem_of, vector_of

        self._forget(*(paused for paused, (run, _) in self._paused.items() if run.bytes > _PAUSED_BYTES))
        problem = problem_of(self._instance, self._kinds, self._scale, self._width)
        # A full pool leaves nothing to be fitted, and few of its vectors would help another target.
        if self._pool is None or self._pool.used[0] > _CROWDED * len(self._pool.order):
            self.stop()
            self._pool = first_pool(problem, self._prices, self._horizon)
        root = self._sieve.root
        if root is not None:
            self._pool = self._pool._replace(costs=root.costs)
        sieve = self._sieve if root is not None and beam is None else None
        record = _Record(partial(vector_of, problem, self._pool), events=sieve is not None)
        run = Run(self._instance, self._kinds, problem, self._pool, target, record, beam, sieve)
        return run, record


@cache
def compile_proofs() -> None:
    """Have the compiled code of proofs ready, that which fits prices to levels included."""
    instance = Instance.burst(3, [(0, 2), (1, 1), (0, 1)])
    prover = Prover(instance, {1: SCALE // 4}, 4)
    prover.use(PathPrices(np.zeros((2, 4)), np.zeros((2, 4))))
    prover._sieve.state_seconds = inf
    prover.prove(8, time.monotonic() + 600.0)


class _Record:
    """What a certificate says of a search: vectors are numbered as they are first chosen.

    Attributes:
        pool: the vectors, the first one of the search in any case.
        events: the sets of prices of starts and completions, None if there are none.
        choices: as the checker takes them.
        repetition: is fed with the choices, if there is one.
    """

    def __init__(self, vector: Callable[[int], list[int]], *, events: bool) -> None:
        self._vector = vector
        self._numbers = {0: 0}
        self.pool = [vector(0)]
        self.events: list[tuple[list[list[int]], list[list[int]]]] | None = [] if events else None
        self.choices: list[int] = []
        self.repetition: Repetition | None = None
        self._fed = 0, 0

    def sifted(self, prices: EventPrices | None) -> None:
        """Add the next set of prices, if there is one, and how many that is."""
        assert self.events is not None
        if prices is not None:
            self.events.append((prices.starts, prices.completions))
        self._add([int(prices is not None)])

    def chose(self, choices: Sequence[int]) -> None:
        """Add the next choices of the search."""
        for number in choices:
            if number >= 0 and number not in self._numbers:
                self._numbers[number] = len(self.pool)
                self.pool.append(self._vector(number))
        # What is negative is the length of a range, not a vector.
        self._add([number if number < 0 else self._numbers[number] for number in choices])

    def repeat(self, repetition: Repetition) -> None:
        """Have all that there is repeated, and all that follows."""
        self.repetition = repetition
        self._feed(self.choices)

    def go_on(self, width: int) -> None:
        """Go on after a pause, in which the repetition had no more to do than there was; prices hold for ``width``."""
        if self.repetition is not None:
            done = checking_seconds({"pool": self.pool, "width": width, "choices": self.choices})
            self.repetition.begin = max(self.repetition.begin, time.monotonic() - done)

    def stop(self) -> None:
        """Give the repetition up."""
        if self.repetition is not None:
            self.repetition.stop()

    def _add(self, choices: list[int]) -> None:
        self.choices += choices
        self._feed(choices)

    def _feed(self, choices: list[int]) -> None:
        if self.repetition is not None:
            vectors, sets = self._fed
            events = self.events or []
            self.repetition.feed(choices, self.pool[vectors:], events[sets:])
            self._fed = len(self.pool), len(events)


def repeat(instance: Instance, target: int, certificate: Mapping[str, Any], limit: int = MAX_NODES) -> int:
    """Repeat a proof by the checker's own code; return the nodes it takes, which complete the certificate.

    Raises:
        BetterScheduleError: if a cheaper schedule exists.
        NodeLimitError: if it takes more nodes than ``limit``.
    """
    requests = [(r.arrival, r.prompt, r.output) for r in instance.requests]
    return prove_no_better(
        instance.memory, requests, target, certificate["scale"], certificate["pool"], limit,
        width=certificate["width"], events=_events_of(certificate), choices=certificate["choices"],
    )  # fmt: skip


def _events_of(certificate: Mapping[str, Any]) -> Events | None:
    events = certificate.get("events")
    return None if events is None else [(rows["starts"], rows["completions"]) for rows in events]


def checking_seconds(certificate: Mapping[str, Any]) -> float:
    """Return what repeating a proof takes, roughly (seconds): choices are states or ranges, vectors have tables."""
    entries = sum(map(len, certificate["pool"])) * certificate["width"]
    choices = certificate["choices"]
    ranges = sum(number < 0 for number in choices)
    return 5e-5 * float(len(choices) - ranges) + 2e-6 * float(entries)


def plain_certificate(instance: Instance, target: int, limit: int) -> dict[str, Any]:
    """Prove without prices or compiled code that no schedule is cheaper than ``target``; return the certificate.

    Raises:
        BetterScheduleError: if a cheaper schedule exists; it carries one.
        NodeLimitError: if that takes more nodes than ``limit``.
    """
    certificate: dict[str, Any] = {"scale": 1, "width": 1, "pool": [[0]], "choices": []}
    return certificate | {"nodes": repeat(instance, target, certificate, limit)}


def _shared(prices: Mapping[int, int], scale: int, width: int, horizon: int) -> dict[int, int]:
    """Return prices over ``scale`` that are the same for every ``width`` steps: the mean of what they were."""
    sums: dict[int, int] = {}
    for step, price in prices.items():
        if 1 <= step <= horizon:
            sums[(step - 1) // width] = sums.get((step - 1) // width, 0) + price
    means = {block: round(total * scale / (SCALE * width)) for block, total in sums.items()}
    return {block * width + 1 + i: price for block, price in means.items() if price > 0 for i in range(width)}


def _length(certificate: Mapping[str, Any]) -> int:
    prices = [row for rows in _events_of(certificate) or () for row in (*rows[0], *rows[1])]
    return sum(
        len(str(number)) + 2 for row in (*certificate["pool"], *prices, certificate["choices"]) for number in row
    )


def _by_volume(kinds: Kinds) -> Kinds:
    """Return the kinds in the checker's order."""
    triples = list(zip(*(column.tolist() for column in kinds[:3]), strict=True))
    order = sorted(range(len(triples)), key=lambda i: (_volume(triples[i]), triples[i]))
    arrival, prompt, output, number = (column[order] for column in kinds[:4])
    return Kinds(arrival, prompt, output, number, tuple(kinds.members[i] for i in order))


def _volume(triple: tuple[int, int, int]) -> int:
    _, prompt, output = triple
    return prompt * output + output * (output + 1) // 2


def _too_large(instance: Instance, kinds: Kinds, horizon: int, scale: int) -> str:
    """Return why the instance is beyond the compiled code, or an empty string."""
    sets = 1
    for count in kinds.number.tolist():
        sets *= count + 1
    reach = horizon + instance.memory + instance.horizon
    # No price that helps is near this; sums that overflow all the same only make a proof that the checker refuses.
    prices = scale * len(instance) * 64
    if max(instance.memory, horizon + instance.longest_output) > _MAX_LENGTH or reach * (prices + scale) > 2**61:
        return "too large for the search: its numbers need more than 64 bits"
    if sets > 2**61:
        return "too large for the search: too many sets of requests may wait"
    if 2 * (len(kinds.number) + 3) * (horizon + 1) * 8 > _TABLE_BYTES:
        return f"too large for the search: {len(kinds.number)} kinds of requests over {horizon} steps"
    return ""

"""What lemmas are evaluated on: a run of the policy, and feasible schedules in the place of OPT.

Notation, used by every lemma. Requests are numbered 1..n in the order in which the policy serves them (by volume, for
SVF). M memory, P largest peak, c = M - P + 1, gamma = c/M. Request j: prompt s, output o, peak p = s + o, volume
v = s o + o(o+1)/2, rectangle a = p o, e = v - a/2, start W, completion C = W + o. V_j = v_1 + ... + v_j.
In the prefix 1..m: W the last start, A = sum a, E = sum e, V = V_m; the tail J holds the requests that complete
after W, for which x = W_j + o_j - W, theta = x/o, X = sum over J of p x, u = v - (a/2)(1 - theta), U = sum over J of u.
B is the memory-weighted mean time of a request, d = C - B its centroid offset. T = V/M.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate

from cr_toolkit.model import Schedule
from cr_toolkit.policies import Admission
from cr_toolkit.simulation import Run
from proofs.chains import Chain, head_chains
from proofs.sharp_root import sharp_bound

STEPWISE = 1_000_000
"""Most request-steps over which lemmas are evaluated step by step; beyond, those rows are left out."""


@dataclass(frozen=True)
class Tail:
    """The part of a prefix's rectangles beyond its last start.

    Attributes:
        last: W (steps).
        remaining: for each request of the prefix, x (steps) if it completes after W, else 0.
        area: X (token-steps).
    """

    last: int
    remaining: tuple[int, ...]
    area: int


@dataclass(frozen=True)
class Trial:
    """A burst run of a head-of-line policy and feasible schedules of the same instance.

    Attributes:
        run: the policy's run.
        schedules: feasible schedules; what is claimed of OPT is claimed of each of them.
    """

    run: Run
    schedules: tuple[Schedule, ...]

    @cached_property
    def memory(self) -> int:
        """M (tokens)."""
        return self.run.instance.memory

    @cached_property
    def clearance(self) -> int:
        """c = M - P + 1 (tokens)."""
        return self.memory - self.run.instance.max_peak + 1

    @cached_property
    def by_volume(self) -> bool:
        """Whether the policy served the requests by ascending volume."""
        return all(low <= high for low, high in zip(self.v, self.v[1:], strict=False))

    @cached_property
    def s(self) -> tuple[int, ...]:
        """Prompts (tokens)."""
        return tuple(self.run.instance.requests[index].prompt for index in self.run.order)

    @cached_property
    def o(self) -> tuple[int, ...]:
        """Outputs (tokens)."""
        return tuple(self.run.instance.requests[index].output for index in self.run.order)

    @cached_property
    def p(self) -> tuple[int, ...]:
        """Peaks (tokens)."""
        return tuple(s + o for s, o in zip(self.s, self.o, strict=True))

    @cached_property
    def v(self) -> tuple[int, ...]:
        """Volumes (token-steps)."""
        return tuple(s * o + o * (o + 1) // 2 for s, o in zip(self.s, self.o, strict=True))

    @cached_property
    def a(self) -> tuple[int, ...]:
        """Rectangles p o (token-steps)."""
        return tuple(p * o for p, o in zip(self.p, self.o, strict=True))

    @cached_property
    def d12(self) -> tuple[int, ...]:
        """12 v d, which is an integer (token-steps times steps)."""
        return tuple(o * (6 * s * o + (o + 1) * (2 * o + 1)) for s, o in zip(self.s, self.o, strict=True))

    @cached_property
    def prefix_volume(self) -> tuple[int, ...]:
        """V_0, V_1, ..., V_n (token-steps)."""
        return (0, *accumulate(self.v))

    @cached_property
    def W(self) -> tuple[int, ...]:  # noqa: N802
        """Starts of the policy's run (steps)."""
        return self.starts(self.run.schedule)

    @cached_property
    def total_output(self) -> int:
        """Sum of the outputs (steps)."""
        return sum(self.o)

    @cached_property
    def rho(self) -> Fraction:
        """The bound of svf-burst-sharp for this instance."""
        return sharp_bound(Fraction(self.clearance, self.memory))

    @cached_property
    def tails(self) -> tuple[Tail, ...]:
        """The tail of each prefix 1..m, m = 1..n."""
        return tuple(self._tail(m) for m in range(1, len(self.v) + 1))

    @cached_property
    def share(self) -> Fraction | None:
        """The alpha of svf-burst-lookahead: max(P/M, 1/3), or None under the peak rule or above 1/2."""
        share = max(self.run.instance.alpha, Fraction(1, 3))
        return share if self.run.admission is Admission.LOOKAHEAD and share <= Fraction(1, 2) else None

    @cached_property
    def chains(self) -> tuple[Chain, ...]:
        """The chains of blocked heads; none unless ``share`` has a value, and none beyond ``STEPWISE``."""
        if self.share is None or not self.stepwise:
            return ()
        return head_chains(self.memory, self.s, self.o, self.W)

    @cached_property
    def stepwise(self) -> bool:
        """Whether the run is short enough for a look at every step."""
        return self.total_output * len(self.o) <= STEPWISE

    @cached_property
    def sorted_prefix_volume(self) -> tuple[int, ...]:
        """V_0, ..., V_n in ascending order of volume, whatever the policy's order (token-steps)."""
        return (0, *accumulate(sorted(self.v)))

    def starts(self, schedule: Schedule) -> tuple[int, ...]:
        """Return the starts of ``schedule`` (steps) in the policy's order."""
        return tuple(schedule.start[index] for index in self.run.order)

    def cost(self, schedule: Schedule) -> int:
        """Return the total latency of ``schedule`` (steps); all requests arrive at 0."""
        return sum(schedule.start) + self.total_output

    def _tail(self, m: int) -> Tail:
        last = self.W[m - 1]
        remaining = tuple(max(0, self.W[j] + self.o[j] - last) for j in range(m))
        return Tail(last, remaining, dot(self.p, remaining))


def dot(left: Sequence[int], right: Sequence[int]) -> int:
    """Return the sum of products over the shorter of the two."""
    return sum(x * y for x, y in zip(left, right, strict=False))

"""Why heads wait under lookahead: chains of steps that block one head after the other.

A run is covered by intervals (origin, t_R]. At time ``origin`` some head h waits; all that runs until its start W_h
started at or before ``origin`` and holds A(t) at step t. Step t blocks the start k iff t - o <= k <= kappa(t), with
kappa(t) = min(t - 1, A(t) - M - 1 + s + t). From k_1 = origin, t_r is the step of largest kappa among those that block
k_r, and k_{r+1} = kappa(t_r) + 1, until k_{R+1} reaches W_h. The next interval starts at t_R.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Chain:
    """The chain of one head.

    Attributes:
        head: the head's index in the policy's order, from 0.
        origin: tau (steps).
        released: k_{R+1}, the first start that the chain does not block (steps).
        distance: T_1, ..., T_R with T_r = t_r - tau (steps).
        overshoot: u_1, ..., u_R with u_r = t_r - kappa(t_r) - 1 (steps).
        held: A(tau + 1), ..., A(t_R) (tokens).
        own: what the head itself holds in the interval, summed (token-steps).
    """

    head: int
    origin: int
    released: int
    distance: tuple[int, ...]
    overshoot: tuple[int, ...]
    held: tuple[int, ...]
    own: int

    @property
    def end(self) -> int:
        """t_R (steps)."""
        return self.origin + self.distance[-1]

    @property
    def area(self) -> int:
        """Memory that the interval holds, the head's own included (token-steps)."""
        return sum(self.held) + self.own


def head_chains(memory: int, s: Sequence[int], o: Sequence[int], W: Sequence[int]) -> tuple[Chain, ...]:
    """Return the chains that cover (0, last start] of a head-of-line lookahead run on a burst, in time order.

    Args:
        memory: M (tokens).
        s: prompts in the policy's order (tokens).
        o: outputs (tokens).
        W: starts, ascending (steps).
    """
    chains: list[Chain] = []
    origin = 0
    while origin < W[-1]:
        head = next(j for j, start in enumerate(W) if start > origin)
        chains.append(_chain(memory, s, o, W, head, origin))
        origin = chains[-1].end
    return tuple(chains)


def _chain(memory: int, s: Sequence[int], o: Sequence[int], W: Sequence[int], head: int, origin: int) -> Chain:
    def held(step: int) -> int:
        return sum(s[i] + step - W[i] for i in range(head) if W[i] < step <= W[i] + o[i])

    def kappa(step: int) -> int:
        return min(step - 1, held(step) - memory - 1 + s[head] + step)

    distance: list[int] = []
    overshoot: list[int] = []
    start = origin
    while start < W[head]:
        reach, step = max((kappa(t), t) for t in range(start + 1, start + o[head] + 1))
        if reach < start:
            raise ValueError(f"request {head + 1} waits at {start} although nothing blocks it: not a lookahead run")
        distance.append(step - origin)
        overshoot.append(step - reach - 1)
        start = reach + 1
    last = origin + distance[-1]
    own = sum(s[head] + step - W[head] for step in range(W[head] + 1, last + 1))
    return Chain(
        head,
        origin,
        start,
        tuple(distance),
        tuple(overshoot),
        tuple(held(step) for step in range(origin + 1, last + 1)),
        own,
    )

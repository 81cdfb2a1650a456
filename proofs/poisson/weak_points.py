"""What is weak in the published proof of the Poisson theorems, and what was found here about each point."""

from __future__ import annotations

from typing import Final, NamedTuple


class WeakPoint(NamedTuple):
    """A weak point.

    Attributes:
        id: a name.
        published: what the published proof does.
        here: what is known here.
    """

    id: str
    published: str
    here: str


WEAK_POINTS: Final = (
    WeakPoint(
        "harris-on-waits",
        "Harris' inequality E[W] E[v] <= E[v W] is used on actual waits, whose growth with the volume is not shown",
        "repaired: it is used on the bounds of the classes, which do grow; the step harris measures it on actual waits",
    ),
    WeakPoint(
        "ratio-of-expectations",
        "the theorem bounds E[SVF]/E[OPT], not the expected ratio nor the ratio of one run",
        "so is what is measured; no single instance confirms or refutes it",
    ),
    WeakPoint(
        "implicit-premise",
        "E[v] > eps is needed for one bit and not stated",
        "it always holds: E[v] - eps is the mean of a positive guess of the volume",
    ),
    WeakPoint(
        "unbounded-outputs",
        "geometric outputs have no longest one and contradict p <= alpha M",
        "outputs are drawn again when longer than alpha M - max s; the mass cut is exact, and more than 1/100 of it is "
        "out of scope; the rows called chain use the exact moments of what is drawn",
    ),
    WeakPoint(
        "steady-state",
        "four relations are premises: a steady state with finite waits exists, arrivals see time averages, Little's "
        "law for each class, and Wald's equation for the arrivals during a wait",
        "the step little measures the second and third together; a queue that grows is out of scope",
    ),
    WeakPoint(
        "half-capacity",
        "rho divides by D = (1 - alpha) M/2, half of what is surely in use while someone waits",
        "the theorem is void from rho = 1 on, where queues are still short; the memory load Lambda/M says how far",
    ),
    WeakPoint(
        "second-bound-on-the-optimum",
        "E[OPT] >= (1 - mu) W_0/M is said to bound the optimum",
        "for rho < 1 it is weaker than E[OPT] >= 1/mu, so 1 + (2 - x) rho/(1 - rho) <= "
        "(1 + rho)/(1 - rho) bounds the ratio, x = E[s]/(mu E[v]); beyond "
        "rho = 1 it is false where the step optimum-work says violated",
    ),
)

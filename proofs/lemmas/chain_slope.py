"""What holds memory at a blocking step held its share of it ever since the chain's origin."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield (M - s - u_r) x <= T_r A(tau + x) for each x <= T_r."""
    for chain in trial.chains:
        for r, (T, u) in enumerate(zip(chain.distance, chain.overshoot, strict=True)):
            level = trial.memory - trial.s[chain.head] - u
            for x in range(1, T + 1):
                label = f"head {chain.head + 1} at {chain.origin}, r = {r + 1}, x = {x}"
                yield Row(label, level * x, T * chain.held[x - 1])


def algebra() -> Iterator[Step]:
    """Yield m - (T - x) >= m x/T for m >= T >= x."""
    m, T, x, y, more = symbols("m T x y more")
    gap = m - (T - x) - m * x / T
    yield Step("m - (T - x) - m x/T = (m - T)(1 - x/T)", identity(gap, (m - T) * (1 - x / T)))
    yield Step("that is >= 0 for m >= T >= x", nonnegative(gap.subs({m: x + y + more}).subs({T: x + y})))


CHAIN_SLOPE = prove(
    Lemma(
        id="chain-slope",
        statement="A(tau + x) >= (M - s - u_r) x/T_r for x <= T_r",
        argument="A request in A(t_r) started at tau or before: it holds m >= T_r at t_r, and m - (T_r - x) at "
        "tau + x. Sum over them and use A(t_r) >= M - s - u_r.",
        rows=rows,
        algebra=algebra,
        uses=("chain-facts",),
    )
)

"""What a chain of blocking steps looks like."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield the spacing of each chain's steps, what they hold, and that the chain ends at the head's start."""
    for chain in trial.chains:
        s, o, start = trial.s[chain.head], trial.o[chain.head], trial.W[chain.head]
        name = f"head {chain.head + 1} at {chain.origin}"
        yield Row(f"{name}: released <= W", chain.released, start)
        yield Row(f"{name}: W <= released", start, chain.released)
        yield Row(f"{name}: T_1 <= o", chain.distance[0], o)
        if len(chain.distance) > 1:
            yield Row(f"{name}: o < T_2", o + 1, chain.distance[1])
        for r, (T, u) in enumerate(zip(chain.distance, chain.overshoot, strict=True)):
            yield Row(f"{name}: 0 <= u_{r + 1}", 0, u)
            yield Row(f"{name}: u_{r + 1} <= o - 1", u, o - 1)
            yield Row(f"{name}: held at t_{r + 1}", trial.memory - s - u, chain.held[T - 1])
            if r + 1 < len(chain.distance):
                yield Row(f"{name}: T_{r + 1} < T_{r + 2}", T + 1, chain.distance[r + 1])
                yield Row(f"{name}: T_{r + 2} <= T_{r + 1} + o - u", chain.distance[r + 1], T + o - u)


def algebra() -> Iterator[Step]:
    """Yield the rearrangements of kappa that the facts are."""
    A, M, s, t, u, k, o = symbols("A M s t u k o")
    # kappa = t - u - 1 and kappa <= A - M - 1 + s + t.
    yield Step("A >= kappa + M + 1 - s - t = M - s - u", identity((t - u - 1) + M + 1 - s - t, M - s - u))
    yield Step("k_{r+1} + o = kappa(t_r) + 1 + o = t_r + o - u_r", identity((t - u - 1) + 1 + o, t + o - u))
    yield Step(
        "blocked at k: A >= M + 1 - s - (t - k) iff k <= A - M - 1 + s + t",
        identity(A - (M + 1 - s - (t - k)), (A - M - 1 + s + t) - k),
    )


CHAIN_FACTS = prove(
    Lemma(
        id="chain-facts",
        statement="k_{R+1} = W_h; T_1 <= o < T_2; T_r < T_{r+1} <= T_r + o - u_r; 0 <= u_r <= o - 1; "
        "A(t_r) >= M - s - u_r",
        argument="t_r blocks k_r, so t_r <= k_r + o and kappa(t_r) >= k_r >= t_r - o. t_{r+1} does not block k_r, "
        "since its kappa is larger; so t_{r+1} > k_r + o >= t_r. If kappa(t_R) >= W_h, then t_R would block "
        "the start at W_h, for t_R - o <= k_R < W_h; lookahead let it start.",
        rows=rows,
        algebra=algebra,
    )
)

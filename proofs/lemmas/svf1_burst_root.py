"""Conclusion of ``svf1-burst-root``."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.one_bit import domination_factor, is_worst_case_run
from proofs.symbolic import identity, nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield (c TEL)^2 <= 16 K (M TEL')^2 for each feasible schedule."""
    if not is_worst_case_run(trial.run):
        return
    factor = 16 * domination_factor(trial.run.instance.longest_output)
    left = (trial.clearance * trial.run.cost) ** 2
    for number, schedule in enumerate(trial.schedules):
        yield Row(f"schedule {number}", left, factor * (trial.memory * trial.cost(schedule)) ** 2)


def algebra() -> Iterator[Step]:
    """Yield the combination of the bounds; r = sqrt K, q = 4 r M/c."""
    S, H, V, M, c, r, q, OPT, more, spare, room = symbols("S H V M c r q OPT more spare room")
    cost = S + 2 * (r * (2 * H + V) - V) / c
    rounded = S + 2 * r * (2 * H + V) / c
    yield Step(
        "sum V_{j-1} = sum V_j - V: the bound without - V is larger by 2V/c", identity(rounded - cost, 2 * V / c)
    )
    # M OPT = M sum d + H + V/2 + spare, and sum d = S/3 + more.
    busy = M * (S / 3 + more) + H + V / 2 + spare
    left = 2 * M * (busy / M - S / 3) - (2 * H + V)
    yield Step("2H + V <= 2M (OPT - S/3)", nonnegative(left))
    through = S + q * (OPT - S / 3)
    yield Step("q OPT - [S + q (OPT - S/3)] = S (q/3 - 1)", identity(q * OPT - through, S * (q / 3 - 1)))
    yield Step("(2r/c) 2M = q", identity(2 * r / c * 2 * M, (4 * r * M / c)))
    yield Step("q >= 4 for r >= 1, M >= c", nonnegative((4 * r * M / c - 4).subs({r: 1 + more, M: c + room})))


SVF1_BURST_ROOT = prove(
    Lemma(
        id="svf1-burst-root",
        statement="TEL(1-bit SVF) <= (4 sqrt(K) M/c) OPT, worst-case choice; K = T, but 3 for T = 2",
        argument="TEL <= sum o + (2/c) sum V_{j-1} in the policy's order, at most sum o + (2 sqrt K/c)(2 H + V) by "
        "proxy-domination and list-order-root, H and V ascending. The mean-busy-time bound contains H + V/2, and "
        "what it has beyond, sum d >= sum o/3, pays for sum o because 4 sqrt(K) M/c >= 3.",
        rows=rows,
        algebra=algebra,
        uses=("waiting-volume", "proxy-domination", "list-order-root", "mean-busy-time", "centroid-offset"),
    )
)

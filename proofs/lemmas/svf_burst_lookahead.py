"""Conclusion of ``svf-burst-lookahead``."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, ratio_nonnegative_between, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield TEL <= (3/(2(1 - alpha)) + 1/(4 alpha)) TEL' for each feasible schedule."""
    if trial.share is None or not trial.by_volume:
        return
    bound = 3 / (2 * (1 - trial.share)) + 1 / (4 * trial.share)
    for number, schedule in enumerate(trial.schedules):
        yield Row(f"schedule {number}", trial.run.cost, bound * trial.cost(schedule))


def algebra() -> Iterator[Step]:
    """Yield that rho times the mean-busy-time bound covers the cost term by term; K = Z + lam."""
    import sympy

    alpha, K, V, v, M, o, less = symbols("alpha K V v M o less")
    shares = (sympy.Rational(1, 3), sympy.Rational(1, 2))
    weight = 3 / (4 * (1 - alpha)) + 1 / (8 * alpha)
    yield Step(
        "3/(2(1 - alpha)) + 1/(4 alpha) = 2 (Z + lam)", identity(3 / (2 * (1 - alpha)) + 1 / (4 * alpha), 2 * weight)
    )
    yield Step("2 (Z + lam) >= 3", ratio_nonnegative_between(2 * weight - 3, alpha, *shares))
    yield Step("Z + lam <= 2", ratio_nonnegative_between(2 - weight, alpha, *shares))
    spare = 2 * K * (V + v / 2) / M - 2 * (K * V + (K - 1) * v) / M
    yield Step("2K (V + v/2)/M - (2/M)[K V + (K - 1) v] = (2 - K) v/M", identity(spare, (2 - K) * v / M))
    yield Step("rho d >= rho o/3 >= o for rho >= 3", nonnegative((3 + less) * o / 3 - o))


SVF_BURST_LOOKAHEAD = prove(
    Lemma(
        id="svf-burst-lookahead",
        statement="TEL(SVF) <= (3/(2(1 - alpha)) + 1/(4 alpha)) OPT, lookahead, 1/3 <= alpha <= 1/2",
        argument="TEL = sum o + sum W_j; put waiting-lookahead in. rho = 2 (Z + lam) times the mean-busy-time bound "
        "covers sum o because rho >= 3 and d >= o/3, and the volumes because Z + lam <= 2.",
        rows=rows,
        algebra=algebra,
        uses=("waiting-lookahead", "mean-busy-time", "centroid-offset"),
    )
)

"""What an order that is wrong by a factor costs, when the requests themselves count too."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield (sum V_j)^2 <= K (2 H + V)^2: sums in the policy's order and ascending, K the worst ratio met."""
    largest = 0
    factor = Fraction(1)
    for volume in trial.v:
        largest = max(largest, volume)
        factor = max(factor, Fraction(largest, volume))
    ascending = trial.sorted_prefix_volume
    yield Row("all", sum(trial.prefix_volume) ** 2, factor * (2 * sum(ascending[:-1]) + ascending[-1]) ** 2)


def algebra() -> Iterator[Step]:
    """Yield the pairs as an integral of N^2, its scaling, and the product by a square; r = sqrt K."""
    import sympy

    v, t, K, r, N, F, S, H, V, more = symbols("v t K r N F S H V more")
    yield Step("min(v, w) = measure of {t < v and t < w}: v for w >= v", identity(sympy.integrate(1, (t, 0, v)), v))
    yield Step("N(t/K) counts v > t/K, that is K v > t", identity(sympy.integrate(1, (t, 0, K * v)), K * v))
    grown = 2 * (H + V) + (V + v)
    yield Step("a largest request adds 2 V + v to 2 H + V", identity(grown - (2 * H + V), 2 * V + v))
    gap = r * N**2 / 2 + F**2 / (2 * r) - N * F
    yield Step("r N^2/2 + F^2/(2r) - N F = (r N - F)^2/(2r)", identity(gap, (r * N - F) ** 2 / (2 * r)))
    yield Step("r S/2 + K S/(2r) = r S for K = r^2", identity(r * S / 2 + r**2 * S / (2 * r), r * S))
    yield Step("K v >= v: a request counts itself, for K >= 1", nonnegative((1 + more) * v - v))


LIST_ORDER_ROOT = prove(
    Lemma(
        id="list-order-root",
        statement="if v_i <= K v_j for all i before j, K >= 1, then sum V_j <= sqrt K (2 sum V_{j-1} + sum v), the "
        "right side in ascending order",
        argument="Let N(t) be the number of volumes above t. Integral of N^2 = sum over all pairs of min(v_i, v_j) = "
        "2 sum V_{j-1} + sum v, ascending. Request i is counted on the left once for itself and for each j after it, "
        "all with v_j >= v_i/K: at most N(t/K) times for every t < v_i. So the left side is at most the integral "
        "of N(t) N(t/K), at most sqrt K times that of N^2, by a square, since N(t/K)^2 integrates to K times as much.",
        rows=rows,
        algebra=algebra,
    )
)

"""Conclusion of ``svf-burst-peak``."""

from collections.abc import Iterator

from cr_toolkit.policies import Admission
from proofs.extremal import Comb, comb_of
from proofs.lemma import Lemma, Row, Step, prove
from proofs.lemmas.comb_packing import packing_bound
from proofs.lemmas.comb_waiting import waiting_bound
from proofs.symbolic import identity, limit_at_infinity, nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield the ratio that the two lemmas promise <= the ratio of the run to the packing."""
    comb = comb_of(trial.run.instance)
    if comb is None or trial.run.admission is not Admission.PEAK:
        return
    promised = waiting_bound(comb) * (comb.memory - comb.height)
    packed = comb.packing().total_latency(trial.run.instance)
    yield Row("ratio", promised * packed, trial.run.cost * packing_bound(comb))


def algebra() -> Iterator[Step]:
    """Yield the limits, N first and then h, of the quotient of the two lemmas' bounds; M/v tends to 1 + x."""
    n, h, N, x, e, more, alpha = symbols("n h N x e more alpha")
    v = h * (h + 1) / 2
    M = v + n * h - 1
    R = (M - h) / v
    yield Step("M is the comb's memory", M.subs({h: 3, n: 2}) == Comb(3, 2, 1).memory)
    yield Step("R v + h = M", identity(R * v + h, M))
    K = n * N
    cost = (n + 1) * h * N * (N + 1) / 2
    other = K * (K - 1) / (2 * R) + K * h + N * ((K - 1) / R + h) + N * (N + 1) / 2
    comb = Comb(3, 2, 4)
    point = {h: comb.height, n: comb.teeth, N: comb.rounds}
    yield Step("other is the bound of comb-packing", (2 * (M - h) * other).subs(point) == packing_bound(comb))
    yield Step("cost is the bound of comb-waiting", (2 * cost).subs(point) == waiting_bound(comb))
    first = limit_at_infinity(cost / other, N)
    expected = (n + 1) * h / 2 / (n**2 / (2 * R) + n / R + n / n / 2)
    yield Step("N -> oo: ((n+1) h/2)/(n^2/(2R) + n/R + 1/2)", identity(first, expected))
    second = limit_at_infinity(first.subs(n, x * h / 2 + e), h)
    yield Step("h -> oo, n = x h/2 + e with e bounded: 2 (1 + x)/x", identity(second, 2 * (1 + x) / x))
    yield Step("x = (1 - alpha)/alpha: 2/(1 - alpha)", identity(second.subs(x, (1 - alpha) / alpha), 2 / (1 - alpha)))
    share = v / M
    bounded = (1 / (1 + x) - share).subs(n, (x * v + 1 + more) / h)
    yield Step("v/M <= 1/(1 + x) = alpha for n h >= x v + 1", nonnegative(bounded))
    yield Step("(x v + 1)/h = x h/2 + x/2 + 1/h", identity((x * v + 1) / h, x * h / 2 + x / 2 + 1 / h))
    yield Step("the largest peak is v: v >= h for h >= 1", nonnegative((v - h).subs(h, 1 + more)))


SVF_BURST_PEAK = prove(
    Lemma(
        id="svf-burst-peak",
        statement="combs of share at most alpha bring TEL(SVF)/OPT as close to 2/(1 - alpha) as wanted, peak rule",
        argument="Divide comb-waiting by comb-packing. With x = (1 - alpha)/alpha take the fewest teeth n with "
        "n h >= x v + 1, so that the share is at most alpha; then n - x h/2 stays between 0 and x/2 + 2. Let the "
        "rounds N grow first, then the height h.",
        rows=rows,
        algebra=algebra,
        uses=("comb-waiting", "comb-packing"),
    )
)

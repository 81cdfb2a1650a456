"""How long a request waits under lookahead."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, ratio_nonnegative_between, symbols, volume
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield (M/2) W_j <= (Z + lam) V_{j-1} + (Z + lam - 1) v_j."""
    if trial.share is None:
        return
    weight = 3 / (4 * (1 - trial.share)) + 1 / (8 * trial.share)
    for j, start in enumerate(trial.W):
        bound = weight * trial.prefix_volume[j] + (weight - 1) * trial.v[j]
        yield Row(f"request {j + 1}", trial.memory * start, 2 * bound)


def algebra() -> Iterator[Step]:
    """Yield what the head of the last interval may hold itself, and the two cases of that interval."""
    import sympy

    s, u, w, room, Z, lam, V, v, own, M, more = symbols("s u w room Z lam V v own M more")
    o = u + 1 + w
    held = u * (s + (u + 1) / 2)
    k = sympy.Symbol("k", integer=True, positive=True)
    yield Step("own = sum of s + k over k = 1..u", identity(sympy.summation(s + k, (k, 1, u)), held))
    yield Step("own_j <= u p for u <= o - 1", nonnegative(u * (s + o) - held))
    yield Step("own_j <= v_j for u <= o", nonnegative(volume(s, o) - held))
    late = Z * (V + own) + lam * (V + v) - u * M / 2
    kept = (Z + lam) * V + (Z - 1) * own + lam * v
    yield Step(
        "(Z + lam) V + (Z - 1) own + lam v - [Z (V + own) + lam (V + v) - u M/2] = u M/2 - own",
        identity(kept - late, u * M / 2 - own),
    )
    p = symbols("p")
    yield Step("u M/2 - own >= 0 for own <= u p, p <= M/2", nonnegative(u * (p + room) - u * p))
    final = (Z + lam) * V + (Z + lam - 1) * v
    yield Step("(Z - 1) own <= (Z - 1) v for Z >= 1", nonnegative((final - kept).subs({Z: 1 + more, v: own + w})))
    alpha = symbols("alpha")
    shares = (sympy.Rational(1, 3), sympy.Rational(1, 2))
    spare = 3 / (4 * (1 - alpha)) - 1
    yield Step("Z >= 1 for 1/3 <= alpha <= 1/2", ratio_nonnegative_between(spare, alpha, *shares))


WAITING_LOOKAHEAD = prove(
    Lemma(
        id="waiting-lookahead",
        statement="(M/2) W_j <= (Z + lam) V_{j-1} + (Z + lam - 1) v_j, lookahead, 1/3 <= alpha <= 1/2",
        argument="Sum chain-area up to the first interval that reaches W_j. Intervals are disjoint and heads distinct. "
        "If the last head is before j, everything charged precedes j. If it is j, the interval ends u steps after W_j "
        "and j holds own_j in it, at most u p <= u M/2 and at most v_j.",
        rows=rows,
        algebra=algebra,
        uses=("chain-area",),
    )
)

"""What one bit is worth: a request is never more than K times larger than one served after it."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.one_bit import dominates, domination_factor, is_worst_case_run
from proofs.symbolic import identity, nonnegative, nonnegative_between, symbols
from proofs.trial import Trial

_BY_EXHAUSTION = 15
"""Up to this T the proxies are too small for the algebra."""


def rows(trial: Trial) -> Iterator[Row]:
    """Yield max of v_i over i before j <= K v_j, for runs of one-bit SVF with the worst-case choice."""
    if not is_worst_case_run(trial.run):
        return
    factor = domination_factor(trial.run.instance.longest_output)
    largest = trial.v[0]
    for j, volume in enumerate(trial.v):
        largest = max(largest, volume)
        yield Row(f"request {j + 1}", largest, factor * volume)


def algebra() -> Iterator[Step]:
    """Yield the four pairs of classes; r, a, b the threshold and the proxies, t = T^(1/4)."""
    import sympy

    r, T, t, s, w, more = symbols("r T t s w more")
    for longest in range(1, _BY_EXHAUSTION + 1):
        yield Step(f"T = {longest}, by exhaustion", dominates(longest))
    inside = T - r * (r + 1) / 2
    yield Step(
        "both short: r (r+1)/2 <= T for r >= 1, r^2 <= T",
        nonnegative(sympy.expand(inside.subs(T, r**2 + more).subs(r, 1 + w))),
    )
    yield Step(
        "both long: T + 1 <= (r+1)(r+2) for T + 1 <= (r+1)^2",
        nonnegative(((r + 1) * (r + 2) - (T + 1)).subs(T, (r + 1) ** 2 - 1 - more).subs(r, w)),
    )
    a, b = symbols("a b")
    yield Step("both long, prompts: T s <= T (r+1) s", nonnegative(T * (r + 1) * s - T * s))
    # Short before long: s_i <= (b s_j + [b(b+1) - a(a+1)]/2)/a.
    first = r * (b * s + (b * (b + 1) - a * (a + 1)) / 2) + a * r * (r + 1) / 2
    second = a * T * ((r + 1) * s + (r + 1) * (r + 2) / 2)
    spare = s * (a * T * (r + 1) - r * b) + a * (r + 1) * (T * (r + 2) - r) / 2 - r * (b * (b + 1) - a * (a + 1)) / 2
    yield Step("short before long: a (T v_j - v_i) in parts", identity(second - first, spare))
    yield Step(
        "prompts: a T (r+1) >= r b for b <= T, a >= 1",
        nonnegative((a * T * (r + 1) - r * b).subs({T: b + w, a: 1 + more})),
    )
    yield Step("T (r+2) - r >= T (r+1) for r <= T", nonnegative((T * (r + 2) - r - T * (r + 1)).subs(T, r + w)))
    # r <= t^2, b <= t^3, (r+1)^2 >= T = t^4, a >= 2 for T >= 16.
    yield Step(
        "outputs: a T (r+1)^2 >= 2 t^8 >= t^5 (t^3 + 1) >= r b (b+1) for t >= 1",
        nonnegative((2 * t**8 - t**5 * (t**3 + 1)).subs(t, 1 + w)),
    )
    # Long before short: it suffices that s_i + (T-1)/2 <= s_j.
    yield Step(
        "long before short: T (s_j + 1) - (s_i T + T (T+1)/2) = T [s_j - s_i - (T-1)/2]",
        identity(T * (s + 1) - (w * T + T * (T + 1) / 2), T * (s - w - (T - 1) / 2)),
    )
    # a s_j >= b s_i + [b(b+1) - a(a+1)]/2, b >= a, b + 1 >= t^3 and a <= t.
    yield Step(
        "b (b+1) - a (a+1) >= a (T-1): t^3 (t^3 - 1) >= t (t + t^4) for t >= 2",
        nonnegative_between(sympy.expand(t**3 * (t**3 - 1) - t * (t + t**4)), t, 2, sympy.oo),
    )


PROXY_DOMINATION = prove(
    Lemma(
        id="proxy-domination",
        statement="v_i <= K v_j for i before j under one-bit SVF with the worst-case choice; K = T, but 3 for T = 2",
        argument="In order means proxy volumes in order. Take the longest output of i's class and the shortest of "
        "j's, and the prompts as far apart as the order allows: four pairs of classes, each linear in the prompt. "
        "From T = 16 on the short proxy is at least 2 and the algebra applies; below, exhaustion.",
        rows=rows,
        algebra=algebra,
    )
)

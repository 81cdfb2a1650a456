"""A chain's interval and its head pay for the interval's length."""

from collections.abc import Iterator
from typing import Any

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, nonnegative_between, ratio_nonnegative_between, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield (M/2) T_R <= Z area_h + lam v_h for each chain."""
    if trial.share is None:
        return
    Z, lam = 3 / (4 * (1 - trial.share)), 1 / (8 * trial.share)
    for chain in trial.chains:
        paid = Z * chain.area + lam * trial.v[chain.head]
        yield Row(f"head {chain.head + 1} at {chain.origin}", trial.memory * chain.distance[-1], 2 * paid)


def algebra() -> Iterator[Step]:
    """Yield the steps of both cases; memory scaled to 1."""
    yield from _far()
    yield from _near_without_prompt()
    yield from _near_with_prompt()


def _constants() -> tuple[Any, Any, Any]:
    """Return alpha, Z and lam."""
    alpha = symbols("alpha")
    return alpha, 3 / (4 * (1 - alpha)), 1 / (8 * alpha)


def _paid(s: Any, u: Any, T: Any, o: Any) -> Any:
    """Return L: what the slope of t_R and the head pay beyond T/2."""
    _, Z, lam = _constants()
    return Z * ((1 - s - u) * T / 2 + s * u + u**2 / 2) + lam * (s * o + o**2 / 2) - T / 2


def _far() -> Iterator[Step]:
    """Case A: T_R >= o (1 + beta), beta = o/alpha."""
    import sympy

    half, X = sympy.Rational(1, 2), sympy.Rational(3, 4)
    alpha, Z, lam = _constants()
    T, S, o, s, x, theta, D, beta, G, t, w, q = symbols("T S o s x theta D beta G t w q")
    piece = sympy.integrate(t / T, (t, S, T))
    yield Step(
        "integral of x/T_r over a piece = Delta (1 - Delta/(2 T_r))", identity(piece, (T - S) * (1 - (T - S) / (2 * T)))
    )
    yield Step("that is >= Delta/2, so G >= T_R/2", nonnegative((piece - (T - S) / 2).subs(T, S + w)))
    yield Step("Z >= 2 lam", _on_shares(Z - 2 * lam, alpha))
    N = T / 2 - Z * (1 - s - o) * G - lam * (s * o + o**2 / 2)
    yield Step("dN/ds = Z G - lam o", identity(sympy.diff(N, s), Z * G - lam * o))
    top = T / 2 - X * G - (1 - X) * (o / 2) * (1 - o / alpha / 2)
    yield Step("N at s = alpha - o", identity(N.subs(s, alpha - o), top))
    two = T / 2 - X * (theta * T / 2 + (1 - theta) * T * (1 - (1 - theta) / 2))
    yield Step(
        "pieces 1 and 2 = (T_2/2)[(1 - X) - X theta (1 - theta)]",
        identity(two, T / 2 * ((1 - X) - X * theta * (1 - theta))),
    )
    spread = theta * (1 - theta) - x / (1 + x) ** 2
    factors = (theta - x / (1 + x)) * (1 / (1 + x) - theta)
    yield Step("theta (1 - theta) - x/(1+x)^2 = (theta - x/(1+x))(1/(1+x) - theta)", identity(spread, factors))
    ends = half * half - x / 8 - ((1 - X) * (1 + x) - X * x / (1 + x))
    yield Step("(1-X)(1+x) - X x/(1+x) <= 1/4 - x/8 for x <= 1", ratio_nonnegative_between(ends, x, 0, 1))
    later = T / 2 - T * X * (1 - q / 2)
    rest = -sympy.Rational(1, 16) - later / T
    yield Step("piece r >= 3 <= -Delta/16 for Delta/T_r = q <= 1/2", ratio_nonnegative_between(rest, q, 0, half))
    total = (o / 2) * (half * half - x / 8) - (D - x) * o / 16 - (1 - X) * (o / 2) * (1 - beta / 2)
    yield Step("N <= (o/16)(beta - D)", identity(total, (o / 16) * (beta - D)))


def _near_without_prompt() -> Iterator[Step]:
    """Case B, T_R <= o (1 + beta), at the end s = 0."""
    import sympy

    alpha, Z, lam = _constants()
    T, o, u, beta, s = symbols("T o u beta s")
    L = _paid(s, u, T, o)
    yield Step("L is linear in s", identity(L, L.subs(s, 0) + s * (L.subs(s, 1) - L.subs(s, 0))))
    least = (Z - 1) * T / 2 - Z * T**2 / 8 + lam * o**2 / 2
    yield Step("s = 0: L - its minimum = (Z/2)(u - T/2)^2", identity(L.subs(s, 0) - least, Z * (u - T / 2) ** 2 / 2))
    yield Step("concave in T", identity(sympy.diff(least, T, 2), -Z / 4))
    yield Step("T = 0: lam o^2/2 >= 0", nonnegative(least.subs(T, 0)))
    end = (Z - 1) * (1 + beta) / 2 + beta / 16 - Z * alpha / 8 * beta * (1 + beta) ** 2
    yield Step("T = o (1 + beta)", identity(least.subs({T: o * (1 + beta)}).subs(o, alpha * beta), alpha * beta * end))
    curvature = -Z * alpha / 8 * (4 + 6 * beta)
    yield Step(
        "concave in beta: second derivative -(Z alpha/8)(4 + 6 beta)", identity(sympy.diff(end, beta, 2), curvature)
    )
    yield Step("beta = 0: (Z - 1)/2 >= 0", _on_shares(end.subs(beta, 0), alpha))
    yield Step("beta = 1: Z (1 - alpha/2) - 15/16 >= 0", _on_shares(end.subs(beta, 1), alpha))


def _near_with_prompt() -> Iterator[Step]:
    """Case B at the end s = alpha - o."""
    import sympy

    alpha, Z, lam = _constants()
    T, o, u, beta = symbols("T o u beta")
    s = alpha - o
    L = _paid(s, u, T, o)
    flat = -(T - o) / 4 + o * (Z * T - lam * o)
    yield Step("u = 0: 2L = -(T - o)/4 + o (Z T - lam o)", identity(2 * L.subs(u, 0), flat))
    yield Step("2L - that = Z u^2 + 2 Z u (s - T/2)", identity(2 * L - flat, Z * u**2 + 2 * Z * u * (s - T / 2)))
    # o = alpha beta with beta <= 1.
    yield Step(
        "T = 0: o (1/4 - lam o) = o (2 - beta)/8",
        identity(flat.subs(T, 0).subs(o, alpha * beta), alpha * beta * (2 - beta) / 8),
    )
    right = flat.subs(T, o * (1 + beta)).subs(o, alpha * beta)
    yield Step(
        "T = o (1 + beta): o^2 [Z (1 + beta) - 3 lam]",
        identity(right, (alpha * beta) ** 2 * (Z * (1 + beta) - 3 * lam)),
    )
    yield Step("Z >= 3 lam", _on_shares(Z - 3 * lam, alpha))
    low = flat - Z * (T / 2 - s) ** 2
    yield Step("s < T/2: 2L - its minimum = Z (u - (T/2 - s))^2", identity(2 * L - low, Z * (u - (T / 2 - s)) ** 2))
    yield Step("that minimum is concave in T", identity(sympy.diff(low, T, 2), -Z / 2))
    psi = sympy.Rational(3, 2) + beta / 2 - 1 / beta
    yield Step(
        "T = o (1 + beta): o^2 [Z (1 + beta - psi^2) - 3 lam]",
        identity(
            low.subs(T, o * (1 + beta)).subs(o, alpha * beta), (alpha * beta) ** 2 * (Z * (1 + beta - psi**2) - 3 * lam)
        ),
    )
    half = sympy.Rational(1, 2)
    yield Step("psi <= 0 for beta <= 1/2", nonnegative_between(sympy.expand(-2 * beta * psi), beta, 0, half))
    square = sympy.expand(4 * beta**2 * (beta - psi**2))
    yield Step("psi^2 <= beta on [1/2, 1]", nonnegative_between(square, beta, half, 1))


def _on_shares(expression: Any, alpha: Any) -> bool:
    """Return whether a rational function of alpha is >= 0 for 1/3 <= alpha <= 1/2."""
    import sympy

    return ratio_nonnegative_between(expression, alpha, sympy.Rational(1, 3), sympy.Rational(1, 2))


CHAIN_AREA = prove(
    Lemma(
        id="chain-area",
        statement="(M/2) T_R <= Z area_h + lam v_h, Z = 3/(4(1 - alpha)), lam = 1/(8 alpha), 1/3 <= alpha <= 1/2",
        argument="Scale M to 1, beta = o/alpha. If T_R >= o (1 + beta), bound the area by the slopes of all steps, "
        "each at least 1 - p, and sum over the pieces between them; the worst prompt is alpha - o. If T_R <= "
        "o (1 + beta), the slope of t_R and what the head itself holds suffice: the difference is linear in s, and "
        "at both ends its minimum over u is concave (or linear) in T and non-negative at the ends of T's range. "
        "Sums exceed the integrals used: x/T_r, own >= s u + u^2/2, v >= s o + o^2/2.",
        rows=rows,
        algebra=algebra,
        uses=("chain-slope", "chain-facts"),
    )
)

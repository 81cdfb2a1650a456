"""Every prefix of SVF's run against every feasible schedule, weighted by volume."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.sharp_root import kappa_above
from proofs.symbolic import identity, nonnegative, nonnegative_between, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield F <= rho G for each prefix and feasible schedule, and the condition on rho."""
    rho, M, c = trial.rho, trial.memory, trial.clearance
    yield Row("condition on rho", Fraction(M, c) + c * kappa_above(rho) ** 2 / (4 * M), rho / 2)
    starts = [trial.starts(schedule) for schedule in trial.schedules]
    policy = 0
    weighted = [0] * len(starts)
    for m in range(1, len(trial.v) + 1):
        v, o = trial.v[m - 1], trial.o[m - 1]
        policy += v * (trial.W[m - 1] + o)
        for number, start in enumerate(starts):
            weighted[number] += v * (start[m - 1] + o)
            yield Row(f"schedule {number}, prefix {m}", policy, rho * weighted[number])


def algebra() -> Iterator[Step]:
    """Yield the signs of the terms, the square in U and the condition on rho."""
    v, u, o, g, h, d, r, theta = symbols("v u o g h d r theta")
    V, U, M, c, kappa, rho, T = symbols("V U M c kappa rho T")
    term = o * (v + u) / 2 - rho * v * g
    yield Step(
        "o (v+u)/2 - rho v g = u (o - rho g) + (v - u)(o/2 - rho g)",
        identity(term, u * (o - rho * g) + (v - u) * (o / 2 - rho * g)),
    )
    lost = (rho * g - o / 2).subs({rho: 2 + r, g: o / 3 + h})
    yield Step("o/2 - rho g <= 0 for rho >= 2, g >= o/3", nonnegative(lost))
    yield Step("v - u = (a/2)(1 - theta) >= 0 for theta in [0, 1]", nonnegative_between(1 - theta, theta, 0, 1))
    yield Step("2 v d - rho v d <= 0 for rho >= 2", nonnegative((2 + r) * v * d - 2 * v * d))
    square = c * (kappa * T / 2 - U / c) ** 2
    yield Step(
        "kappa T U - U^2/c <= c kappa^2 T^2/4, by a square",
        identity(c * kappa**2 * T**2 / 4 - (kappa * T * U - U**2 / c), square),
    )
    total = V**2 / c + c * kappa**2 * (V / M) ** 2 / 4 - rho * V**2 / (2 * M)
    condition = (V**2 / M) * (M / c + c * kappa**2 / (4 * M) - rho / 2)
    yield Step(
        "V^2/c + c kappa^2 T^2/4 - rho V^2/(2M) = (V^2/M)(1/gamma + gamma kappa^2/4 - rho/2)",
        identity(total, condition),
    )


PREFIX_DOMINATION = prove(
    Lemma(
        id="prefix-domination",
        statement="F <= rho G for every prefix, when rho >= 2 and rho/2 >= 1/gamma + gamma kappa_up^2/4",
        argument="Subtract rho times priced-completion (g in the tail, d outside) from tail-volume. Outside the tail "
        "the terms are (2 - rho) v d <= 0; in it at most u (o - rho g) <= u T kappa, in all kappa T U. "
        "Complete the square in U.",
        rows=rows,
        algebra=algebra,
        uses=("tail-volume", "priced-completion", "kappa"),
    )
)

"""The volume-weighted completions of a prefix of any feasible schedule, from below, by a falling price of memory."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, nonnegative_between, symbols
from proofs.trial import Trial


def least_offset(output: int, T: Fraction) -> Fraction:
    """Return g(o): o/3 up to T, o - T + T^3/(3 o^2) beyond."""
    if output <= T:
        return Fraction(output, 3)
    return output - T + T**3 / (3 * output**2)


def rows(trial: Trial) -> Iterator[Row]:
    """Yield V^2/(2M) + sum v max(d, g(o)) <= G for each prefix and each feasible schedule."""
    starts = [trial.starts(schedule) for schedule in trial.schedules]
    weighted = [0] * len(starts)
    for m in range(1, len(trial.v) + 1):
        volume = trial.prefix_volume[m]
        T = Fraction(volume, trial.memory)
        bound = volume * T / 2
        for j in range(m):
            bound += max(Fraction(trial.d12[j], 12), trial.v[j] * least_offset(trial.o[j], T))
        for number, start in enumerate(starts):
            weighted[number] += trial.v[m - 1] * (start[m - 1] + trial.o[m - 1])
            yield Row(f"schedule {number}, prefix {m}", bound, weighted[number])


def algebra() -> Iterator[Step]:
    """Yield the price's value, and the offset that a request keeps when it starts at 0."""
    import sympy

    s, o, T, t, y, V, M, L, f, z = symbols("s o T t y V M L f z")
    yield Step("V T - M T^2/2 = V^2/(2M) at T = V/M", identity((V * T - M * T**2 / 2).subs(T, V / M), V**2 / (2 * M)))
    yield Step("o <= T: d >= (2o+1)/6 >= o/3", nonnegative((2 * o + 1) / 6 - o / 3))
    prompt = sympy.integrate(s * (T - t), (t, 0, T)) - s * o * T**3 / (3 * o**2)
    yield Step("o > T, prompt: integral of s (T - t) >= s o T^3/(3 o^2)", nonnegative(prompt.subs(o, T + y)))
    whole = sympy.integrate((1 - y) * (L - y), (y, 0, 1)) - sympy.integrate(L - y, (y, 0, 1)) / 2
    yield Step("whole steps: integral of (1 - y)(L - y) >= half of L - y", nonnegative(whole))
    part = sympy.integrate((1 - y) * (f - y), (y, 0, f)) - sympy.integrate(f - y, (y, 0, f)) / 2
    yield Step("the last part of a step, f <= 1: the same", nonnegative_between(sympy.expand(part), f, 0, 1))
    rising = sympy.integrate(t * (T - t), (t, 0, T)) + sympy.integrate(T - t, (t, 0, T)) / 2
    output = rising - (o**2 + o) / 2 * T**3 / (3 * o**2)
    yield Step(
        "o > T, outputs: integral of ceil(t)(T - t) >= (o^2+o)/2 T^3/(3 o^2)", nonnegative(output.subs(o, T + y))
    )
    beyond = (o - T + T**3 / (3 * o**2) - o / 3).subs(T, z * o)
    yield Step("g - o/3 = (o/3)(2 - 3z + z^3) for T = z o", identity(beyond, o / 3 * (2 - 3 * z + z**3)))
    yield Step("g >= o/3 beyond T: 1 - z + z^3/3 >= 1/3 on [0, 1]", nonnegative_between(2 - 3 * z + z**3, z, 0, 1))


PRICED_COMPLETION = prove(
    Lemma(
        id="priced-completion",
        statement="G = sum v_j C_j >= V^2/(2M) + sum v_j max(d_j, g(o_j)), for every prefix of a feasible schedule",
        argument="Charge (T - t)^+ per token-step at time t, T = V/M. All requests together are charged at most "
        "M T^2/2. It remains that v C - v T + (its charge) >= v max(d, g): with d since (T - t)^+ >= T - t; with g, a "
        "later start only raises the left side (by v less the volume held before T), and from a start at 0 it is v d "
        "when o <= T, and otherwise v (o - T) plus the charge, s + ceil(t) tokens at time t.",
        rows=rows,
        algebra=algebra,
        uses=("centroid-offset", "busy-time"),
    )
)

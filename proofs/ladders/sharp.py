"""The ladder of svf-burst-sharp: prefix sums weighted by volume, put together again by Abel's summation."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from cr_toolkit.model import Schedule
from proofs.ladder import Rung, exact_sum
from proofs.lemmas.priced_completion import least_offset
from proofs.sharp_root import kappa_above
from proofs.trial import Trial

TAIL_LIMIT = 2_000_000
"""Most (prefix, request of its tail) pairs that are looked at; beyond, the proof is not read on the run."""

LONG_LIMIT = 50_000
"""Most such pairs with an output beyond T = V/M, each of which takes a fraction of its own."""

FORMULAS = (
    ("rectangle-moment", "sum w_m [(A^2 - X^2)/(4c) + sum_J p x^2/4 + sum e_j W_j + sum (v - a/4) o]"),
    ("weighted-completion", "the same with W for W_j"),
    ("rectangles", "sum w_m [(V^2 - (E + X/2)^2)/c + sum_J p x^2/4 + sum (v - a/4) o]"),
    ("tail-volume", "sum w_m [(V^2 - U^2)/c + sum_J o (v + u)/2 + sum_notJ 2 v d]"),
    ("kappa", "the same with rho g + T kappa for the o next to u in J"),
    ("prefix-domination", "rho sum w_m [V^2/(2M) + sum_J v g + sum_notJ v d]"),
    ("priced-completion", "rho TEL'"),
)


@dataclass
class _Sums:
    """Sums over a prefix and over what lies outside its tail."""

    area: int = 0
    # 4 sum (v - a/4) o and 2 sum e_j W_j.
    plain: int = 0
    halves_waited: int = 0
    outside12: int = 0


def svf_burst_sharp(trial: Trial, schedule: Schedule) -> tuple[Rung, ...] | None:
    """Return the rungs of svf-burst-sharp, or None beyond ``TAIL_LIMIT``."""
    terms: tuple[list[Fraction], ...] = tuple([] for _ in FORMULAS[:-1])
    sums = _Sums()
    tail: list[int] = []
    looked = long = 0
    n = len(trial.v)
    for j in range(n):
        v, a, o, start = trial.v[j], trial.a[j], trial.o[j], trial.W[j]
        sums.area += a
        sums.plain += (4 * v - a) * o
        sums.halves_waited += (2 * v - a) * start
        running = [i for i in (*tail, j) if trial.W[i] + trial.o[i] > start]
        sums.outside12 += sum(trial.d12[i] for i in set(tail).difference(running))
        tail = running
        weight = Fraction(1, v) - (Fraction(1, trial.v[j + 1]) if j + 1 < n else 0)
        if not weight:
            continue
        looked += len(tail)
        long += sum(trial.o[i] * trial.memory > trial.prefix_volume[j + 1] for i in tail)
        if looked > TAIL_LIMIT or long > LONG_LIMIT:
            return None
        for collected, value in zip(terms, _prefix(trial, sums, tail, j), strict=True):
            collected.append(weight * value)
    values = [exact_sum(collected) for collected in terms]
    values.append(trial.rho * trial.cost(schedule))
    return tuple(Rung(lemma, formula, value) for (lemma, formula), value in zip(FORMULAS, values, strict=True))


def _prefix(trial: Trial, sums: _Sums, tail: list[int], last: int) -> tuple[Fraction, ...]:
    """Return what each rung puts in the place of F, for the prefix that ends with request ``last``."""
    M, c, rho = trial.memory, trial.clearance, trial.rho
    V, W, A = trial.prefix_volume[last + 1], trial.W[last], sums.area
    left = {i: trial.W[i] + trial.o[i] - W for i in tail}
    X = sum(trial.p[i] * x for i, x in left.items())
    moment = sum(trial.p[i] * x * x for i, x in left.items())
    half_E = 2 * V - A
    base = Fraction(A * A - X * X + c * (moment + sums.plain), 4 * c)
    T = Fraction(V, M)
    twice_u = {i: 2 * trial.v[i] - trial.a[i] + trial.p[i] * x for i, x in left.items()}
    U = Fraction(sum(twice_u.values()), 2)
    inside = Fraction(sum(trial.o[i] * (2 * trial.v[i] + u) for i, u in twice_u.items()), 4)
    outside = Fraction(sums.outside12, 12)
    volume = (V * V - U * U) / c + inside + 2 * outside
    # g = o/3 up to T: integers, summed before they are divided.
    long = [i for i in tail if trial.o[i] * M > V]
    short = [i for i in tail if trial.o[i] * M <= V]
    offset = {i: least_offset(trial.o[i], T) for i in long}
    priced_u = exact_sum(twice_u[i] * offset[i] for i in long) + Fraction(
        sum(twice_u[i] * trial.o[i] for i in short), 3
    )
    priced_v = exact_sum(trial.v[i] * offset[i] for i in long) + Fraction(
        sum(trial.v[i] * trial.o[i] for i in short), 3
    )
    left_u = sum(u * trial.o[i] for i, u in twice_u.items()) - rho * priced_u
    spare = U * T * kappa_above(rho) - left_u / 2
    return (
        base + Fraction(sums.halves_waited, 2),
        base + Fraction(half_E * W, 2),
        base + Fraction(half_E * (A - X), 2 * c),
        volume,
        volume + spare,
        rho * (V * T / 2 + priced_v + outside),
    )

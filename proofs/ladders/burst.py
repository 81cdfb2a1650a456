"""Ladders of the proofs that bound waiting by volumes served before: svf-burst and what follows its pattern."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from cr_toolkit.model import Schedule
from proofs.exact import sqrt_above
from proofs.ladder import Rung, exact_sum
from proofs.one_bit import domination_factor
from proofs.trial import Trial


def svf_burst(trial: Trial, schedule: Schedule) -> tuple[Rung, ...]:
    """Return the rungs of svf-burst; needs P < M."""
    M, c = trial.memory, trial.clearance
    factor = Fraction(2 * M, c)
    other = trial.cost(schedule)
    return (
        *_waiting(trial),
        Rung("svf-burst", "sum o + (2/c) sum V_j", trial.total_output + Fraction(2 * sum(trial.prefix_volume), c)),
        Rung("volume-bound", "sum o + (2M/c) TEL'", trial.total_output + factor * other),
        Rung("output-bound", "(1 + 2M/c) TEL'", (1 + factor) * other),
        Rung("svf-burst", "(1 + 2M/(M - P)) TEL'", (1 + Fraction(2 * M, c - 1)) * other),
    )


def svf_burst_half(trial: Trial, schedule: Schedule) -> tuple[Rung, ...]:
    """Return the rungs of svf-burst-half."""
    last = Rung("svf-burst-half", "5 TEL'", Fraction(5 * trial.cost(schedule)))
    return (*svf_burst(trial, schedule), last)


def svf_burst_centroid(trial: Trial, schedule: Schedule) -> tuple[Rung, ...]:
    """Return the rungs of svf-burst-centroid."""
    M, other, outputs = trial.memory, trial.cost(schedule), trial.total_output
    inverse = Fraction(M, trial.clearance)
    bound = max(1 + 4 * inverse / 3, 2 * inverse)
    rest = 2 * inverse
    # rho lam, the weight of sum o; rho (1 - lam) = 2/gamma is the weight of the other bound on OPT.
    share = bound - rest
    before = Fraction(sum(trial.prefix_volume[:-1]), M)
    return (
        *_waiting(trial),
        Rung("svf-burst-centroid", "sum o + (2/c) sum V_{j-1}", outputs + rest * before),
        Rung(
            "svf-burst-centroid",
            "rho [lam sum o + (1 - lam)(sum o/3 + sum V_{j-1}/M)]",
            share * outputs + rest * (Fraction(outputs, 3) + before),
        ),
        Rung("centroid-offset", "the same with d_j + v_j/(2M) for o_j/3", share * outputs + rest * mean_busy(trial)),
        Rung("output-bound", "rho lam TEL' + the rest", share * other + rest * mean_busy(trial)),
        Rung("mean-busy-time", "rho TEL'", bound * other),
    )


def svf_burst_lookahead(trial: Trial, schedule: Schedule) -> tuple[Rung, ...]:
    """Return the rungs of svf-burst-lookahead; needs the lookahead rule and alpha <= 1/2."""
    if trial.share is None:
        raise ValueError("the theorem needs the lookahead rule and alpha <= 1/2")
    weight = 3 / (4 * (1 - trial.share)) + 1 / (8 * trial.share)
    total = sum(trial.prefix_volume[:-1])
    waiting = 2 * (weight * total + (weight - 1) * trial.prefix_volume[-1]) / trial.memory
    bound = 2 * weight
    return (
        Rung(
            "waiting-lookahead",
            "sum o + (2/M) sum [(Z + lam) V_{j-1} + (Z + lam - 1) v_j]",
            trial.total_output + waiting,
        ),
        Rung("svf-burst-lookahead", "rho [sum d_j + sum (V_{j-1} + v_j/2)/M]", bound * mean_busy(trial)),
        Rung("mean-busy-time", "rho TEL'", bound * trial.cost(schedule)),
    )


def svf1_burst(trial: Trial, schedule: Schedule) -> tuple[Rung, ...]:
    """Return the rungs of svf1-burst; needs the worst-case choice."""
    M, c, outputs, other = trial.memory, trial.clearance, trial.total_output, trial.cost(schedule)
    factor = domination_factor(max(trial.o))
    before = sum(trial.sorted_prefix_volume[:-1])
    met = _order_factor(trial.v)
    return (
        *_waiting(trial),
        Rung("svf1-burst", "sum o + (2/c) sum V_{j-1}", outputs + Fraction(2 * sum(trial.prefix_volume[:-1]), c)),
        Rung(
            "list-order", "the same ascending, times max v_i/v_j, i before j", outputs + met * Fraction(2 * before, c)
        ),
        Rung("proxy-domination", "sum o + (2K/c) sum V_{j-1}, ascending", outputs + Fraction(2 * factor * before, c)),
        Rung(
            "svf1-burst",
            "sum o + (2K/c) sum V_j, ascending",
            outputs + Fraction(2 * factor * sum(trial.sorted_prefix_volume), c),
        ),
        Rung("volume-bound", "sum o + (2KM/c) TEL'", outputs + Fraction(2 * factor * M * other, c)),
        Rung("output-bound", "(1 + 2KM/c) TEL'", (1 + Fraction(2 * factor * M, c)) * other),
    )


def svf1_burst_root(trial: Trial, schedule: Schedule) -> tuple[Rung, ...]:
    """Return the rungs of svf1-burst-root; needs the worst-case choice. Roots are rounded up to a rational."""
    c, outputs = trial.clearance, trial.total_output
    root = sqrt_above(Fraction(domination_factor(max(trial.o))))
    met = sqrt_above(_order_factor(trial.v))
    total = trial.sorted_prefix_volume[-1]
    twice = 2 * sum(trial.sorted_prefix_volume[:-1]) + total
    q = 4 * root * trial.memory / c
    return (
        *_waiting(trial),
        Rung("svf1-burst-root", "sum o + (2/c) sum V_{j-1}", outputs + Fraction(2 * sum(trial.prefix_volume[:-1]), c)),
        Rung(
            "list-order-root",
            "sum o + (2/c) [r (2H + V) - V], r^2 = max v_i/v_j, i before j",
            outputs + 2 * (met * twice - total) / c,
        ),
        Rung("proxy-domination", "the same with r^2 = K", outputs + 2 * (root * twice - total) / c),
        Rung(
            "svf1-burst-root",
            "q [sum o/3 + (H + V/2)/M], q = 4 r M/c",
            q * (Fraction(outputs, 3) + Fraction(twice, 2 * trial.memory)),
        ),
        Rung("centroid-offset", "q [sum d + (H + V/2)/M]", q * mean_busy(trial)),
        Rung("mean-busy-time", "q TEL'", q * trial.cost(schedule)),
    )


def mean_busy(trial: Trial) -> Fraction:
    """Return sum d_j + (1/M) sum (V_{j-1} + v_j/2), volumes ascending: the mean-busy-time bound on OPT (steps)."""
    offsets = exact_sum(Fraction(d, 12 * v) for d, v in zip(trial.d12, trial.v, strict=True))
    ascending = trial.sorted_prefix_volume
    return offsets + Fraction(2 * sum(ascending[:-1]) + ascending[-1], 2 * trial.memory)


def _waiting(trial: Trial) -> Sequence[Rung]:
    """Return cost <= sum o + what the waiting lemma gives, in rectangles and in volumes."""
    rectangles = outputs = 0
    sums = [0, 0]
    for a, o in zip(trial.a, trial.o, strict=True):
        sums[0] += rectangles
        sums[1] += outputs
        rectangles += a
        outputs += o
    volumes = 2 * sum(trial.prefix_volume[:-1]) - sums[1]
    return (
        Rung("waiting", "sum o + (1/c) sum over i < j of a_i", outputs + Fraction(sums[0], trial.clearance)),
        Rung("peak-rectangle", "the same with 2 v_i - o_i for a_i", outputs + Fraction(volumes, trial.clearance)),
    )


def _order_factor(volumes: Sequence[int]) -> Fraction:
    largest, factor = 0, Fraction(1)
    for volume in volumes:
        largest = max(largest, volume)
        factor = max(factor, Fraction(largest, volume))
    return factor

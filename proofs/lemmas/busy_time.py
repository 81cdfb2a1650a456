"""A bathtub: memory used early is limited by M."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield V_m^2 <= 2 M sum over j <= m of v_j B_j for each feasible schedule and each prefix."""
    for number, schedule in enumerate(trial.schedules):
        moment = 0
        for j, start in enumerate(trial.starts(schedule)):
            # Both sides times 6, so that 12 v B = 12 v (C - d) is an integer.
            moment += 12 * trial.v[j] * (start + trial.o[j]) - trial.d12[j]
            volume = trial.prefix_volume[j + 1]
            yield Row(f"schedule {number}, prefix {j + 1}", 6 * volume**2, trial.memory * moment)


def algebra() -> Iterator[Step]:
    """Yield the pointwise bound on t m, before and after T, and its integral."""
    import sympy

    V, M, m, T, t, left, free, late = symbols("V M m T t left free late")
    before = t * m - (T * m - (T - t) * M)
    yield Step("t m - [T m - (T - t) M] = (T - t)(M - m)", identity(before, (T - t) * (M - m)))
    yield Step("that is >= 0 for t <= T, m <= M", nonnegative(before.subs({T: t + left, M: m + free})))
    yield Step("t m >= T m for t >= T", nonnegative((T + late) * m - T * m))
    yield Step(
        "integral of (T - t) M over [0, T] = M T^2/2", identity(sympy.integrate((T - t) * M, (t, 0, T)), M * T**2 / 2)
    )
    yield Step("V T - M T^2/2 = V^2/(2M) at T = V/M", identity((V * T - M * T**2 / 2).subs(T, V / M), V**2 / (2 * M)))


BUSY_TIME = prove(
    Lemma(
        id="busy-time",
        statement="sum over j in S of v_j B_j >= vol(S)^2 / (2M), for every set S of a feasible schedule",
        argument="sum v_j B_j is the integral of t m(t), m <= M the memory S holds. Before T, t m >= T m - (T - t) M; "
        "after T, t m >= T m. So the integral is at least V T - M T^2/2; take T = V/M.",
        rows=rows,
        algebra=algebra,
        uses=("centroid-offset",),
    )
)

"""How cheaply a comb can be served."""

from collections.abc import Iterator

from proofs.extremal import Comb, comb_of
from proofs.lemma import Lemma, Number, Row, Step, prove
from proofs.symbolic import identity, nonnegative, symbols
from proofs.trial import Trial


def packing_bound(comb: Comb) -> Number:
    """Return 2 (M - h) times the bound on the packing's cost (token-steps)."""
    h, v, spare = comb.height, comb.volume, comb.memory - comb.height
    teeth, N = comb.teeth * comb.rounds, comb.rounds
    started = teeth * (teeth - 1) * v + 2 * N * (teeth - 1) * v
    return started + 2 * spare * (teeth * h + N * h) + spare * N * (N + 1)


def rows(trial: Trial) -> Iterator[Row]:
    """Yield that the packing holds at most M in every step, and its cost."""
    instance = trial.run.instance
    comb = comb_of(instance)
    if comb is None or not trial.stepwise:
        return
    packing = comb.packing()
    held = [0] * (max(packing.start) + comb.height + 1)
    for request, start in zip(instance.requests, packing.start, strict=True):
        for age in range(1, request.output + 1):
            held[start + age] += request.prompt + age
    for step, load in enumerate(held):
        yield Row(f"step {step}", load, instance.memory)
    spare = comb.memory - comb.height
    yield Row("cost", 2 * spare * packing.total_latency(instance), packing_bound(comb))


def algebra() -> Iterator[Step]:
    """Yield the load of starts at rate R = (M - h)/v, and the cost; K = nN teeth."""
    import sympy

    h, R, M, K, N, less = symbols("h R M K N less")
    age = sympy.Symbol("age", integer=True, positive=True)
    k = sympy.Symbol("k", integer=True, nonnegative=True)
    load = sympy.summation(R * (h - age + 1) + 1, (age, 1, h))
    yield Step("sum over ages of R (h - age + 1) + 1 = R h (h+1)/2 + h", identity(load, R * h * (h + 1) / 2 + h))
    yield Step("R v + h = M", identity((R * h * (h + 1) / 2 + h).subs(R, (M - h) / (h * (h + 1) / 2)), M))
    teeth = sympy.summation(k / R + h, (k, 0, K - 1))
    yield Step("teeth: sum of k/R + h = K (K - 1)/(2R) + K h", identity(teeth, K * (K - 1) / (2 * R) + K * h))
    wide = sympy.summation((K - 1) / R + h + k + 1, (k, 0, N - 1))
    yield Step(
        "wide: sum of (K - 1)/R + h + i + 1 = N ((K - 1)/R + h) + N (N + 1)/2",
        identity(wide, N * ((K - 1) / R + h) + N * (N + 1) / 2),
    )
    yield Step("rounding a start down never costs more", nonnegative(k + less - k))


COMB_PACKING = prove(
    Lemma(
        id="comb-packing",
        statement="a comb has a feasible schedule of cost <= K (K-1)/(2R) + K h + N ((K-1)/R + h) + N (N+1)/2, "
        "K = n N teeth, R = (M - h)/v",
        argument="Start tooth k = 0, 1, ... at floor(k/R). Any w steps in a row see at most R w + 1 starts. A tooth "
        "holds as many tokens as its age, so the load is the sum over ages of the number of teeth at least that old, "
        "at most R v + h = M. When the last tooth is done the wide requests follow, one per step.",
        rows=rows,
        algebra=algebra,
    )
)

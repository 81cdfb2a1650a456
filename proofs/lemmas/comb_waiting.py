"""What the comb costs a policy that reserves peaks."""

from collections.abc import Iterator

from cr_toolkit.policies import Admission
from proofs.extremal import Comb, comb_of
from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, symbols
from proofs.trial import Trial


def waiting_bound(comb: Comb) -> int:
    """Return twice the bound on the policy's cost (steps)."""
    return (comb.teeth + 1) * comb.height * comb.rounds * (comb.rounds + 1)


def rows(trial: Trial) -> Iterator[Row]:
    """Yield (r + 1) h <= start of the wide request of round r = 0, 1, ..., and what that adds up to."""
    comb = comb_of(trial.run.instance)
    if comb is None or trial.run.admission is not Admission.PEAK:
        return
    for r in range(comb.rounds):
        yield Row(f"round {r}", (r + 1) * comb.height, trial.W[(r + 1) * (comb.teeth + 1) - 1])
    yield Row("cost", waiting_bound(comb), 2 * trial.run.cost)


def algebra() -> Iterator[Step]:
    """Yield that a wide request does not fit beside n teeth, and the sum over the rounds."""
    import sympy

    v, n, h, N = symbols("v n h N")
    r = sympy.Symbol("r", integer=True, nonnegative=True)
    yield Step("n h + v = M + 1 for M = v + n h - 1", identity(n * h + v, (v + n * h - 1) + 1))
    total = sympy.summation(n * (r * h + h) + (r + 1) * h, (r, 0, N - 1))
    yield Step("sum of n (r h + h) + (r + 1) h = (n + 1) h N (N + 1)/2", identity(total, (n + 1) * h * N * (N + 1) / 2))


COMB_WAITING = prove(
    Lemma(
        id="comb-waiting",
        statement="on a comb, peak rule: the wide request of round r starts at (r + 1) h or later, so "
        "TEL(SVF) >= (n + 1) h N (N + 1)/2",
        argument="All volumes are equal, so SVF serves the list as it is. When the wide request of round r starts, all "
        "n teeth of its round have started and at most n - 1 of them run, so one has completed: at least h steps have "
        "passed since the wide request of the round before started. The teeth of round r start no earlier than that "
        "one either, and take h steps.",
        rows=rows,
        algebra=algebra,
    )
)

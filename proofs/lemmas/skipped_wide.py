"""What letting requests pass a blocked head costs."""

from collections.abc import Iterator
from typing import Any

from cr_toolkit.policies import Admission, Queue
from proofs.extremal import skipped_wide_of
from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, nonnegative, symbols, volume
from proofs.trial import Trial


def least_cost(q: Any, w: Any) -> Any:
    """Return what the policy pays at least (steps)."""
    return (w - 1) * (q + 1) + 1 + 2 * q


def twice_possible_cost(q: Any, w: Any) -> Any:
    """Return twice the cost of running the wide requests first (steps)."""
    return w * (w + 1) + 4 * (w + q)


def rows(trial: Trial) -> Iterator[Row]:
    """Yield q <= start of each wide request but the first, and the cost; and what running them first costs."""
    run = trial.run
    found = skipped_wide_of(run.instance)
    if found is None or run.queue is not Queue.SKIPPING or run.admission is not Admission.LOOKAHEAD:
        return
    q, w = found.quarter, found.wide
    for number in range(1, w):
        yield Row(f"wide request {number + 1}", q, run.schedule.start[number])
    yield Row("cost", least_cost(q, w), run.cost)
    other = found.wide_first()
    yield Row("wide first: feasible", int(not other.is_feasible(run.instance)), 0)
    yield Row("wide first: cost", 2 * other.total_latency(run.instance), twice_possible_cost(q, w))


def algebra() -> Iterator[Step]:
    """Yield who fits beside whom; M = 4q."""
    import sympy

    q, k, more = symbols("q k more")
    M = 4 * q
    yield Step("step 1: a wide request and both long ones hold M - 1", identity((2 * q + 1) + 2 * (q - 1), M - 1))
    yield Step("two wide ones hold M + 2", identity(2 * (2 * q + 1), M + 2))
    yield Step("both long ones peak at M - 4", identity(2 * (2 * q - 2), M - 4))
    late = (2 * q + 1) + 2 * (q - 2 + k + 1) - M
    yield Step("a wide request at k >= 1 beside both: 2k - 1 too many", identity(late, 2 * k - 1))
    yield Step("2k - 1 > 0 for k >= 1", nonnegative((2 * k - 1).subs(k, 1 + more) - 1))
    volumes = volume(q - 2, q) - volume(2 * q, sympy.Integer(1))
    yield Step("a long volume is at least a wide one for q >= 3", nonnegative(volumes.subs(q, 3 + more)))


SKIPPED_WIDE = prove(
    Lemma(
        id="skipped-wide",
        statement="(2q, 1) x w, (q - 2, q) x 2 at M = 4q, lookahead and skipping: TEL(SVF) >= "
        "(w - 1)(q + 1) + 1 + 2q, while w (w + 1)/2 + 2 (w + q) is possible",
        argument="The wide requests come first. One starts at 0; the next does not fit and both long ones pass it. "
        "Until they complete, at q, no wide request fits beside them. Running all wide ones first delays only two.",
        rows=rows,
        algebra=algebra,
    )
)

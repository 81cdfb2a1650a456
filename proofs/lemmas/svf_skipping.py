"""Conclusion of ``svf-skipping``."""

from collections.abc import Iterator

from cr_toolkit.policies import Admission, Queue
from proofs.extremal import skipped_wide_of
from proofs.lemma import Lemma, Row, Step, prove
from proofs.lemmas.skipped_wide import least_cost, twice_possible_cost
from proofs.symbolic import identity, limit_at_infinity, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield the ratio that skipped-wide promises <= the ratio of the run to running the wide requests first."""
    run = trial.run
    found = skipped_wide_of(run.instance)
    if found is None or run.queue is not Queue.SKIPPING or run.admission is not Admission.LOOKAHEAD:
        return
    q, w = found.quarter, found.wide
    other = found.wide_first().total_latency(run.instance)
    yield Row("ratio", 2 * least_cost(q, w) * other, run.cost * twice_possible_cost(q, w))


def algebra() -> Iterator[Step]:
    """Yield the quotient's growth for w = sqrt M, M = 4q, and the share."""
    import sympy

    w, q = symbols("w q")
    quotient = (2 * least_cost(q, w) / twice_possible_cost(q, w)).subs(q, w**2 / 4)
    limit = limit_at_infinity(quotient / w, w)
    yield Step("w = sqrt M: the ratio over sqrt M tends to 1/4", identity(limit, sympy.Rational(1, 4)))
    share = limit_at_infinity((2 * q + 1) / (4 * q), q)
    yield Step("the share (M/2 + 1)/M tends to 1/2", identity(share, sympy.Rational(1, 2)))


SVF_SKIPPING = prove(
    Lemma(
        id="svf-skipping",
        statement="the ratio of SVF with lookahead and skipping grows like sqrt(M)/4, at shares that tend to 1/2 "
        "from above",
        argument="Take w = sqrt M wide requests in skipped-wide.",
        rows=rows,
        algebra=algebra,
        uses=("skipped-wide",),
    )
)

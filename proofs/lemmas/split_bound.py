"""The split bound on OPT: short requests by mean busy time, long ones by their outputs."""

from collections.abc import Iterator
from fractions import Fraction

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield [mean busy time of {o <= tau}] + sum of o over {o > tau} <= TEL, for each tau and schedule."""
    if not trial.by_volume:
        return
    for tau in sorted(set(trial.o)):
        bound = Fraction(0)
        volume = 0
        for v, o, d12 in zip(trial.v, trial.o, trial.d12, strict=True):
            if o > tau:
                bound += o
                continue
            bound += Fraction(d12, 12 * v) + Fraction(2 * volume + v, 2 * trial.memory)
            volume += v
        for number, schedule in enumerate(trial.schedules):
            yield Row(f"tau {tau}, schedule {number}", bound, trial.cost(schedule))


def algebra() -> Iterator[Step]:
    """Yield that the parts add up."""
    short, long, more, extra = symbols("short long more extra")
    total = (short + more) + (long + extra)
    yield Step("TEL >= short part + long part", nonnegative(total - (short + long)))


SPLIT_BOUND = prove(
    Lemma(
        id="split-bound",
        statement="OPT >= [mean-busy-time of {o <= tau}] + sum over {o > tau} of o, for every tau",
        argument="A feasible schedule restricted to {o <= tau} is feasible for it; the others complete at o or later.",
        rows=rows,
        algebra=algebra,
        uses=("mean-busy-time", "output-bound"),
    )
)

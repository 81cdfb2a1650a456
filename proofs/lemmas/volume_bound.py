"""The volume bound on OPT (arXiv 2606.22327, Proposition 3.1), from the mean-busy-time bound."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import nonnegative, symbols, volume, volume_offset
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield sum V_j <= M TEL for each feasible schedule, and v_j^2 <= 2 M v_j d_j for each request."""
    if not trial.by_volume:
        return
    for number, schedule in enumerate(trial.schedules):
        yield Row(f"schedule {number}", sum(trial.prefix_volume), trial.memory * trial.cost(schedule))
    for j, (v, d12) in enumerate(zip(trial.v, trial.d12, strict=True)):
        yield Row(f"request {j + 1}", 6 * v * v, trial.memory * d12)


def algebra() -> Iterator[Step]:
    """Yield v/(2M) <= d, for o >= 1 and M >= s + o."""
    s, o, w, room = symbols("s o w room")
    gap = 2 * (s + o + room) * volume_offset(s, o) - volume(s, o) ** 2
    yield Step("2 M v d - v^2 >= 0 for o >= 1, M >= s + o", nonnegative(gap.subs(o, 1 + w)))


VOLUME_BOUND = prove(
    Lemma(
        id="volume-bound",
        statement="M OPT >= sum V_j, volumes ascending",
        argument="The mean-busy-time bound is at least this one, term by term, because v_j/(2M) <= d_j.",
        rows=rows,
        algebra=algebra,
        uses=("mean-busy-time", "centroid-offset"),
    )
)

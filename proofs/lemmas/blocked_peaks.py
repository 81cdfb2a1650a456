"""What blocks a head: the running peaks leave less than its peak free."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import nonnegative, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield c <= sum of the running peaks at every time before the last start at which that sum changes."""
    starts, ends = trial.W, [w + o for w, o in zip(trial.W, trial.o, strict=True)]
    last = max(starts)
    for time in sorted({0, *starts, *ends}):
        if time >= last:
            break
        running = sum(peak for peak, begin, end in zip(trial.p, starts, ends, strict=True) if begin <= time < end)
        yield Row(f"time {time}", trial.clearance, running)


def algebra() -> Iterator[Step]:
    """Yield both steps: what the admission rule implies, and that the head's peak is at most P."""
    M, p, more = symbols("M p more")
    P = p + more
    yield Step("(M + 1 - p) - (M - P + 1) >= 0 for p <= P", nonnegative((M + 1 - p) - (M - P + 1)))
    s, k, rest = symbols("s k rest")
    yield Step("s + k <= s + o for k <= o", nonnegative((s + k + rest) - (s + k)))


BLOCKED_PEAKS = prove(
    Lemma(
        id="blocked-peaks",
        statement="sum of p over the requests running at time t >= c, for every integer t before the last start",
        argument="Some head waits at t. If its peak and the running peaks summed to at most M, no future step could "
        "overflow, since a request never holds more than its peak, and both admission rules would let it in. "
        "So the running peaks sum to at least M + 1 - p >= M - P + 1 = c.",
        rows=rows,
        algebra=algebra,
    )
)

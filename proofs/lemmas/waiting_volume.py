"""How long a request waits, in volumes."""

from collections.abc import Iterator

from proofs.lemma import Lemma, Row, Step, prove
from proofs.symbolic import identity, symbols
from proofs.trial import Trial


def rows(trial: Trial) -> Iterator[Row]:
    """Yield c W_j <= 2 V_{j-1} - sum of o_i over the requests before j."""
    outputs = 0
    for j, start in enumerate(trial.W):
        yield Row(f"request {j + 1}", trial.clearance * start, 2 * trial.prefix_volume[j] - outputs)
        outputs += trial.o[j]


def algebra() -> Iterator[Step]:
    """Yield that the claimed sum grows by at least a_j from one request to the next."""
    V, v, o, S = symbols("V v o S")
    grown = (2 * (V + v) - (S + o)) - (2 * V - S)
    yield Step("[2 V_j - sum o] - [2 V_{j-1} - sum o] = 2 v_j - o_j", identity(grown, 2 * v - o))


WAITING_VOLUME = prove(
    Lemma(
        id="waiting-volume",
        statement="c W_j <= 2 V_{j-1} - sum over i < j of o_i",
        argument="Put a_i <= 2 v_i - o_i into the waiting lemma and sum.",
        rows=rows,
        algebra=algebra,
        uses=("waiting", "peak-rectangle"),
    )
)

"""A theorem as plain values: what the command and the documentation print."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from proofs.theorem import Theorem

TABLE_SHARES = tuple(Fraction(1, q) if q else Fraction(0) for q in (0, 16, 8, 4, 3, 2))
"""The memory shares of every table of bounds."""


@dataclass(frozen=True)
class Description:
    """A theorem's fields as text, and its bound at ``TABLE_SHARES``.

    Attributes:
        hypotheses: the names of its premises, those on traffic, admission and queue included.
        values: (alpha, bound for all instances of share at most alpha, or None outside the theorem's range).
    """

    id: str
    statement: str
    policy: str
    information: str
    traffic: str
    admission: tuple[str, ...]
    queue: tuple[str, ...]
    hypotheses: tuple[str, ...]
    formula: str
    kind: str
    status: str
    source: str
    version: str
    proof: str | None
    values: tuple[tuple[Fraction, Fraction | None], ...]


def describe(theorem: Theorem, shares: tuple[Fraction, ...] = TABLE_SHARES) -> Description:
    """Return what there is to say about ``theorem``, with its bound at each of ``shares``."""
    rules = tuple(rule.value for rule in theorem.admission)
    queues = tuple(queue.value for queue in theorem.queue)
    return Description(
        id=theorem.id,
        statement=theorem.statement,
        policy=theorem.policy,
        information=theorem.information.value,
        traffic=theorem.traffic.value,
        admission=rules,
        queue=queues,
        hypotheses=(
            f"{theorem.traffic.value} traffic",
            f"admission {' or '.join(rules)}",
            f"queue {' or '.join(queues)}",
            *(hypothesis.name for hypothesis in theorem.hypotheses),
        ),
        formula=theorem.formula,
        kind=theorem.kind.value,
        status=theorem.status.value,
        source=theorem.source,
        version=theorem.version,
        proof=theorem.proof,
        values=tuple((alpha, theorem.bound_at(alpha)) for alpha in shares),
    )

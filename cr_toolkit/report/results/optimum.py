"""Results of `solve`: the bracket, and the certificate file."""

from __future__ import annotations

from typing import Any, Literal

from cr_toolkit.model.formats import CostedSchedule, InstanceRecord, LowerBoundRecord, NonNegative
from cr_toolkit.report.results.base import Record, Steps


class OptimumResult(Record, frozen=True, tag_field="format", tag="crtool/optimum/1"):
    """``solve``: the bracket of OPT (steps), a schedule of cost ``upper`` and what a checker needs."""

    status: Literal["optimal", "bracketed"]
    lower: Steps
    upper: Steps
    start: tuple[NonNegative, ...]
    engine: str
    seconds: float
    certificate: dict[str, Any]


class CertificateFile(Record, frozen=True, tag_field="format", tag="crtool/certificate/1"):
    """``solve --certificate``: an instance, a schedule, a lower bound and what repeats its proof."""

    instance: InstanceRecord
    status: Literal["optimal", "bracketed"]
    upper: CostedSchedule
    lower: LowerBoundRecord
    digest: str

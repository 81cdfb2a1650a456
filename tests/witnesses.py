"""Witnesses for tests that need one but no search."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from adversaries.corpus import Kind, add
from adversaries.witness import build_witness
from cr_toolkit import Instance, simulate
from cr_toolkit.model.formats import LowerBoundRecord, WitnessRecord, write_witness
from cr_toolkit.policies import Policy
from lp_models.bounds import best_lower_bound


def make_witness(
    instance: Instance, policy: str | type[Policy] = "svf", better: str = "sjf", **rules: Any
) -> WitnessRecord:
    """Return the witness of ``policy`` against the schedule of the policy ``better``."""
    bound = best_lower_bound(instance)
    lower = LowerBoundRecord(bound.integer, bound.method, bound.certificate)
    return build_witness(instance, simulate(instance, policy, **rules), simulate(instance, better).schedule, lower, {})


def keep_witness(corpus: Path, instance: Instance) -> Path:
    """Keep the witness of SVF on ``instance`` among the worst of a corpus; return its file."""
    (kept,) = add(corpus, Kind.WORST, [make_witness(instance)])
    return kept.path


def save_witness(path: Path, instance: Instance, policy: str = "svf", better: str = "sjf", **rules: str) -> None:
    """Write the witness of ``make_witness``."""
    write_witness(path, make_witness(instance, policy, better, **rules))

"""JSON Schemas, made from the structs that read and write the formats, so that they cannot drift apart."""

from __future__ import annotations

import difflib
import json
from types import MappingProxyType
from typing import Any

import msgspec

from adversaries.campaigns.manifest import Manifest
from cr_toolkit.errors import InputError
from cr_toolkit.model import formats
from cr_toolkit.report.results import checking, optimum, poisson, proving, running, searching, taxonomy

SCHEMAS = MappingProxyType(
    {
        "instance": formats.InstanceRecord,
        "schedule": formats.ScheduleRecord,
        "witness": formats.WitnessRecord,
        "certificate": optimum.CertificateFile,
        "search": searching.SearchOutcome,
        "optimum": optimum.OptimumResult,
        "run": running.RunResult,
        "check": checking.CheckResult,
        "replay": running.ReplayResult,
        "gate": checking.GateResult,
        "theorems": proving.TheoremList,
        "theorem-check": proving.TheoremCheck,
        "theorem-attack": proving.TheoremAttack,
        "theorem-simulation": poisson.TheoremSimulation,
        "explain": proving.ExplainResult,
        "frontier": searching.FrontierResult,
        "universe": searching.UniverseResult,
        "shrink": searching.ShrinkResult,
        "lift": searching.LiftResult,
        "attack": searching.AttackResult,
        "corpus": searching.CorpusResult,
        "campaign": Manifest,
        "taxonomy": taxonomy.TaxonomyResult,
    }
)
"""The struct of each format, by the name that ``crtool schema`` knows."""


def json_schema(name: str) -> str:
    """Return the JSON Schema (draft 2020-12) of a format as indented text.

    Raises:
        InputError: if there is no such format.
    """
    if name not in SCHEMAS:
        near = difflib.get_close_matches(name, SCHEMAS, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(SCHEMAS)}"
        raise InputError(f"{name!r} is not known; {hint}", field="format")
    return json.dumps(_schema(SCHEMAS[name]), indent=2, ensure_ascii=False)


def _schema(record: type[Any]) -> dict[str, Any]:
    schema = msgspec.json.schema(record)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}

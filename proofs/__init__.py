"""Theorems as code: exact bounds, checkable premises, verdicts and proofs.

from proofs import theorems, verdict
theorems["svf-burst"].bound(instance)
verdict.judge(theorems["svf-burst"], instance, Setting("svf"), cost, lower, upper)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from proofs import verdict
    from proofs.description import Description, describe
    from proofs.theorem import THEOREMS, Setting, Theorem
    from proofs.theorem import THEOREMS as theorems  # noqa: N811
    from proofs.verdict import Judgement, Verdict, applicable, judge, judge_bound

__all__ = [
    "THEOREMS",
    "Description",
    "Judgement",
    "Setting",
    "Theorem",
    "Verdict",
    "applicable",
    "describe",
    "judge",
    "judge_bound",
    "theorems",
    "verdict",
]

_HOME = {
    "THEOREMS": "proofs.theorem",
    "Description": "proofs.description",
    "Judgement": "proofs.verdict",
    "Setting": "proofs.theorem",
    "Theorem": "proofs.theorem",
    "Verdict": "proofs.verdict",
    "applicable": "proofs.verdict",
    "describe": "proofs.description",
    "judge": "proofs.verdict",
    "judge_bound": "proofs.verdict",
}


def __getattr__(name: str) -> Any:
    # Nothing is imported before it is used: the command starts without the proofs.
    if name == "theorems":
        return import_module("proofs.theorem").THEOREMS
    if name == "verdict":
        return import_module("proofs.verdict")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)

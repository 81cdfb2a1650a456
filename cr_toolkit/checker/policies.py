"""The policies that are known by name: their parameters, what they require, and their runs."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from cr_toolkit.checker.batches import sorted_f_order
from cr_toolkit.checker.estimates import estimates, rerun_on_estimates
from cr_toolkit.checker.instance import Attempt, Instance
from cr_toolkit.checker.planning import gba_starts, sps_starts
from cr_toolkit.checker.reading import Rejected, choice, exactly, integer, record, text
from cr_toolkit.checker.rerun import priority_order, rerun
from cr_toolkit.checker.restarts import Rerun, a_min_run, gsa_run

_ORDERED = {
    "svf": (),
    "sjf": (),
    "fcfs": (),
    "total-size": (),
    "sorted-f": (),
    "svf-1bit": ("threshold", "short", "long"),
    "svf-predicted": ("error", "seed"),
}
"""Policies that give an order, which the admission rule and the queue turn into a run, and their parameters."""

_DECIDING = {
    "mc-sf": ("error", "seed"),
    "a-max": (),
    "sps": (),
    "gba": ("growth",),
    "gsa": ("slice", "growth"),
    "a-min": (),
}
"""Policies that decide by themselves when requests start."""

_OPTIONAL = {"a-max": ("upper",), "a-min": ("lower",)}
_BURST = ("sorted-f", "sps", "gba", "gsa")
_ONE_PROMPT = ("sps", "gba", "gsa")


def is_known(name: str) -> bool:
    """Return whether the policy called ``name`` is run again from its name and parameters alone."""
    return name in _ORDERED or name in _DECIDING


def run_again(instance: Instance, name: str, given: Any) -> Rerun:
    """Return the starts and the stopped attempts of the known policy ``name`` with the parameters ``given``.

    Raises:
        Rejected: if a parameter is missing or wrong, or the policy is not defined on the instance.
    """
    own = _ORDERED[name] if name in _ORDERED else _DECIDING[name]
    optional = _OPTIONAL.get(name, ())
    parameters = record(given, "policy.parameters", ("admission", "queue", *own), optional)
    admission, queue = rules(parameters)
    sizes = {
        key: integer(value, f"policy.parameters.{key}", 0 if key == "seed" else 1)
        for key, value in parameters.items()
        if key not in ("admission", "queue", "growth")
    }
    _require_premises(instance, name)
    if name in _ORDERED:
        order = sorted_f_order(instance) if name == "sorted-f" else priority_order(instance, name, sizes)
        return rerun(instance, order, admission, queue), []
    exactly(admission, "lookahead", "policy.parameters.admission")
    exactly(queue, "head-of-line", "policy.parameters.queue")
    return _decided(instance, name, sizes, parameters)


def _decided(instance: Instance, name: str, sizes: dict[str, int], parameters: dict[str, Any]) -> Rerun:
    no_stops: list[Attempt] = []
    match name:
        case "sps":
            return sps_starts(instance), no_stops
        case "gba":
            return gba_starts(instance, _growth(parameters["growth"])), no_stops
        case "gsa":
            return gsa_run(instance, sizes["slice"], _growth(parameters["growth"]))
        case "a-min":
            lower = sizes.get("lower")
            if lower is not None and lower > min(request.output for request in instance.requests):
                raise Rejected("policy.parameters.lower is above some output")
            return a_min_run(instance, lower)
        case _:
            return rerun_on_estimates(instance, estimates(instance, name, sizes)), no_stops


def rules(parameters: dict[str, Any]) -> tuple[str, str]:
    """Return the admission rule and the queue; raise Rejected if one is unknown."""
    admission = choice(parameters["admission"], "policy.parameters.admission", ("lookahead", "peak"))
    return admission, choice(parameters["queue"], "policy.parameters.queue", ("head-of-line", "skipping"))


def _growth(value: Any) -> Fraction:
    if type(value) is not int:
        written = text(value, "policy.parameters.growth")
        if not re.fullmatch(r"[0-9]{1,9}/[1-9][0-9]{0,8}", written):
            raise Rejected("policy.parameters.growth must be an integer or p/q")
        value = Fraction(written)
    if not Fraction(11, 10) <= value < 10**9:
        raise Rejected("policy.parameters.growth must be between 11/10 and 10^9")
    return Fraction(value)


def _require_premises(instance: Instance, name: str) -> None:
    requests = instance.requests
    if name in _BURST and any(request.arrival for request in requests):
        raise Rejected(f"the policy {name} needs a burst, and some request arrives after 0")
    if name in _ONE_PROMPT and len({request.prompt for request in requests}) > 1:
        raise Rejected(f"the policy {name} needs one common prompt")
    if name == "sps" and len({request.output for request in requests}) > 1:
        raise Rejected(f"the policy {name} needs one common output")

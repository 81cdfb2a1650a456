"""Tampering: whatever is changed in a witness so that it matters, the checker refuses it."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from cr_toolkit import Instance, simulate
from cr_toolkit.checker import bounds, check_data
from cr_toolkit.checker.instance import Instance as Own
from cr_toolkit.checker.instance import Request
from cr_toolkit.model.formats import instance_record, to_json
from cr_toolkit.simulation.reference import reference_starts
from tests.brute_force import brute_force_optimum

CASES = {
    "svf": ("outputs", "lookahead", "head-of-line", [(0, 0, 10), (0, 4, 3), (0, 3, 3)]),
    "sjf": ("volume", "peak", "head-of-line", [(1, 2, 4), (2, 0, 5), (2, 3, 2), (7, 1, 1)]),
    "fcfs": ("mean-busy-time", "lookahead", "skipping", [(1, 2, 4), (2, 0, 5), (2, 3, 2), (3, 1, 1)]),
    "svf-1bit": ("split", "peak", "skipping", [(1, 0, 6), (1, 1, 2), (2, 2, 2), (4, 4, 4), (9, 5, 1)]),
    "a-min": ("outputs", "lookahead", "head-of-line", [(0, 2, 4), (0, 2, 1), (0, 2, 8), (0, 2, 3), (0, 2, 1)]),
    "gsa": ("volume", "lookahead", "head-of-line", [(0, 2, 6), (0, 2, 1), (0, 2, 5)]),
    "widest-first": ("prices", "lookahead", "head-of-line", [(1, 0, 5), (1, 3, 2), (2, 0, 2), (3, 4, 1)]),
}
MEMORY = 11

Path = tuple[str | int, ...]


def bound_of(method: str, instance: Instance) -> tuple[int, dict[str, Any]]:
    """Return the strongest value that the checker lets pass, and its certificate."""
    certificate: dict[str, Any] = {}
    if method == "split":
        certificate = {"threshold": 2}
    elif method == "prices":
        certificate = {"scale": 64, "prices": [[step, max(0, 9 - step)] for step in range(1, 9)]}
    own = Own(instance.memory, [Request(r.arrival, r.prompt, r.output) for r in instance.requests])
    value = 1
    while True:
        try:
            bounds.check_lower_bound(own, value + 1, method, certificate)
        except bounds.Rejected:
            return value, certificate
        value += 1


def witness(name: str) -> dict[str, Any]:
    method, admission, queue, triples = CASES[name]
    instance = Instance.from_triples(MEMORY, triples)
    known = name != "widest-first"
    policy: dict[str, Any] = {"name": name}
    stopped: dict[str, Any] = {}
    if known:
        run = simulate(instance, name, admission=admission, queue=queue)
        starts = run.schedule.start
        if run.schedule.stopped:
            stopped = {"stopped": [attempt._asdict() for attempt in run.schedule.stopped]}
        policy["parameters"] = {**run.parameters, "admission": admission, "queue": queue}
    else:
        order = sorted(range(len(instance)), key=lambda i: instance.requests[i].peak)
        starts = tuple(reference_starts(instance, order, admission, queue))
        policy |= {"parameters": {"admission": admission, "queue": queue}, "order": order}
    cost = sum(starts) + sum(r.output - r.arrival for r in instance.requests)
    upper, best = brute_force_optimum(instance)
    lower, certificate = bound_of(method, instance)
    return {
        "format": "crtool/witness/1",
        "instance": json.loads(to_json(instance_record(instance))),
        "policy": policy,
        "policy_schedule": {"start": list(starts), "cost": cost, **stopped},
        "optimum": {
            "upper": {"start": list(best), "cost": upper},
            "lower": {"value": lower, "method": method, "certificate": certificate},
        },
        "alpha": str(instance.alpha),
        "ratio": {"lower": str(Fraction(cost, upper)), "upper": str(Fraction(cost, lower))},
        "provenance": {"searcher": "none", "seed": 3},
    }


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every number and text outside the provenance, with the way to it."""
    if isinstance(value, dict):
        for key, entry in value.items():
            if key != "provenance":
                yield from leaves(entry, (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from leaves(entry, (*path, index))
    else:
        yield path, value


def objects(value: Any, path: Path = ()) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield every object outside the provenance, with the way to it."""
    if isinstance(value, dict):
        yield path, value
        for key, entry in value.items():
            if key != "provenance":
                yield from objects(entry, (*path, key))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from objects(entry, (*path, index))


def at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def put(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    at(changed, path[:-1])[path[-1]] = value
    return changed


def other_numbers(document: dict[str, Any], path: Path, value: int) -> list[int]:
    """Return numbers that make the claim at ``path`` wrong, whatever the rest says."""
    if path[-1] == "prompt":
        # Any other prompt may leave everything true; one that fills the memory changes alpha.
        return [MEMORY - at(document, path[:-1])["output"], MEMORY]
    if path[-1] in ("threshold", "short", "long", "slice", "growth"):
        # Another one may give the same order, or a bound that still suffices.
        return [-1, -value]
    if "prices" in path:
        # An absurd price costs more than it brings; steps that do not ascend are no prices.
        return [2**53 - 1] if path[-1] == 1 else [0, -value]
    if path[-1] == "scale":
        return [0, -1]
    return [value + 1, value - 1, value + 7, -value - 1, 2 * value + 1]


def ratios(text: str) -> list[str]:
    top, _, bottom = text.partition("/")
    bottom = bottom or "1"
    return [
        f"{int(top) + 1}/{bottom}",
        f"{top}/{int(bottom) + 1}",
        f"{int(top) * 2}/{int(bottom) * 2}",
        f" {text}",
        f"-{text}",
        f"{text}.0",
        f"0{text}",
        "1/0",
        "",
    ]


def value_mutations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, value in leaves(document):
        where = ".".join(map(str, path))
        others: list[Any] = [None, [], {}, [value], {"value": value}]
        if isinstance(value, int):
            others += [
                True,
                float(value),
                value + 0.5,
                str(value),
                2**53,
                10**399,
                *other_numbers(document, path, value),
            ]
        elif path[0] in ("alpha", "ratio"):
            others += [1, *ratios(value)]
        else:
            others += [1, value.upper(), value + " ", "", value[:-1]]
        if path == ("policy", "name"):
            others = [other for other in others if not isinstance(other, str)]
            others += ["\ud800", "x" * 2000] + (["svf2", ""] if "order" not in document["policy"] else ["svf", "fcfs"])
        for other in others:
            yield f"{where} -> {str(other)[:30]!r}", put(document, path, other)


def field_mutations(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    optional = {"arrival", "provenance"}
    for path, fields in objects(document):
        where = ".".join(map(str, path))
        for name, value in fields.items():
            if name not in optional and not (name == "certificate" and not value):
                changed = copy.deepcopy(document)
                del at(changed, path)[name]
                yield f"{where} without {name}", json.dumps(changed)
            marker = copy.deepcopy(document)
            at(marker, path)["@twice@"] = value
            yield f"{where} with {name} twice", json.dumps(marker).replace('"@twice@"', json.dumps(name))
        if path != ("policy", "parameters") or "order" not in document["policy"]:
            changed = copy.deepcopy(document)
            at(changed, path)["extra"] = 1
            yield f"{where} with an unknown field", json.dumps(changed)


def start_mutations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    start = document["policy_schedule"]["start"]
    requests = document["instance"]["requests"]
    for i in range(len(start)):
        for j in range(i):
            if start[i] != start[j]:
                swapped = list(start)
                swapped[i], swapped[j] = start[j], start[i]
                yield f"policy starts {i} and {j} swapped", put(document, ("policy_schedule", "start"), swapped)
            if requests[i] != requests[j]:
                # The cost stays the same: one starts a step earlier and the other a step later.
                shifted = list(start)
                shifted[i], shifted[j] = start[i] - 1, start[j] + 1
                yield f"policy starts {i} and {j} shifted", put(document, ("policy_schedule", "start"), shifted)
    for place in (("policy_schedule",), ("optimum", "upper")):
        was = at(document, place)["start"]
        for changed in (was[:-1], [*was, 0], [0] * len(was), []):
            yield f"{place} starts {changed}", put(document, (*place, "start"), changed)


def consistent_mutations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Lies that are repeated wherever they show."""
    cost = document["policy_schedule"]["cost"]
    upper, lower = document["optimum"]["upper"]["cost"], document["optimum"]["lower"]["value"]
    for lie in range(lower + 1, lower + 4):
        changed = put(document, ("optimum", "lower", "value"), lie)
        yield f"lower bound {lie}", put(changed, ("ratio", "upper"), str(Fraction(cost, lie)))
    for less in range(1, 4):
        changed = put(document, ("optimum", "upper", "cost"), upper - less)
        yield f"upper bound {upper - less}", put(changed, ("ratio", "lower"), str(Fraction(cost, upper - less)))
        # A schedule that is really that cheap cannot be feasible: ``upper`` is the optimum.
        start = list(document["optimum"]["upper"]["start"])
        latest = start.index(max(start))
        start[latest] -= less
        changed = put(changed, ("optimum", "upper", "start"), start)
        yield f"schedule {start}", put(changed, ("ratio", "lower"), str(Fraction(cost, upper - less)))
        changed = put(document, ("policy_schedule", "cost"), cost + less)
        changed = put(changed, ("ratio", "lower"), str(Fraction(cost + less, upper)))
        yield f"policy cost {cost + less}", put(changed, ("ratio", "upper"), str(Fraction(cost + less, lower)))
    worse = [start + 1 for start in document["policy_schedule"]["start"]]
    changed = put(document, ("policy_schedule",), {"start": worse, "cost": cost + len(worse)})
    changed = put(changed, ("ratio", "lower"), str(Fraction(cost + len(worse), upper)))
    yield "policy a step late", put(changed, ("ratio", "upper"), str(Fraction(cost + len(worse), lower)))


def attempt_mutations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Other stopped attempts, feasible or not: the policy stops none but those listed."""
    was = document["policy_schedule"].get("stopped", [])
    place = ("policy_schedule", "stopped")
    yield "no attempts", put(document, place, [])
    yield "an attempt too many", put(document, place, [*was, {"request": 0, "start": 0, "end": 1}])
    for k, attempt in enumerate(was):
        yield f"without attempt {k}", put(document, place, was[:k] + was[k + 1 :])
        yield f"attempt {k} twice", put(document, place, [*was[: k + 1], *was[k:]])
        yield f"attempt {k} last", put(document, place, [*was[:k], *was[k + 1 :], attempt]) if k + 1 < len(was) else {}
        yield f"attempt {k} at a request there is none", put(document, (*place, k, "request"), 99)
        for start, end in ((0, 1), (attempt["start"] + 1, attempt["end"] + 1), (attempt["start"], 10**6)):
            if (start, end) != (attempt["start"], attempt["end"]):
                changed = {**attempt, "start": start, "end": end}
                yield f"attempt {k} at {start}-{end}", put(document, (*place, k), changed)


def damaged_texts(document: dict[str, Any]) -> Iterator[tuple[str, bytes]]:
    data = json.dumps(document).encode()
    stream = random.Random(7)
    for _ in range(40):
        cut = stream.randrange(len(data))
        yield f"cut at {cut}", data[:cut]
    for junk in (b"x", b"{}", b"\x00", b"]", b"\xff"):
        yield f"junk {junk!r}", data + junk


@pytest.mark.parametrize("name", CASES)
def test_every_mutation_is_rejected(name):
    document = witness(name)
    honest = check_data(json.dumps(document).encode())
    assert honest.accepted, honest.reason
    mutated: list[tuple[str, bytes]] = list(damaged_texts(document))
    mutated += [(what, text.encode()) for what, text in field_mutations(document)]
    for source in (value_mutations, start_mutations, consistent_mutations, attempt_mutations):
        mutated += [(what, json.dumps(changed).encode()) for what, changed in source(document)]
    assert len(mutated) >= 400
    passed = [what for what, data in mutated if check_data(data).accepted]
    assert passed == []
    assert all(check_data(data).reason for _, data in mutated)

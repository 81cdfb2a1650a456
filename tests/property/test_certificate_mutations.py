"""Damaged certificates of an optimum: every change of any number, text, field or place is refused.

Two guards are tested apart. The digest notices damage of any kind. And with the digest made right again, no change
makes the checker accept an optimum that is not one.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from cr_toolkit.checker import check_data
from cr_toolkit.checker.digest import digest_of
from cr_toolkit.model import Instance
from lp_models import optimum

INSTANCE = Instance.from_triples(14, [(0, 2, 5), (0, 0, 7), (0, 1, 4), (2, 3, 3), (2, 0, 6), (0, 4, 2), (5, 1, 6)])

Path = tuple[str | int, ...]


BURST = Instance.burst(14, [(0, 5), (2, 4)] * 4)


@pytest.fixture(scope="module", params=["enumeration", "nested"])
def certificate(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "nested":
        found = optimum(BURST, seconds=30, engine="nested")
    else:
        found = optimum(INSTANCE, seconds=30, engine="search")
        assert len(found.lower_certificate["choices"]) > 20
    assert found.is_optimal
    assert found.lower_method == request.param
    return found.to_certificate()


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the way to everything inside ``value``."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, entry in entries:
        yield (*path, key)
        yield from places(entry, (*path, key))


def at(tree: Any, path: Path) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def mutants(tree: dict[str, Any], stream: random.Random) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield changed copies of ``tree``, every kind of change at every place or at many, with what was done."""
    everywhere = list(places(tree))
    for path in stream.sample(everywhere, min(250, len(everywhere))):
        old = at(tree, path)
        news: list[Any] = [None, [], {}, "x", 0.5, True]
        if type(old) is int:
            news += [old + 1, old - 1, -old - 1, 2 * old + 3, 2**53, str(old)]
        elif isinstance(old, list) and old:
            news += [old[1:], old[:-1], [*old, old[-1]], old[::-1], old[0]]
        elif isinstance(old, str):
            news += [old + " ", old[:-1], old.upper()]
        for new in news:
            changed = copy.deepcopy(tree)
            at(changed, path[:-1])[path[-1]] = new
            if changed != tree or type(new) is bool:
                yield f"{path}: {str(old)[:40]} -> {str(new)[:40]}", changed
        changed = copy.deepcopy(tree)
        del at(changed, path[:-1])[path[-1]]
        yield f"{path} removed", changed


def test_any_damage_is_refused(certificate):
    assert check_data(json.dumps(certificate).encode()).accepted
    kinds = 0
    for what, changed in mutants(certificate, random.Random(3)):
        kinds += 1
        assert not check_data(json.dumps(changed).encode()).accepted, what
    assert kinds > (1000 if certificate["lower"]["method"] == "enumeration" else 200)


def test_damage_with_a_right_digest_never_proves_what_is_false(certificate):
    optimal = certificate["upper"]["cost"]
    for what, changed in mutants(certificate, random.Random(4)):
        verdict = check_data(json.dumps(changed | {"digest": digest_of(changed)}).encode())
        if verdict.accepted:
            # Another price, or the other of two equal numbers: a proof of the same, or a weaker claim.
            assert changed["instance"] == certificate["instance"], what
            assert changed["lower"]["value"] <= optimal <= changed["upper"]["cost"], what


def test_files_cut_short_or_with_a_byte_changed_are_refused(certificate):
    data = json.dumps(certificate).encode()
    stream = random.Random(5)
    for _ in range(200):
        place = stream.randrange(len(data))
        assert not check_data(data[:place]).accepted
        byte = bytes([stream.choice(b"0123456789abc,[]{}-")])
        if data[place : place + 1] != byte:
            assert not check_data(data[:place] + byte + data[place + 1 :]).accepted

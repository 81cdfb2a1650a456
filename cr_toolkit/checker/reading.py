"""Strict reading: what a file says is taken literally or refused, never guessed.

A repeated or unknown field, a bool or a float in place of an integer, and a number out of range are refused.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NoReturn

MAX_INTEGER = 2**53 - 1


class Rejected(Exception):  # noqa: N818 - a verdict, not a malfunction
    """The file is not accepted; the message is the reason, in one sentence."""


def parse(data: bytes) -> Any:
    """Return the JSON value in ``data``; raise Rejected if it is malformed or repeats a field of an object."""
    try:
        text = data.decode("utf-8")
        return json.loads(text, object_pairs_hook=_object, parse_int=_parse_integer, parse_constant=_refuse)
    except UnicodeDecodeError:
        raise Rejected("the file is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise Rejected(f"the file is not JSON: {error}") from None
    except RecursionError:
        raise Rejected("the file is nested too deeply") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        repeated, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise Rejected(f"the field {repeated[:60]!r} is given twice")
    return result


def _parse_integer(digits: str) -> int:
    if len(digits) > 400:
        raise Rejected(f"an integer has {len(digits)} digits")
    return int(digits)


def _refuse(name: str) -> NoReturn:
    raise Rejected(f"{name} is not a JSON number")


def record(value: Any, where: str, required: tuple[str, ...], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return ``value`` if it is an object of all ``required`` fields and any ``optional`` ones, else raise Rejected."""
    if not isinstance(value, dict):
        raise Rejected(f"{where} must be an object")
    for name in required:
        if name not in value:
            raise Rejected(f"{where} lacks the field {name!r}")
    for name in value:
        if name not in required and name not in optional:
            raise Rejected(f"{where} has the unknown field {name[:60]!r}")
    return value


def integer(value: Any, where: str, least: int = 0) -> int:
    """Return ``value`` if it is an integer in [least, 2^53 - 1], else raise Rejected."""
    if type(value) is not int:
        raise Rejected(f"{where} must be an integer")
    if not least <= value <= MAX_INTEGER:
        raise Rejected(f"{where} must be between {least} and 2^53 - 1")
    return value


def items(value: Any, where: str) -> list[Any]:
    """Return ``value`` if it is a list, else raise Rejected."""
    if not isinstance(value, list):
        raise Rejected(f"{where} must be a list")
    return value


def integers(value: Any, where: str, count: int) -> list[int]:
    """Return ``value`` if it is a list of ``count`` integers in [0, 2^53 - 1], else raise Rejected."""
    if len(items(value, where)) != count:
        raise Rejected(f"{where} has {len(value)} entries for {count} requests")
    return [integer(entry, f"an entry of {where}") for entry in value]


def text(value: Any, where: str) -> str:
    """Return ``value`` if it is a string of at most 1,000 printable characters, else raise Rejected."""
    if not isinstance(value, str) or len(value) > 1000 or not value.isprintable():
        raise Rejected(f"{where} must be a string of at most 1000 printable characters")
    return value


def choice(value: Any, where: str, choices: tuple[str, ...]) -> str:
    """Return ``value`` if it is one of ``choices``, else raise Rejected."""
    if text(value, where) not in choices:
        raise Rejected(f"{where} must be {' or '.join(choices)}")
    return str(value)


def exactly(value: Any, expected: int | str, where: str) -> None:
    """Raise Rejected unless ``value`` is ``expected``, type included."""
    if type(value) is not type(expected) or value != expected:
        # A nested value is not shown: showing it recurses as deeply as the file is nested.
        shown = "something else" if isinstance(value, (dict, list)) else repr(value)[:60]
        raise Rejected(f"{where} must be {expected!r}, and the file says {shown}")

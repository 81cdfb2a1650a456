"""Registration by name."""

from __future__ import annotations

import pytest

from cr_toolkit.errors import InputError
from cr_toolkit.policies import POLICIES
from cr_toolkit.registry import DuplicateNameError, Registry


def test_a_second_registration_under_a_name_is_an_error() -> None:
    registry: Registry[int] = Registry("number", "cr_toolkit.policies")
    registry.register("one")(1)
    registry.register("one")(1)
    with pytest.raises(DuplicateNameError, match="number 'one' is already registered"):
        registry.register("one")(2)


def test_every_policy_file_registers_itself() -> None:
    assert {"fcfs", "sjf", "svf", "svf-1bit"} <= set(POLICIES.names())
    assert "svf" in POLICIES
    assert dict(POLICIES.items())["svf"] is POLICIES["svf"]


def test_an_unknown_name_gets_a_hint() -> None:
    with pytest.raises(InputError, match=r"policy 'svff' is not known; did you mean 'svf'\?"):
        POLICIES["svff"]
    with pytest.raises(InputError, match="known: a-max, a-min, fcfs, "):
        POLICIES["zzzzzzzz"]

"""Finding a policy: by name, by entry point, or in a user's file."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from collections.abc import Mapping
from pathlib import Path

from cr_toolkit.errors import InputError
from cr_toolkit.policies.base import Policy
from cr_toolkit.policies.information import Information
from cr_toolkit.registry import Registry

POLICIES: Registry[type[Policy]] = Registry("policy", "cr_toolkit.policies", entry_point_group="cr_toolkit.policies")


def load_policy(reference: str) -> type[Policy]:
    """Return the policy class called ``reference``: a registered name, or ``path/to/file.py:ClassName``.

    Raises:
        InputError: if there is no such policy, or the file does not define it.
    """
    if reference.endswith(".py"):
        raise InputError("names no class; write FILE.py:CLASS", field=reference, source="--policy")
    if ".py:" not in reference:
        return POLICIES[reference]
    path, _, name = reference.rpartition(":")
    file = Path(path)
    if not file.is_file():
        raise InputError("is not a file", field=path, source="--policy")
    spec = importlib.util.spec_from_file_location(f"crtool_user_policy_{file.stem}", file)
    if spec is None or spec.loader is None:
        raise InputError("cannot be imported", field=path, source="--policy")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise InputError(
            f"cannot be imported: {type(error).__name__}: {error}", field=path, source="--policy"
        ) from error
    found = getattr(module, name, None)
    if not (isinstance(found, type) and issubclass(found, Policy)) or inspect.isabstract(found):
        raise InputError(f"defines no Policy called {name!r}", field=path, source="--policy")
    if not isinstance(found.information, Information):
        raise InputError(
            f"gives {name} the information {found.information!r}, which is not an Information",
            field=path,
            source="--policy",
        )
    return found


def make_policy(policy: str | Policy | type[Policy], parameters: Mapping[str, int | str] | None = None) -> Policy:
    """Return a policy object from a reference, a class or an object that already is one.

    Raises:
        InputError: if there is no such policy or it has no such parameter.
    """
    if isinstance(policy, Policy):
        return policy
    kind = load_policy(policy) if isinstance(policy, str) else policy
    known = _parameter_names(kind)
    for name in parameters or {}:
        if name not in known:
            allowed = f"it has {', '.join(known)}" if known else "it has none"
            raise InputError(f"is not a parameter of {policy_name(kind)}; {allowed}", field=name)
    try:
        return kind(**dict(parameters or {}))
    except InputError:
        raise
    except Exception as error:  # A user's policy may raise anything.
        raise InputError(
            f"cannot be made: {type(error).__name__}: {error}", field=f"policy {policy_name(kind)}"
        ) from error


def policy_name(policy: Policy | type[Policy]) -> str:
    """Return the registered name of ``policy``, or its class name when it has none."""
    kind = policy if isinstance(policy, type) else type(policy)
    for name, registered in POLICIES.items():
        if registered is kind:
            return name
    return kind.__name__


def policy_parameters(policy: Policy) -> dict[str, int | str]:
    """Return the parameters of ``policy`` that have a value, by name."""
    values = {name: getattr(policy, name) for name in _parameter_names(type(policy))}
    return {name: value for name, value in values.items() if value is not None}


def _parameter_names(kind: type[Policy]) -> tuple[str, ...]:
    if kind.__init__ is object.__init__:
        return ()
    return tuple(inspect.signature(kind.__init__).parameters)[1:]

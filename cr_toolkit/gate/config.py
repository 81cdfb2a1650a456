"""What the gate is told in pyproject.toml: the table ``[tool.crtool]``, read strictly."""

from __future__ import annotations

import difflib
import os
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from cr_toolkit.errors import InputError
from cr_toolkit.model.formats import read_bytes
from cr_toolkit.model.rational import parse_number

Number = int | str
Count = Annotated[int, msgspec.Meta(ge=0, le=10**12)]


class GatedPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A policy and how it is run.

    Attributes:
        name: a registered name or ``path.py:Class``, the path relative to the configuration's folder.
        parameters: values for its parameters.
        admission: the admission rule.
        queue: the queue discipline.
    """

    name: str
    parameters: dict[str, int | str] = {}
    admission: Literal["lookahead", "peak"] = "lookahead"
    queue: Literal["head-of-line", "skipping"] = "head-of-line"

    def __str__(self) -> str:
        chosen = "".join(f", {name}={value}" for name, value in self.parameters.items())
        return f"{self.name} ({self.admission}, {self.queue}{chosen})"


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    policies: tuple[str | GatedPolicy, ...]
    alpha: Number = "1/2"
    traffic: Literal["burst", "arbitrary"] = "burst"
    theorems: tuple[str, ...] | None = None
    bounds: tuple[Number, ...] = ()
    corpus: str | None = None
    evaluations: Count = 5000
    seed: Count = 0
    jobs: Annotated[int, msgspec.Meta(ge=1, le=4096)] = 1
    out: str = "crtool-out"


class GateConfig(msgspec.Struct, frozen=True):
    """A gate's configuration, its profile merged in and its paths resolved.

    Attributes:
        policies: what is held to the bounds.
        alpha: the memory share of every instance.
        traffic: the arrivals that are searched.
        theorems: ids of the theorems to hold the policies to; None: all that apply.
        bounds: further bounds on the ratio.
        corpus: folder of witnesses to replay, or None.
        evaluations: candidates searched per policy.
        seed: of the search.
        jobs: worker processes of the search; no result depends on it.
        out: folder for what the search finds.
        profile: the profile's name, or None.
        source: the file it was read from.
    """

    policies: tuple[GatedPolicy, ...]
    alpha: Fraction
    traffic: str
    theorems: tuple[str, ...] | None
    bounds: tuple[Fraction, ...]
    corpus: Path | None
    evaluations: int
    seed: int
    jobs: int
    out: Path
    profile: str | None
    source: Path

    def reference(self, policy: GatedPolicy) -> str:
        """Return the name by which to load ``policy`` from any folder."""
        if ".py:" not in policy.name:
            return policy.name
        path, _, name = policy.name.rpartition(":")
        return f"{self.source.resolve().parent / path}:{name}"


def find_config(folder: str | os.PathLike[str] = ".") -> Path:
    """Return the nearest pyproject.toml with a table ``[tool.crtool]``, from ``folder`` upwards.

    Raises:
        InputError: if there is none.
    """
    start = Path(folder).resolve()
    for place in (start, *start.parents):
        file = place / "pyproject.toml"
        if file.is_file() and _table_of(file) is not None:
            return file
    raise InputError("no pyproject.toml with a table [tool.crtool] here or in any parent folder", source=str(start))


def read_config(path: str | os.PathLike[str], profile: str | None = None) -> GateConfig:
    """Read the table ``[tool.crtool]`` of a TOML file, and ``[tool.crtool.profiles.NAME]`` over it.

    Raises:
        InputError: naming the file, the key and the rule.
    """
    file = Path(path)
    table = _table_of(file)
    if table is None:
        raise InputError("has no table [tool.crtool]", source=str(file))
    profiles = table.pop("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(value, dict) for value in profiles.values()):
        raise InputError("must be a table of tables", field="tool.crtool.profiles", source=str(file))
    for name, extra in profiles.items():
        # Every profile is validated, so that a misspelt key does not wait for the day the profile is used.
        _convert({**table, **extra}, f"tool.crtool.profiles.{name}", file)
    if profile is None:
        return _resolve(_convert(table, "tool.crtool", file), None, file)
    if profile not in profiles:
        known = ", ".join(profiles) or "none"
        raise InputError(
            f"{profile!r} is not in [tool.crtool.profiles]; known: {known}", field="profile", source=str(file)
        )
    merged = {**table, **profiles[profile]}
    return _resolve(_convert(merged, f"tool.crtool.profiles.{profile}", file), profile, file)


def _table_of(file: Path) -> dict[str, Any] | None:
    try:
        # Decimals stay text, so that 0.1 means one tenth.
        tree = tomllib.loads(read_bytes(file).decode("utf-8"), parse_float=str)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"is not valid TOML: {error}", source=str(file)) from None
    tools = tree.get("tool", {})
    table = tools.get("crtool") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise InputError("must be a table", field="tool.crtool", source=str(file))
    return table


def _convert(table: dict[str, Any], where: str, file: Path) -> _Table:
    known = _Table.__struct_fields__
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join((*known, 'profiles'))}"
            raise InputError(f"is not a known key; {hint}", field=f"{where}.{key}", source=str(file))
    try:
        return msgspec.convert(table, _Table)
    except msgspec.ValidationError as error:
        text, _, place = str(error).partition(" - at `$")
        text = text.replace("`", "")
        raise InputError(
            f"{text[0].lower()}{text[1:]}", field=f"{where}{place.rstrip('`')}:", source=str(file)
        ) from None


def _resolve(table: _Table, profile: str | None, file: Path) -> GateConfig:
    folder = file.resolve().parent
    try:
        if not table.policies:
            raise InputError("must name at least one policy", field="policies")
        alpha = parse_number(str(table.alpha), field="alpha")
        if not 0 < alpha <= 1:
            raise InputError(f"must be above 0 and at most 1, got {table.alpha}", field="alpha")
        bounds = tuple(parse_number(str(bound), field="bounds") for bound in table.bounds)
        if not all(bounds):
            raise InputError("must be above 0", field="bounds")
    except InputError as error:
        raise InputError(error.rule, field=f"tool.crtool.{error.field}", source=str(file)) from None
    policies = (GatedPolicy(policy) if isinstance(policy, str) else policy for policy in table.policies)
    return GateConfig(
        policies=tuple(policies),
        alpha=alpha,
        traffic=table.traffic,
        theorems=table.theorems,
        bounds=bounds,
        corpus=None if table.corpus is None else folder / table.corpus,
        evaluations=table.evaluations,
        seed=table.seed,
        jobs=table.jobs,
        out=folder / table.out,
        profile=profile,
        source=file,
    )

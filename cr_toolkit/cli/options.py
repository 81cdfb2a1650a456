"""Options that several subcommands share, and the types of what users type."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, TypeVar

import click

from cr_toolkit.errors import InputError

F = TypeVar("F", bound=Callable[..., Any])

READABLE = click.Path(dir_okay=False, path_type=str)
"""A file to read; whether it can be read is said when it is, in one sentence."""


class OutputFile(click.Path):
    """A file to write; a place that cannot be written is refused before the work, not after it."""

    def __init__(self) -> None:
        super().__init__(dir_okay=False, path_type=str)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the path; refuse a folder, and a place under a file."""
        from cr_toolkit.model.formats import require_place

        path = str(super().convert(value, param, ctx))
        require_place(path)
        return path


WRITABLE = OutputFile()

BUDGETS = {"quick": 2_000, "standard": 40_000, "deep": 1_000_000}
"""Instances to search. On two busy processors: a few seconds, a minute, half an hour."""


class Rational(click.ParamType):  # type: ignore[type-arg]
    """An exact number: "1/2", "0.5" or "5"."""

    name = "number"

    def __init__(self, *, above: int = 0, most: int | None = None) -> None:
        self.above = above
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Fraction:
        """Parse exactly; refuse numbers out of range."""
        if isinstance(value, Fraction):
            return value
        from cr_toolkit.model.rational import parse_number

        try:
            number = parse_number(value)
        except InputError as error:
            self.fail(str(error), param, ctx)
        if number <= self.above:
            self.fail(f"must be greater than {self.above}, got {value}", param, ctx)
        if self.most is not None and number > self.most:
            self.fail(f"must be at most {self.most}, got {value}", param, ctx)
        return number


class Assignment(click.ParamType):  # type: ignore[type-arg]
    """NAME=VALUE; a value that reads as an integer is one."""

    name = "name=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int | str]:
        """Split at the first equals sign."""
        if isinstance(value, tuple):
            return value
        name, equals, text = value.partition("=")
        if not (equals and name.isidentifier() and text):
            self.fail(f"{value!r} is not NAME=VALUE", param, ctx)
        try:
            return name, int(text)
        except ValueError:
            return name, text


class ListedOption(click.Option):
    """An option whose help ends with the names that are known, asked for only when help is shown."""

    def __init__(self, *args: Any, known: Callable[[], Iterable[str]], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.known = known

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option's help with the names appended."""
        record = super().get_help_record(ctx)
        return record and (record[0], f"{record[1]}  Known: {', '.join(self.known())}.")


def policy_names() -> tuple[str, ...]:
    """Return the registered policies."""
    from cr_toolkit.policies import POLICIES

    return POLICIES.names()


def searcher_names() -> tuple[str, ...]:
    """Return the registered searchers."""
    from adversaries import SEARCHERS

    return ("auto", *SEARCHERS.names())


def engine_names() -> tuple[str, ...]:
    """Return the registered engines for the optimum."""
    from lp_models.engines import ENGINES

    return ("auto", "bounds", *ENGINES.names())


def policy_option(*, multiple: bool = False) -> Callable[[F], F]:
    """Return the option ``--policy``."""
    repeat = " Give it several times to compare." if multiple else ""
    return click.option(
        "--policy",
        "policies" if multiple else "policy",
        cls=ListedOption,
        known=policy_names,
        required=True,
        multiple=multiple,
        metavar="NAME|FILE.py:CLASS",
        help=f"The policy to run: a name, or a class in a file of yours.{repeat}",
    )


def witness_policy_option(function: F) -> F:
    """Add ``--policy`` for commands that run the policy of a witness again."""
    return click.option(
        "--policy",
        metavar="FILE.py:CLASS",
        help="Where the policy of the witness is, if it is not a registered one.",
    )(function)


def parameters_option(function: F) -> F:
    """Add ``--param``."""
    return click.option(
        "--param",
        "parameters",
        multiple=True,
        type=Assignment(),
        metavar="NAME=VALUE",
        help="Set a parameter of the policy (repeatable).",
        callback=_as_mapping,
    )(function)


def rules_options(function: F) -> F:
    """Add ``--admission`` and ``--queue``."""
    function = click.option(
        "--queue",
        type=click.Choice(["head-of-line", "skipping"]),
        default="head-of-line",
        show_default=True,
        help="Behind a request that does not fit, all wait (head-of-line), or those that fit start (skipping).",
    )(function)
    return click.option(
        "--admission",
        type=click.Choice(["lookahead", "peak"]),
        default="lookahead",
        show_default=True,
        help="A request starts if no future step overflows (lookahead), or if all peaks together fit (peak).",
    )(function)


def cluster_option(function: F) -> F:
    """Add ``--cluster``."""
    return click.option(
        "--cluster",
        metavar="ADDRESS",
        help="Search on the workers of the Dask scheduler at this address, such as tcp://127.0.0.1:8786.",
    )(function)


def budget_option(of: str) -> Callable[[F], F]:
    """Return the option ``--budget``: a number of evaluations by name, ``of`` a search or a point."""
    numbers = ", ".join(f"{name} {number:,}" for name, number in BUDGETS.items())
    return click.option("--budget", type=click.Choice(list(BUDGETS)), help=f"Instances {of}, by name: {numbers}.")


def counted_budget(budget: str | None, evaluations: int | None) -> int | None:
    """Return the number of evaluations that ``--budget`` or ``--evaluations`` asks for, if one does.

    Raises:
        click.UsageError: if both do.
    """
    if budget is None:
        return evaluations
    if evaluations is not None:
        raise click.UsageError("--budget and --evaluations exclude each other")
    return BUDGETS[budget]


def format_option(*more: str) -> Callable[[F], F]:
    """Return the option ``--format``: text, json and what else the command can write."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", *more]),
        default="text",
        show_default=True,
        help="How to write the result.",
    )


def _as_mapping(
    ctx: click.Context, param: click.Parameter, pairs: tuple[tuple[str, int | str], ...]
) -> dict[str, int | str]:
    found: dict[str, int | str] = {}
    for name, value in pairs:
        if name in found:
            raise click.BadParameter(f"{name!r} is given twice", ctx=ctx, param=param)
        found[name] = value
    return found

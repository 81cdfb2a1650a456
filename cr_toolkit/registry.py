"""One registry for everything that is looked up by name: adding a file to a package adds an entry.

A registry belongs to a package. On first use it imports every module of that package, so that each module's
``register`` decorator runs, and then every entry point that third parties declare.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from cr_toolkit.errors import CrtoolError, InputError

T = TypeVar("T")


class DuplicateNameError(CrtoolError):
    """Two things were registered under one name."""


class Registry(Generic[T]):
    """Named things of one kind, filled by the modules of one package and by entry points.

    Args:
        kind: what the things are, in the singular and for messages ("policy").
        package: dotted name of the package whose modules register them.
        entry_point_group: the group third parties use, or None when the kind is closed to them.
    """

    def __init__(self, kind: str, package: str, entry_point_group: str | None = None) -> None:
        self.kind = kind
        self._package = package
        self._group = entry_point_group
        self._things: dict[str, T] = {}
        self._loaded = False

    def register(self, name: str) -> Callable[[T], T]:
        """Return a decorator that files a thing under ``name``.

        Raises:
            DuplicateNameError: if the name is taken by another thing.
        """

        def file(thing: T) -> T:
            if name in self._things and self._things[name] is not thing:
                raise DuplicateNameError(f"{self.kind} {name!r} is already registered")
            self._things[name] = thing
            return thing

        return file

    def names(self) -> tuple[str, ...]:
        """Return every registered name, sorted."""
        self._load()
        return tuple(sorted(self._things))

    def items(self) -> Iterator[tuple[str, T]]:
        """Yield (name, thing) sorted by name."""
        for name in self.names():
            yield name, self._things[name]

    def __getitem__(self, name: str) -> T:
        """Return the thing called ``name``.

        Raises:
            InputError: if there is none; the message names the nearest match.
        """
        self._load()
        if name not in self._things:
            near = difflib.get_close_matches(name, self._things, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(self.names())}"
            raise InputError(f"{name!r} is not known; {hint}", field=self.kind)
        return self._things[name]

    def __contains__(self, name: object) -> bool:
        self._load()
        return name in self._things

    def _load(self) -> None:
        if self._loaded:
            return
        self._loaded = True
        package = importlib.import_module(self._package)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{self._package}.{module.name}")
        if self._group is not None:
            for point in entry_points(group=self._group):
                self.register(point.name)(point.load())

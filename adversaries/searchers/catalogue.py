"""Where searchers register."""

from __future__ import annotations

from adversaries.searchers.base import Searcher
from cr_toolkit.registry import Registry

SEARCHERS: Registry[type[Searcher]] = Registry(
    "searcher", "adversaries.searchers", entry_point_group="cr_toolkit.searchers"
)

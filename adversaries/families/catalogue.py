"""Where families register."""

from __future__ import annotations

from adversaries.families.base import Family
from cr_toolkit.registry import Registry

FAMILIES: Registry[type[Family]] = Registry("family", "adversaries.families")

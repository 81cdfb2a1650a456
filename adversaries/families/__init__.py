"""Bad instances of the literature as parametrised constructions, one file each."""

from adversaries.families.base import Family
from adversaries.families.catalogue import FAMILIES

__all__ = ["FAMILIES", "Family"]

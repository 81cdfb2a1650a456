"""Lifting: from witnesses to a family, whose certified ratio is then followed along its parameter."""

from adversaries.lifting.growth import Growth, follow
from adversaries.lifting.scaling import scaled
from adversaries.lifting.series import Lifted, lift_series
from adversaries.lifting.source import family_source

__all__ = ["Growth", "Lifted", "family_source", "follow", "lift_series", "scaled"]

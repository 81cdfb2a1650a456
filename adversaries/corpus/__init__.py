"""Kept witnesses: verified, each once, kinds apart, and looked up by what they were found against."""

from adversaries.corpus.files import Kept, RejectedFileError
from adversaries.corpus.filling import Effort, improve, sweeps_of
from adversaries.corpus.points import Point, best_at
from adversaries.corpus.store import SHIPPED, Kind, add, contents, load

__all__ = [
    "SHIPPED",
    "Effort",
    "Kept",
    "Kind",
    "Point",
    "RejectedFileError",
    "add",
    "best_at",
    "contents",
    "improve",
    "load",
    "sweeps_of",
]

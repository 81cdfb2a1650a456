"""Kept witnesses: read, verified and looked up by what they were found against."""

from adversaries.corpus.files import SHIPPED, SMALL, Kept, RejectedFileError, load
from adversaries.corpus.filling import fill
from adversaries.corpus.points import Effort, Point, best_at, improve, point_file

__all__ = [
    "SHIPPED",
    "SMALL",
    "Effort",
    "Kept",
    "Point",
    "RejectedFileError",
    "best_at",
    "fill",
    "improve",
    "load",
    "point_file",
]

"""The searchers, one file each, behind one ask/tell interface."""

from adversaries.searchers.base import Scored, Searcher
from adversaries.searchers.catalogue import SEARCHERS

__all__ = ["SEARCHERS", "Scored", "Searcher"]

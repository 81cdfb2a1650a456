"""Adaptive adversaries: they watch an online policy and release requests where it hurts."""

from adversaries.adaptive.blocking import Blocking
from adversaries.adaptive.game import Adversary, History, NotOnlineError, play

__all__ = ["Adversary", "Blocking", "History", "NotOnlineError", "play"]

"""Exact engines, one file each: they look for better schedules and may claim that there is none."""

from lp_models.engines.catalogue import ENGINES, Answer, Engine, Task

__all__ = ["ENGINES", "Answer", "Engine", "Task"]

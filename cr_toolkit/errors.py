"""Errors that a user can act on: one clear sentence, never a traceback."""

from __future__ import annotations


class CrtoolError(Exception):
    """Base of every error the toolkit raises on purpose."""


class InputError(CrtoolError, ValueError):
    """Input that breaks a rule.

    Args:
        rule: what is required and what was found, as a clause ("must be an integer >= 0, got -1").
        field: where in the input ("requests[3].prompt"), or empty when the whole input is meant.
        source: the file or option that held it, or empty when the value came from Python.
    """

    def __init__(self, rule: str, *, field: str = "", source: str = "") -> None:
        self.rule = rule
        self.field = field
        self.source = source
        super().__init__(str(self))

    def __str__(self) -> str:
        place = f"{self.source}: " if self.source else ""
        subject = f"{self.field} " if self.field else ""
        return f"{place}{subject}{self.rule}"

    def within(self, source: str) -> InputError:
        """Return the same error, naming the file or option ``source`` it came from."""
        return InputError(self.rule, field=self.field, source=source)

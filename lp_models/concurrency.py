"""How many requests can run at once."""

from __future__ import annotations

from cr_toolkit.model import Instance


def most_running(instance: Instance) -> int:
    """Return how many requests can run at once: each holds at least prompt + 1 tokens."""
    held = 0
    for count, tokens in enumerate(sorted(request.prompt + 1 for request in instance.requests)):
        held += tokens
        if held > instance.memory:
            return count
    return len(instance)

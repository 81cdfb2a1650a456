"""Hypothesis strategies for instances small enough to reason about."""

from __future__ import annotations

from hypothesis import strategies as st

from cr_toolkit.model import Instance, Request


@st.composite
def instances(
    draw: st.DrawFn,
    *,
    max_memory: int = 20,
    max_requests: int = 9,
    max_arrival: int = 12,
) -> Instance:
    """Instances with alpha up to 1, arrivals or a burst, and often identical requests."""
    memory = draw(st.integers(1, max_memory))
    latest = draw(st.sampled_from([0, max_arrival]))

    def request() -> st.SearchStrategy[Request]:
        return st.integers(1, memory).flatmap(
            lambda output: st.builds(Request, st.integers(0, latest), st.integers(0, memory - output), st.just(output))
        )

    kinds = draw(st.lists(request(), min_size=1, max_size=max_requests))
    picks = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=max_requests))
    return Instance(memory, tuple(picks))

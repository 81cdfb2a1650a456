"""Hypothesis strategies for instances small enough to reason about."""

from __future__ import annotations

from hypothesis import strategies as st

from cr_toolkit.model import Instance, Request
from cr_toolkit.policies import POLICIES, Premise


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


def with_premises(instance: Instance, name: str) -> Instance:
    """Return ``instance`` changed so that the policy ``name`` is defined on it; no peak grows."""
    premises, requests = POLICIES[name].premises, instance.requests
    prompt, output = min(r.prompt for r in requests), min(r.output for r in requests)
    return Instance(
        instance.memory,
        tuple(
            Request(
                0 if Premise.BURST in premises else r.arrival,
                prompt if Premise.COMMON_PROMPT in premises else r.prompt,
                output if Premise.COMMON_OUTPUT in premises else r.output,
            )
            for r in requests
        ),
    )


def rules_for(name: str) -> st.SearchStrategy[dict[str, str]]:
    """Admission rules and queues that go with the policy ``name``, as keyword arguments of ``simulate``."""
    if not POLICIES[name].rules_apply:
        return st.just({})
    return st.fixed_dictionaries(
        {
            "admission": st.sampled_from(["lookahead", "peak"]),
            "queue": st.sampled_from(["head-of-line", "skipping"]),
        }
    )


PARAMETERS: dict[str, st.SearchStrategy[dict[str, int | str]]] = {
    "mc-sf": st.fixed_dictionaries({"error": st.integers(1, 4), "seed": st.integers(0, 9)}),
    "svf-predicted": st.fixed_dictionaries({"error": st.integers(1, 4), "seed": st.integers(0, 9)}),
    "gba": st.fixed_dictionaries({"growth": st.sampled_from([2, 3, "3/2", "5/4"])}),
    "gsa": st.fixed_dictionaries({"slice": st.integers(1, 4), "growth": st.sampled_from([2, 3, "3/2", "5/4"])}),
    "a-max": st.sampled_from([{}, {"upper": 20}]),
    "a-min": st.sampled_from([{}, {"lower": 1}]),
}
"""Parameters worth trying, by policy; the upper end suits outputs of up to 20 tokens."""


def parameters_for(name: str) -> st.SearchStrategy[dict[str, int | str]]:
    """Parameters of the policy ``name``."""
    return PARAMETERS.get(name, st.just({}))

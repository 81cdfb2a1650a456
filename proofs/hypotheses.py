"""Premises that several theorems share."""

from __future__ import annotations

from fractions import Fraction

from cr_toolkit.model import Instance
from proofs.one_bit import worst_case_choice
from proofs.theorem import Hypothesis, Setting


def _no_request_fills_the_memory(instance: Instance, setting: Setting) -> str | None:
    if instance.max_peak < instance.memory:
        return None
    return f"it needs P < M, and some peak equals the memory {instance.memory}"


PEAK_BELOW_MEMORY = Hypothesis("P < M", _no_request_fills_the_memory)
"""alpha < 1."""


def share_at_most(alpha: Fraction) -> Hypothesis:
    """Return the premise that every peak is at most ``alpha`` times the memory."""

    def failure(instance: Instance, setting: Setting) -> str | None:
        if instance.alpha <= alpha:
            return None
        return f"it needs alpha <= {alpha}, and the largest peak is {instance.alpha} of the memory"

    return Hypothesis(f"alpha <= {alpha}", failure)


def common_prompt(instance: Instance, setting: Setting) -> str | None:
    """Say so when two prompts differ."""
    prompts = {request.prompt for request in instance.requests}
    if len(prompts) == 1:
        return None
    return f"it needs one common prompt, and the prompts range from {min(prompts)} to {max(prompts)}"


COMMON_PROMPT = Hypothesis("common s", common_prompt, narrows=True)
"""All prompts are equal."""


def parameters_are(**wanted: int) -> Hypothesis:
    """Return the premise that the policy runs with these values of its parameters."""

    def failure(instance: Instance, setting: Setting) -> str | None:
        for name, value in wanted.items():
            given = setting.parameters.get(name, value)
            if Fraction(given) != value:
                return f"it needs the policy parameter {name} = {value}, not {given}"
        return None

    return Hypothesis(", ".join(f"{name} = {value}" for name, value in wanted.items()), failure)


def _other_parameters(instance: Instance, setting: Setting) -> str | None:
    for name, value in worst_case_choice(instance.longest_output)._asdict().items():
        if setting.parameters.get(name, value) != value:
            return f"it needs the worst-case choice {name} = {value}, not {setting.parameters[name]}"
    return None


WORST_CASE_CHOICE = Hypothesis("worst-case threshold and proxies", _other_parameters)
"""One-bit SVF runs with the worst-case choice for the longest output."""

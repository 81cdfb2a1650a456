"""Running a policy that a user named, so that its faults are told apart from ours."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cr_toolkit.errors import CrtoolError, InputError

if TYPE_CHECKING:
    from cr_toolkit.model import Instance
    from cr_toolkit.simulation import Run


def run_policy(instance: Instance, policy: str, parameters: Mapping[str, int | str], admission: str, queue: str) -> Run:
    """Run ``policy`` on ``instance``.

    Raises:
        InputError: if there is no such policy or parameter, or the policy itself fails.
    """
    from cr_toolkit.policies import make_policy
    from cr_toolkit.simulation import simulate

    try:
        chosen = make_policy(policy, parameters)
        return simulate(instance, chosen, admission=admission, queue=queue)
    except (CrtoolError, KeyboardInterrupt, MemoryError):
        raise
    except Exception as error:
        raise InputError(f"failed: {type(error).__name__}: {error}", field=f"policy {policy}") from error


def try_policy(policy: str, parameters: Mapping[str, int | str], admission: str, queue: str) -> None:
    """Run ``policy`` on a small instance, so that one that cannot run is refused before hours of search.

    Raises:
        InputError: as ``run_policy``.
    """
    from cr_toolkit.model import Instance
    from cr_toolkit.policies import IntervalPolicy, make_policy

    trial = Instance.burst(8, [(0, 3), (2, 2), (1, 4)])
    chosen = make_policy(policy, parameters)
    if chosen.unmet_premise(trial) is not None:
        # Requests that are all alike, of an output inside the policy's interval, satisfy every premise.
        output = (chosen.upper or chosen.lower or 3) if isinstance(chosen, IntervalPolicy) else 3
        trial = Instance.burst(2 * output + 2, [(1, output)] * 3)
    run_policy(trial, policy, parameters, admission, queue)

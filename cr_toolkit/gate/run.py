"""The gate: replays the corpus, searches, and holds every policy to its bounds."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from cr_toolkit.checker import check_file
from cr_toolkit.errors import InputError
from cr_toolkit.gate.config import GateConfig, GatedPolicy
from cr_toolkit.model import Schedule
from cr_toolkit.model.formats import WitnessRecord, read_witness
from cr_toolkit.model.rational import parse_rational
from cr_toolkit.policies import Admission, Queue, make_policy
from cr_toolkit.policies.catalogue import load_policy, policy_name
from cr_toolkit.report.judging import Bounds, RejectedWitnessError, judge_witness, name_of, words, worst
from cr_toolkit.report.results.checking import GateCheck, GateResult, Group, Outcome
from cr_toolkit.report.wording import bracket
from cr_toolkit.simulation import simulate
from proofs.theorem import THEOREMS, Setting

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from adversaries.sitting import Progress

    Watch = Callable[[str], AbstractContextManager[Callable[[Progress], None] | None]]

Held = tuple[tuple[GatedPolicy, Bounds], ...]
"""Every policy and what it is held to."""


def run_gate(config: GateConfig, watch: Watch) -> GateResult:
    """Run every check of ``config``.

    Args:
        config: what to check.
        watch: opens a progress display for one search, given its label.

    Raises:
        InputError: if a policy, a theorem or the corpus folder does not exist.
    """
    held = tuple((policy, _bounds(config, policy)) for policy in config.policies)
    if config.theorems is not None:
        _require_use(config, held)
    checks = (*_replayed(config, held), *_searched(config, held, watch))
    passed = not any(check.verdict in ("violated", "rejected") for check in checks)
    return GateResult(profile=config.profile, passed=passed, checks=checks)


def _bounds(config: GateConfig, policy: GatedPolicy) -> Bounds:
    """Return what ``policy`` is held to: the named theorems that speak of it, or all, and the numbers."""
    if config.theorems is None:
        return Bounds(None, config.bounds)
    name = policy_name(load_policy(config.reference(policy)))
    setting = Setting(name, policy.parameters, Admission(policy.admission), Queue(policy.queue))
    named = (THEOREMS[theorem] for theorem in config.theorems)
    return Bounds(tuple(theorem for theorem in named if theorem.failed_setting(setting) is None), config.bounds)


def _require_use(config: GateConfig, held: Held) -> None:
    used = {theorem.id for _, bounds in held for theorem in bounds.theorems or ()}
    for name in config.theorems or ():
        if name not in used:
            raise InputError(
                f"{name} speaks of none of the policies as they are run",
                field="tool.crtool.theorems:",
                source=str(config.source),
            )


def _replayed(config: GateConfig, held: Held) -> Iterator[GateCheck]:
    """Check every corpus file, and run every policy again on the instance of every witness."""
    if config.corpus is None:
        return
    from adversaries.corpus.store import files

    for file in chain.from_iterable(files(config.corpus).values()):
        began = time.perf_counter()
        verdict = check_file(file)
        if not verdict.accepted:
            yield _check(file.name, "corpus", "rejected", verdict.reason, file, began)
        elif verdict.kind == "witness":
            witness = read_witness(file)
            for policy, bounds in held:
                yield _rerun(config, policy, bounds, file, witness)


def _rerun(config: GateConfig, policy: GatedPolicy, bounds: Bounds, file: Path, witness: WitnessRecord) -> GateCheck:
    """Hold ``policy``, run anew, to its bounds on a kept instance whose optimum is bracketed by the witness."""
    from adversaries.witness import build_witness

    began = time.perf_counter()
    name = f"{policy} on {file.name}"
    instance = witness.instance.to_instance()
    if instance.alpha > config.alpha:
        reason = f"its memory share {instance.alpha} is above {config.alpha}"
        return _check(name, "corpus", "out-of-scope", reason, file, began)
    unmet = make_policy(config.reference(policy), policy.parameters).unmet_premise(instance)
    if unmet is not None:
        return _check(name, "corpus", "out-of-scope", f"the policy {unmet}", file, began)
    run = simulate(
        instance, config.reference(policy), parameters=policy.parameters, admission=policy.admission, queue=policy.queue
    )
    optimum = witness.optimum
    anew = build_witness(instance, run, Schedule(optimum.upper.start), optimum.lower, {})
    return _judged(name, "corpus", anew, bounds, file, began)


def _searched(config: GateConfig, held: Held, watch: Watch) -> Iterator[GateCheck]:
    from adversaries import search

    if not config.evaluations:
        return
    for index, (policy, bounds) in enumerate(held):
        began = time.perf_counter()
        folder = config.out / f"gate-{index}-{re.sub(r'[^A-Za-z0-9]+', '-', Path(policy.name).name).strip('-')}"
        with watch(f"searching against {policy.name}") as progress:
            result = search(
                config.reference(policy),
                parameters=policy.parameters,
                alpha=config.alpha,
                traffic=config.traffic,  # type: ignore[arg-type]
                admission=policy.admission,
                queue=policy.queue,
                evaluations=config.evaluations,
                seed=config.seed,
                jobs=config.jobs,
                out=folder,
                progress=progress,
            )
        if result.stopped_by == "interrupted":
            raise KeyboardInterrupt
        yield _judged(f"{policy}, searched", "search", result.best, bounds, result.path, began)


def _judged(
    name: str, group: Group, witness: WitnessRecord, bounds: Bounds, file: Path | None, began: float
) -> GateCheck:
    try:
        judgements = judge_witness(witness, bounds)
    except RejectedWitnessError as error:
        return _check(name, group, "rejected", str(error), file, began)
    facts = [f"ratio {bracket(parse_rational(witness.ratio.lower), parse_rational(witness.ratio.upper))}"]
    facts += [f"{name_of(judgement)}: {words(judgement)}" for judgement in judgements] or ["no theorem applies"]
    return _check(name, group, worst(judgements).value, "; ".join(facts), file, began)


def _check(name: str, group: Group, verdict: Outcome, message: str, file: Path | None, began: float) -> GateCheck:
    return GateCheck(
        name=name,
        group=group,
        verdict=verdict,
        message=message,
        witness=None if file is None else str(file),
        seconds=round(time.perf_counter() - began, 3),
    )

"""Small burst instances for the checks of lemmas: seeded, varied in memory share, ties and shape."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product

from cr_toolkit.model import Instance, Request
from cr_toolkit.policies import Admission, Queue
from cr_toolkit.simulation import simulate
from proofs.extremal import Comb, SkippedWide
from proofs.trial import Trial

_EXTREMAL = 12
"""Every so often an instance on which a lower bound rests."""


def sample_instances(count: int, seed: int = 0) -> Iterator[Instance]:
    """Yield ``count`` burst instances of 1 to 9 requests, a deterministic function of ``seed``.

    Shapes alternate: uniform requests, few types repeated, requests of nearly equal volume, long and thin beside
    short and wide, and the extremes of one token or the whole memory. One in twelve is an
    instance of a lower bound.
    """
    generator = random.Random(seed)
    shapes = (_uniform, _repeated, _equal_volume, _long_and_wide, _extreme)
    for number in range(count):
        if number % _EXTREMAL == _EXTREMAL - 1:
            yield _extremal(generator, number // _EXTREMAL)
            continue
        memory = generator.randint(2, 60)
        peak = max(1, memory // generator.choice((1, 1, 2, 2, 3, 6)))
        sizes = shapes[number % len(shapes)](generator, generator.randint(1, 9), peak)
        yield Instance.burst(memory, sizes)


def trials(
    instance: Instance,
    policy: str,
    admission: tuple[Admission, ...],
    seed: int = 0,
    queues: tuple[Queue, ...] = (Queue.HEAD_OF_LINE,),
) -> Iterator[Trial]:
    """Yield a trial of ``policy`` on a burst for each admission rule and queue.

    The feasible schedules are the run itself, shortest output first, and first come first served of randomly delayed
    releases, a deterministic function of ``seed`` and the instance.
    """
    generator = random.Random(f"{seed} {instance.memory} {[(r.prompt, r.output) for r in instance.requests]}")
    latest = generator.choice((1, 4, instance.horizon))
    delayed = Instance(
        instance.memory,
        tuple(Request(generator.randint(0, latest), r.prompt, r.output) for r in instance.requests),
    )
    others = (simulate(instance, "sjf").schedule, simulate(delayed, "fcfs", queue=Queue.SKIPPING).schedule)
    for rule, queue in product(admission, queues):
        run = simulate(instance, policy, admission=rule, queue=queue)
        yield Trial(run, (run.schedule, *others))


def _extremal(generator: random.Random, number: int) -> Instance:
    if number % 2 == 0:
        return Comb(generator.randint(2, 8), generator.randint(1, 4), generator.randint(1, 3)).instance()
    return SkippedWide(generator.randint(3, 15), generator.randint(2, 8)).instance()


def _uniform(generator: random.Random, n: int, peak: int) -> list[tuple[int, int]]:
    outputs = [generator.randint(1, peak) for _ in range(n)]
    return [(generator.randint(0, peak - output), output) for output in outputs]


def _repeated(generator: random.Random, n: int, peak: int) -> list[tuple[int, int]]:
    types = _uniform(generator, generator.randint(1, 3), peak)
    return [types[index % len(types)] for index in range(n)]


def _equal_volume(generator: random.Random, n: int, peak: int) -> list[tuple[int, int]]:
    target = generator.randint(1, peak * peak)
    sizes = []
    for _ in range(n):
        output = generator.randint(1, peak)
        prompt = max(0, min(peak - output, (target - output * (output + 1) // 2) // output))
        sizes.append((prompt, output))
    return sizes


def _long_and_wide(generator: random.Random, n: int, peak: int) -> list[tuple[int, int]]:
    wide = max(1, round(peak**0.5))
    return [(0, generator.randint(wide, peak)) if generator.random() < 0.5 else (peak - 1, 1) for _ in range(n)]


def _extreme(generator: random.Random, n: int, peak: int) -> list[tuple[int, int]]:
    return [generator.choice(((0, 1), (0, peak), (peak - 1, 1))) for _ in range(n)]
